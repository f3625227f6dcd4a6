#include "domain/due.hpp"

#include <gtest/gtest.h>

#include "tests/domain/samples_bill.hpp"
#include "tests/domain/samples_contract.hpp"
#include "tests/domain/samples_entitlement.hpp"
#include "tests/domain/samples_fulfillment.hpp"
#include "tests/domain/samples_transaction.hpp"

namespace domain {
namespace {

using enum ClockCommand;
using std::chrono::days;

Bill bill(BillStatus status) {
    auto state = fold<BillDecider>(Samples<BillDecider>::past(status));
    state.contract_id = ContractId{"c1"};
    return state;
}
Contract contract(ContractStatus status, std::string_view wish = {}) {
    return fold<ContractDecider>(Samples<ContractDecider>::past(status, wish));
}
Entitlement entitlement(EntitlementStatus status) {
    return fold<EntitlementDecider>(Samples<EntitlementDecider>::past(status));
}
Due due(Timestamp at, ClockCommand command) { return {at, command}; }

TEST(DueBill, IsOverdueAtItsDueTimeAndLapsesAtTheEndOfItsCheckout) {
    Bill one = bill(BillStatus::pending);
    EXPECT_EQ(next_due(one), due(sample_start + days{1}, mark_bill_overdue));
    one.expires_at = sample_start + days{1};
    EXPECT_EQ(next_due(one), due(sample_start + days{1}, expire_bill));
    one.amount_paid = 1;
    EXPECT_EQ(next_due(one), due(sample_start + days{1}, mark_bill_overdue));
}

TEST(DueBill, AnAttemptWaitsForTheOutcomeOfTheOneOnItsWay) {
    Bill one = bill(BillStatus::retrying);
    EXPECT_EQ(next_due(one), due(sample_start + days{4}, request_payment));
    one.in_flight.push_back(TransactionId{"t2"});
    EXPECT_EQ(next_due(one), std::nullopt);
}

TEST(DueBill, OverdueCostsAccessAfterTheGraceAndIsGivenUpInTheEnd) {
    Bill one = bill(BillStatus::overdue);
    EXPECT_EQ(next_due(one), due(sample_start + days{15}, end_bill_grace));
    one.is_past_grace = true;
    EXPECT_EQ(next_due(one), due(sample_start + days{31}, write_off_bill));
    one.is_past_grace = false;
    one.contract_id.reset();
    EXPECT_EQ(next_due(one), due(sample_start + days{31}, write_off_bill));
}

TEST(DueBill, SettledNothingIsDue) {
    using enum BillStatus;
    for (const auto status : {draft, paid, canceled, expired, deleted, voided}) {
        EXPECT_EQ(next_due(bill(status)), std::nullopt) << name(status);
    }
}

TEST(DueContract, BeginsAtItsStartOnceItsFirstBillIsPaid) {
    Contract one = contract(ContractStatus::pending);
    EXPECT_EQ(next_due(one), std::nullopt);
    one.is_first_bill_paid = true;
    EXPECT_EQ(next_due(one), due(sample_start, activate_contract));
}

TEST(DueContract, IsRenewedEndsOrExpiresAtTheEndOfItsPeriod) {
    EXPECT_EQ(next_due(contract(ContractStatus::active)), due(sample_end, renew_contract));
    EXPECT_EQ(next_due(contract(ContractStatus::active, "UncancelContract")),
              due(sample_end, complete_cancellation));
    Contract one = contract(ContractStatus::active);
    one.expires_at = sample_end;
    EXPECT_EQ(next_due(one), due(sample_end, expire_contract));
}

TEST(DueContract, IsChangedBeforeItIsRenewed) {
    EXPECT_EQ(next_due(contract(ContractStatus::active, "ApplyContractChange")),
              due(sample_end, apply_contract_change));
}

TEST(DueContract, ATrialBeginsWithoutABill) {
    Contract one = contract(ContractStatus::pending);
    one.trial_end = one.current_period_end;
    EXPECT_EQ(next_due(one), due(sample_start, activate_contract));
}

TEST(DueContract, GoesOnWhenItsPauseIsOver) {
    EXPECT_EQ(next_due(contract(ContractStatus::paused)), due(sample_end, resume_contract));
}

TEST(DueTransaction, IsAskedForAgainWhileItsOutcomeIsUnknown) {
    using enum TransactionStatus;
    const auto due_of = [](TransactionStatus status) {
        return next_due(fold<TransactionDecider>(Samples<TransactionDecider>::past(status)));
    };
    EXPECT_EQ(due_of(unknown), due(sample_start + std::chrono::minutes{5}, poll_transaction));
    for (const auto status : {pending, requires_action, succeeded, failed, canceled}) {
        EXPECT_EQ(due_of(status), std::nullopt) << name(status);
    }
}

TEST(DueFulfillment, AStopIsSettledAtTheCutOff) {
    const auto due_of = [](FulfillmentStatus status) {
        return next_due(fold<FulfillmentDecider>(Samples<FulfillmentDecider>::past(status)));
    };
    EXPECT_EQ(due_of(FulfillmentStatus::stopped), due(sample_end, settle_stop));
    EXPECT_EQ(due_of(FulfillmentStatus::scheduled), std::nullopt);
}

TEST(DueEntitlement, BeginsAndEnds) {
    EXPECT_EQ(next_due(entitlement(EntitlementStatus::pending)),
              due(sample_start, start_entitlement));
    Entitlement one = entitlement(EntitlementStatus::suspended);
    EXPECT_EQ(next_due(one), due(sample_end, expire_entitlement));
    one.grace_until = sample_end + days{3};
    EXPECT_EQ(next_due(one), due(sample_end + days{3}, expire_entitlement));
    EXPECT_EQ(next_due(entitlement(EntitlementStatus::revoked)), std::nullopt);
}

}  // namespace
}  // namespace domain
