#include "domain/effective.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace domain {
namespace {

using std::chrono::days;

const Timestamp now = *parse_rfc3339("2026-01-31T10:00:00Z");

TEST(StatusAt, OfABillFollowsItsTimesUnlessAPaymentIsOnItsWay) {
    Bill bill;
    bill.status = BillStatus::pending;
    bill.due_at = now + days(14);
    bill.write_off_at = now + days(60);
    EXPECT_EQ(status_at(bill, now), BillStatus::pending);
    EXPECT_EQ(status_at(bill, now + days(14)), BillStatus::overdue);
    EXPECT_EQ(status_at(bill, now + days(60)), BillStatus::expired);
    bill.in_flight = {TransactionId{"t"}};
    EXPECT_EQ(status_at(bill, now + days(60)), BillStatus::overdue);
    bill.in_flight.clear();
    bill.expires_at = now + days(1);
    EXPECT_EQ(status_at(bill, now + days(1)), BillStatus::expired);
    bill.amount_paid = 1;
    EXPECT_EQ(status_at(bill, now + days(1)), BillStatus::pending);
    bill.status = BillStatus::paid;
    EXPECT_EQ(status_at(bill, now + days(60)), BillStatus::paid);
}

TEST(StatusAt, OfABillIsOverdueWhenItsAttemptsAreUsedUp) {
    Bill bill;
    bill.status = BillStatus::retrying;
    bill.next_attempt_at = now + days(3);
    EXPECT_EQ(status_at(bill, now + days(30)), BillStatus::retrying);
    bill.next_attempt_at.reset();
    bill.payment_requested_at = now;
    EXPECT_EQ(status_at(bill, now + days(30)), BillStatus::overdue);
}

TEST(StatusAt, OfAContractEndsAndResumes) {
    Contract contract;
    contract.status = ContractStatus::paused;
    contract.resumes_at = now + days(5);
    EXPECT_EQ(status_at(contract, now), ContractStatus::paused);
    EXPECT_EQ(status_at(contract, now + days(5)), ContractStatus::active);
    contract.will_cancel_at = now + days(9);
    EXPECT_EQ(status_at(contract, now + days(9)), ContractStatus::canceled);
    contract.will_cancel_at.reset();
    contract.expires_at = now + days(20);
    EXPECT_EQ(status_at(contract, now + days(20)), ContractStatus::expired);
    contract.status = ContractStatus::canceled;
    EXPECT_EQ(status_at(contract, now + days(20)), ContractStatus::canceled);
}

TEST(StatusAt, OfAnEntitlementIsThatOfItsTime) {
    Entitlement right;
    right.status = EntitlementStatus::active;
    right.starts_at = now;
    right.ends_at = now + days(10);
    EXPECT_EQ(status_at(right, now - days(1)), EntitlementStatus::pending);
    EXPECT_EQ(status_at(right, now), EntitlementStatus::active);
    EXPECT_EQ(status_at(right, now + days(10)), EntitlementStatus::expired);
    right.grace_until = now + days(12);
    EXPECT_EQ(status_at(right, now + days(10)), EntitlementStatus::active);
    right.status = EntitlementStatus::suspended;
    EXPECT_EQ(status_at(right, now + days(10)), EntitlementStatus::suspended);
    EXPECT_EQ(status_at(right, now + days(12)), EntitlementStatus::expired);
    right.status = EntitlementStatus::revoked;
    EXPECT_EQ(status_at(right, now - days(1)), EntitlementStatus::revoked);
}

}  // namespace
}  // namespace domain
