// Money that goes back, comes again, or was not needed: refunds of a cancellation, chargebacks, and
// customer credit.
#include <gmock/gmock.h>

#include "tests/commands/subscriptions.hpp"

namespace commands::tests {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::SizeIs;

class MoneyBack : public Subscriptions {
protected:
    void begin() {
        confirm(contract("monthly"));
        charge = pay(TransactionStatus::succeeded);
    }
    void cancel(RefundMode refund) {
        CancelContract wish;
        wish.mode = CancelMode::immediate;
        wish.refund = refund;
        books.done(Kind::contracts, contract_id, wish);
    }
    std::vector<Transaction> refunds() {
        auto all = books.all<TransactionDecider>();
        std::erase_if(all, [](const auto& one) { return one.type != TransactionType::refund; });
        return all;
    }
    void resolve(const std::string& id, TransactionStatus status) {
        ResolveTransaction wish;
        wish.status = status;
        books.done(Kind::transactions, id, wish);
    }
    std::string child(const std::string& parent, TransactionType type, TransactionStatus status) {
        RecordTransaction wish = transaction(status);
        wish.type = type;
        wish.parent_transaction_id = TransactionId{parent};
        return books.done(Kind::transactions, "", wish);
    }
    EntitlementStatus right() { return rights().back().status; }
    std::int64_t active_rights() {
        return std::ranges::count(rights(), EntitlementStatus::active, &Entitlement::status);
    }

    std::string charge;
};

TEST_F(MoneyBack, AFullRefundWaitsUntilSomebodyHasMadeIt) {
    begin();
    cancel(RefundMode::full);
    ASSERT_THAT(refunds(), SizeIs(1));
    EXPECT_EQ(refunds()[0].status, TransactionStatus::pending);
    EXPECT_EQ(refunds()[0].amount, price);
    EXPECT_EQ(refunds()[0].parent_transaction_id, TransactionId{charge});
    EXPECT_EQ(bill().amount_refunded, 0);
    const auto id = refunds()[0].provider_reference.substr(std::string("daybook-").size());
    resolve(id, TransactionStatus::succeeded);
    EXPECT_EQ(bill().amount_refunded, price);
}

TEST_F(MoneyBack, AProratedRefundIsForTheTimeThatIsLeft) {
    begin();
    books.pass_until(books.now + days{7});  // A quarter of the 28 days from 31 January.
    cancel(RefundMode::prorated);
    ASSERT_THAT(refunds(), SizeIs(1));
    EXPECT_EQ(refunds()[0].amount, 32'719);  // 43625 * 3 / 4 = 32718.75.
}

TEST_F(MoneyBack, WithoutARefundTheBillStaysPaid) {
    begin();
    cancel(RefundMode::none);
    EXPECT_THAT(refunds(), SizeIs(0));
    EXPECT_EQ(bill().status, BillStatus::paid);
}

TEST_F(MoneyBack, AFullRefundOfWhatIsNotPaidWithdrawsTheBill) {
    begin();
    books.pass_until(*contract_state().current_period_end);
    bill_id = current_bill_id().value();
    cancel(RefundMode::full);
    EXPECT_EQ(bill().status, BillStatus::canceled);
    EXPECT_THAT(refunds(), SizeIs(0));
}

TEST_F(MoneyBack, ABillThatTwoPaymentsPaidIsRefundedByBoth) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded, 10'000);
    pay(TransactionStatus::succeeded, 33'625);
    cancel(RefundMode::full);
    ASSERT_THAT(refunds(), SizeIs(2));
    EXPECT_EQ(refunds()[0].amount + refunds()[1].amount, price);
}

TEST_F(MoneyBack, ARefundOfABillThatIsNotPaidYetHasToBePaidAgain) {
    confirm(contract("monthly"));
    charge = pay(TransactionStatus::succeeded, 10'000);
    RefundTransaction refund;
    refund.status = TransactionStatus::succeeded;
    books.done(Kind::transactions, charge, refund);
    EXPECT_EQ(bill().amount_paid, 0);
    EXPECT_EQ(bill().amount_remaining, price);
}

TEST_F(MoneyBack, ARefundIsTakenFromTheBillThatTheCreditHasPaid) {
    confirm(contract("monthly"));
    RecordTransaction wish = transaction(TransactionStatus::succeeded);
    wish.bill_id.reset();
    wish.vendor_id = VendorId{"dagbladet"};
    charge = books.done(Kind::transactions, "", wish);
    books.done(Kind::transactions, charge, AllocateCredit{{{BillId{bill_id}, std::nullopt}}});
    RefundTransaction refund;
    refund.status = TransactionStatus::succeeded;
    refund.bill_id = BillId{"another"};
    CreateBill another;
    another.id = refund.bill_id;
    another.user_id = UserId{"kari"};
    another.vendor_id = VendorId{"dagbladet"};
    another.currency = *Currency::parse("NOK");
    books.done(Kind::bills, "another", another);
    books.done(Kind::transactions, charge, refund);
    EXPECT_EQ(bill().amount_refunded, price);
}

TEST_F(MoneyBack, ARefundIsNotTakenFromABillThatOthersPaid) {
    begin();
    const auto paid_bill = bill_id;
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    RefundTransaction refund;
    refund.status = TransactionStatus::succeeded;
    refund.bill_id = BillId{bill_id};
    books.done(Kind::transactions, charge, refund);
    EXPECT_EQ(bill().amount_refunded, 0);
    EXPECT_EQ(books.state<BillDecider>(paid_bill).amount_refunded, price);
}

TEST_F(MoneyBack, WhatAReversedChargebackBroughtIsRefundedByACancellation) {
    begin();
    const auto lost = child(charge, TransactionType::chargeback, TransactionStatus::succeeded);
    child(lost, TransactionType::chargeback_reversal, TransactionStatus::succeeded);
    cancel(RefundMode::full);
    ASSERT_THAT(refunds(), SizeIs(1));
    EXPECT_EQ(refunds()[0].amount, price);
}

TEST_F(MoneyBack, ALostChargebackOpensTheBillAndTakesTheRight) {
    begin();
    const auto opened = child(charge, TransactionType::chargeback, TransactionStatus::pending);
    EXPECT_EQ(bill().status, BillStatus::paid);
    resolve(opened, TransactionStatus::succeeded);
    EXPECT_EQ(bill().status, BillStatus::overdue);
    EXPECT_EQ(bill().amount_remaining, price);
    EXPECT_EQ(bill().write_off_at, books.now + days{30});
    EXPECT_EQ(right(), EntitlementStatus::revoked);
    EXPECT_EQ(contract_state().payment_state, PaymentState::overdue);
}

TEST_F(MoneyBack, AWonChargebackChangesNothing) {
    begin();
    const auto opened = child(charge, TransactionType::chargeback, TransactionStatus::pending);
    resolve(opened, TransactionStatus::failed);
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_EQ(right(), EntitlementStatus::active);
}

TEST_F(MoneyBack, AReversedChargebackPaysTheBillAndGivesTheRightAnew) {
    begin();
    const auto lost = child(charge, TransactionType::chargeback, TransactionStatus::succeeded);
    child(lost, TransactionType::chargeback_reversal, TransactionStatus::succeeded);
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_EQ(bill().amount_paid, price);
    EXPECT_EQ(active_rights(), 1);
    EXPECT_THAT(rights(), SizeIs(2));
    EXPECT_EQ(contract_state().payment_state, PaymentState::ok);
}

TEST_F(MoneyBack, AReversalThatFailsIsNoFailedAttempt) {
    begin();
    const auto lost = child(charge, TransactionType::chargeback, TransactionStatus::succeeded);
    child(lost, TransactionType::chargeback_reversal, TransactionStatus::failed);
    EXPECT_EQ(bill().status, BillStatus::overdue);
    EXPECT_EQ(bill().attempt_count, 0);
}

TEST_F(MoneyBack, CreditPaysTheNextBillAtIssue) {
    confirm(contract("monthly"));
    const auto paid = pay(TransactionStatus::succeeded, price + 20'000);
    EXPECT_EQ(books.state<TransactionDecider>(paid).unallocated_amount, 20'000);
    books.pass_until(*contract_state().current_period_end);
    bill_id = current_bill_id().value();
    EXPECT_EQ(bill().credit_applied, 20'000);
    EXPECT_EQ(bill().amount_remaining, price - 20'000);
    const auto after = books.state<TransactionDecider>(paid);
    EXPECT_EQ(after.unallocated_amount, 0);
    EXPECT_THAT(after.allocations, ElementsAre(testing::_, Allocation{BillId{bill_id}, 20'000}));
}

TEST_F(MoneyBack, EnoughCreditPaysIt) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded, price);
    for (int i = 0; i < 2; ++i) {
        RecordTransaction more = transaction(TransactionStatus::succeeded, 30'000);
        books.done(Kind::transactions, "", more);
    }
    books.pass_until(*contract_state().current_period_end);
    bill_id = current_bill_id().value();
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_THAT(bill().credits, SizeIs(2));
    books.pass_until(*contract_state().current_period_end);
    bill_id = current_bill_id().value();
    EXPECT_EQ(bill().credit_applied, 60'000 - price);
}

TEST_F(MoneyBack, CreditOfABillThatIsWithdrawnComesBack) {
    confirm(contract("monthly"));
    const auto paid = pay(TransactionStatus::succeeded, price + 20'000);
    books.pass_until(*contract_state().current_period_end);
    bill_id = current_bill_id().value();
    books.done(Kind::bills, bill_id, VoidBill{"Wrong address."});
    EXPECT_EQ(books.state<TransactionDecider>(paid).unallocated_amount, 20'000);
}

// Or it could be spent a second time.
TEST_F(MoneyBack, CreditOfMoneyThatWentBackDoesNotComeBack) {
    confirm(contract("monthly"));
    const auto paid = pay(TransactionStatus::succeeded, price + 20'000);
    const std::string first = bill_id;
    books.pass_until(*contract_state().current_period_end);
    bill_id = current_bill_id().value();
    const std::string second = bill_id;
    ASSERT_EQ(bill().credit_applied, 20'000);
    RecordTransaction refund = transaction(TransactionStatus::succeeded, price + 15'000);
    refund.type = TransactionType::refund;
    refund.parent_transaction_id = TransactionId{paid};
    refund.bill_id = BillId{first};
    books.done(Kind::transactions, "", refund);
    EXPECT_EQ(books.state<BillDecider>(first).amount_refunded, price);
    books.done(Kind::bills, second, VoidBill{"Wrong address."});
    EXPECT_EQ(books.state<TransactionDecider>(paid).unallocated_amount, 5'000);
}

// What was taken from a bill is not taken from credit, too.
TEST_F(MoneyBack, CreditComesBackWhenTheMoneyThatWentBackWasAnotherBills) {
    confirm(contract("monthly"));
    const auto paid = pay(TransactionStatus::succeeded, price + 20'000);
    books.pass_until(*contract_state().current_period_end);
    const std::string second = current_bill_id().value();
    RecordTransaction chargeback = transaction(TransactionStatus::succeeded, price);
    chargeback.type = TransactionType::chargeback;
    chargeback.parent_transaction_id = TransactionId{paid};
    books.done(Kind::transactions, "", chargeback);
    books.done(Kind::bills, second, VoidBill{"Wrong address."});
    EXPECT_EQ(books.state<TransactionDecider>(paid).unallocated_amount, 20'000);
}

}  // namespace
}  // namespace commands::tests
