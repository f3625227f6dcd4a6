#include "api/fault.hpp"

#include <gtest/gtest.h>

namespace api {
namespace {

using commands::FaultKind;
using http::Status;

struct Row {
    FaultKind kind;
    Status status;
    bool may_retry;
};
const Row rows[] = {
    {FaultKind::not_found, Status::not_found, false},
    {FaultKind::gone, Status::gone, false},
    {FaultKind::conflict, Status::conflict, false},
    {FaultKind::invalid, Status::unprocessable_content, false},
    {FaultKind::stale_version, Status::precondition_failed, false},
    {FaultKind::key_reused, Status::unprocessable_content, false},
    {FaultKind::unavailable, Status::unavailable, true},
    {FaultKind::moved, Status::unavailable, true},
    {FaultKind::outcome_unknown, Status::unavailable, true},
    {FaultKind::full, Status::insufficient_storage, true},
};

TEST(Fault, HasOneStatusForEachKind) {
    EXPECT_EQ(std::size(rows), static_cast<std::size_t>(FaultKind::full) + 1);
    for (const Row& row : rows) {
        const http::Problem problem = problem_of(commands::fault(row.kind, "code", "Detail."));
        EXPECT_EQ(problem.status, row.status) << static_cast<int>(row.kind);
        EXPECT_EQ(problem.retry_after.has_value(), row.may_retry) << static_cast<int>(row.kind);
    }
}

TEST(Fault, OfAnUnknownOutcomeSaysHowToLearnIt) {
    const http::Problem problem = problem_of(commands::fault(FaultKind::outcome_unknown, "x", "y"));
    EXPECT_EQ(problem.code, "outcome_unknown");
    EXPECT_NE(problem.detail.find("Idempotency-Key"), std::string::npos);
}

TEST(Fault, OfATransitionSaysWhatWouldBeLegal) {
    commands::Fault fault = commands::fault(FaultKind::conflict, "illegal_transition", "No.");
    fault.from = "PAID";
    fault.command = "IssueBill";
    fault.allowed = {"VoidBill", "RecordRefund"};
    const http::Problem problem = problem_of(std::move(fault));
    EXPECT_EQ(problem.from, "PAID");
    EXPECT_EQ(problem.command, "IssueBill");
    EXPECT_EQ(problem.allowed, (std::vector<std::string>{"VoidBill", "RecordRefund"}));
}

TEST(Fault, KeepsTheFieldAtFault) {
    const http::Problem problem =
        problem_of(commands::field_fault("/vendorId", "unknown_vendor", "Detail."));
    ASSERT_EQ(problem.errors.size(), 1U);
    EXPECT_EQ(problem.errors[0].pointer, "/vendorId");
    EXPECT_EQ(problem.errors[0].code, "unknown_vendor");
}

}  // namespace
}  // namespace api
