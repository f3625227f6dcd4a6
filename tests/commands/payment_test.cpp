// Payments that are asked for, what follows them, and bills that are looked at before there are
// any.
#include <gmock/gmock.h>

#include "tests/commands/subscriptions.hpp"

namespace commands::tests {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::SizeIs;

class Payment : public Subscriptions {
protected:
    Transaction one(const std::string& id) { return books.state<TransactionDecider>(id); }
    void resolve(const std::string& id, TransactionStatus status) {
        ResolveTransaction wish;
        wish.status = status;
        books.done(Kind::transactions, id, wish);
    }
    std::string authorize() {
        RecordTransaction wish = transaction(TransactionStatus::succeeded);
        wish.type = TransactionType::authorize;
        return books.done(Kind::transactions, "", wish);
    }
    // Money that no bill got yet.
    std::string deposit(Minor amount) {
        RecordTransaction wish = transaction(TransactionStatus::succeeded, amount);
        wish.bill_id.reset();
        wish.vendor_id = VendorId{"dagbladet"};
        return books.done(Kind::transactions, "", wish);
    }
    template <class Wish>
    static Wish done(std::optional<Minor> amount = {}) {
        Wish wish;
        wish.amount = amount;
        wish.status = TransactionStatus::succeeded;
        return wish;
    }
    Bill preview(const PreviewBill& wish) { return books.state<BillDecider>(looked_at(wish)); }
    std::string looked_at(const PreviewBill& wish) { return books.done(Kind::bills, "", wish); }
};

TEST_F(Payment, ThatIsAskedForWaitsForItsOutcome) {
    confirm(contract("monthly"));
    const auto id = books.done(Kind::bills, bill_id, PayBill{});
    EXPECT_EQ(one(id).status, TransactionStatus::pending);
    EXPECT_EQ(one(id).amount, price);
    EXPECT_EQ(one(id).provider_reference, "daybook-" + id);
    EXPECT_THAT(bill().in_flight, SizeIs(1));
    EXPECT_EQ(books.refusal(Kind::bills, bill_id, PayBill{}), "payment_in_flight");
    resolve(id, TransactionStatus::succeeded);
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_EQ(books.refusal(Kind::bills, bill_id, PayBill{}), "illegal_transition");
}

TEST_F(Payment, ThatFailsIsAnAttempt) {
    confirm(contract("monthly"));
    const auto id = books.done(Kind::bills, bill_id, PayBill{});
    resolve(id, TransactionStatus::failed);
    EXPECT_EQ(bill().status, BillStatus::retrying);
    EXPECT_EQ(bill().attempt_count, 1);
    EXPECT_THAT(bill().in_flight, SizeIs(0));
}

TEST_F(Payment, ItsReferenceIsNotUsedTwice) {
    confirm(contract("monthly"));
    PayBill wish;
    wish.amount = 100;
    wish.provider = "nets";
    wish.provider_reference = "order-1";
    resolve(books.done(Kind::bills, bill_id, wish), TransactionStatus::succeeded);
    EXPECT_EQ(books.refusal(Kind::bills, bill_id, wish), "provider_reference_taken");
    EXPECT_THAT(bill().in_flight, SizeIs(0));
    EXPECT_EQ(bill().amount_paid, 100);
}

TEST_F(Payment, AnAuthorizationIsCapturedInPartsOrVoided) {
    confirm(contract("monthly"));
    const auto parent = authorize();
    const auto first = books.done(Kind::transactions, parent, done<CaptureTransaction>(10'000));
    EXPECT_EQ(one(first).parent_transaction_id, TransactionId{parent});
    EXPECT_EQ(bill().amount_paid, 10'000);
    EXPECT_EQ(books.refusal(Kind::transactions, parent, done<VoidTransaction>()),
              "authorization_is_used");
    books.done(Kind::transactions, parent, done<CaptureTransaction>());
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_EQ(books.refusal(Kind::transactions, parent, done<CaptureTransaction>()),
              "captures_exceed_authorized");
    const auto other = authorize();
    EXPECT_EQ(one(books.done(Kind::transactions, other, done<VoidTransaction>())).amount, price);
}

TEST_F(Payment, ACaptureThatFailsLeavesTheAuthorization) {
    confirm(contract("monthly"));
    const auto parent = authorize();
    const auto capture = books.done(Kind::transactions, parent, CaptureTransaction{});
    EXPECT_EQ(one(capture).status, TransactionStatus::pending);
    resolve(capture, TransactionStatus::failed);
    EXPECT_THAT(one(parent).children, SizeIs(0));
}

TEST_F(Payment, ARefundIsRecordedOnTheBillThatWasPaid) {
    confirm(contract("monthly"));
    const auto charge = pay(TransactionStatus::succeeded);
    const auto refund = books.done(Kind::transactions, charge, RefundTransaction{});
    EXPECT_EQ(bill().amount_refunded, 0);
    resolve(refund, TransactionStatus::succeeded);
    EXPECT_EQ(bill().amount_refunded, price);
}

TEST_F(Payment, ANoticeOfARefundThatIsRepeatedIsRecordedOnce) {
    confirm(contract("monthly"));
    const auto charge = pay(TransactionStatus::succeeded);
    auto notice = done<RefundTransaction>(1'000);
    notice.provider_reference = "refund-1";
    const auto refund = books.done(Kind::transactions, charge, notice);
    EXPECT_EQ(books.done(Kind::transactions, charge, notice), refund);
    EXPECT_EQ(bill().amount_refunded, 1'000);
}

TEST_F(Payment, AChargebackThatIsLostOpensTheBill) {
    confirm(contract("monthly"));
    const auto charge = pay(TransactionStatus::succeeded);
    const auto chargeback = books.done(Kind::transactions, charge, OpenChargeback{});
    EXPECT_EQ(bill().status, BillStatus::paid);
    resolve(chargeback, TransactionStatus::succeeded);
    EXPECT_EQ(bill().status, BillStatus::overdue);
}

TEST_F(Payment, OneTransactionPaysSeveralBills) {
    confirm(contract("monthly"));
    const auto first = bill_id;
    confirm(contract("monthly"));
    const auto money = deposit(price + 20'000);
    EXPECT_EQ(one(money).unallocated_amount, price + 20'000);
    books.done(Kind::transactions, money,
               AllocateCredit{{{BillId{first}, {}}, {BillId{bill_id}, {}}}});
    EXPECT_EQ(books.state<BillDecider>(first).status, BillStatus::paid);
    EXPECT_EQ(bill().amount_paid, 20'000);
    EXPECT_EQ(one(money).unallocated_amount, 0);
    EXPECT_THAT(one(money).allocations, SizeIs(2));
}

TEST_F(Payment, CreditIsAllocatedToTheCustomersOwnOpenBillsOnly) {
    confirm(contract("monthly"));
    const auto money = deposit(price + 20'000);
    CreateContract other = contract("monthly");
    other.user_id = UserId{"ola"};
    confirm(other);
    EXPECT_EQ(books.refusal(Kind::transactions, money, AllocateCredit{{{BillId{bill_id}, {}}}}),
              "bill_of_another_customer");
    EXPECT_EQ(books.refusal(Kind::transactions, money, AllocateCredit{{{BillId{"none"}, {}}}}),
              "unknown_bill");
    confirm(contract("monthly"));  // The credit pays this one at issue.
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_EQ(books.refusal(Kind::transactions, money, AllocateCredit{{{BillId{bill_id}, {}}}}),
              "illegal_transition");
}

TEST_F(Payment, NoMoreIsAllocatedThanTheBillNeeds) {
    confirm(contract("monthly"));
    const auto money = deposit(price + 20'000);
    EXPECT_EQ(
        books.refusal(Kind::transactions, money, AllocateCredit{{{BillId{bill_id}, price + 1}}}),
        "allocation_exceeds_bill");
}

TEST_F(Payment, WhatIsAuthorizedAloneIsNoCredit) {
    confirm(contract("monthly"));
    RecordTransaction wish = transaction(TransactionStatus::succeeded);
    wish.type = TransactionType::authorize;
    const auto money = books.done(Kind::transactions, "", wish);
    EXPECT_EQ(books.refusal(Kind::transactions, money, AllocateCredit{{{BillId{bill_id}, {}}}}),
              "credit_exceeds_unallocated");
}

TEST_F(Payment, CreditThatIsPaidBackPaysNoBill) {
    confirm(contract("monthly"));
    const auto money = deposit(20'000);
    books.done(Kind::transactions, money, done<RefundTransaction>(15'000));
    EXPECT_EQ(one(money).unallocated_amount, 5'000);
    books.done(Kind::transactions, money, done<OpenChargeback>());
    EXPECT_EQ(one(money).unallocated_amount, 0);
}

TEST_F(Payment, WhatTheProviderDoesNotSayIsAskedForUntilItIsKnown) {
    confirm(contract("monthly"));
    const auto id = pay(TransactionStatus::unknown);
    books.pass_until(books.now + hours{1});
    EXPECT_EQ(one(id).poll_count, 2);
    EXPECT_EQ(bill().status, BillStatus::pending);
    resolve(id, TransactionStatus::succeeded);
    books.pass_until(books.now + days{6});
    EXPECT_EQ(one(id).poll_count, 2);
    EXPECT_EQ(bill().status, BillStatus::paid);
}

TEST_F(Payment, APreviewOfItemsShowsWhatTheyWouldCost) {
    PreviewBill wish;
    wish.user_id = UserId{"kari"};
    wish.vendor_id = VendorId{"dagbladet"};
    wish.currency = *Currency::parse("NOK");
    BillLineWish line;
    line.sku = Sku{"daily"};
    line.title = "One copy";
    line.unit_amount = 10'000;
    line.tax_rate = 2'500;
    wish.items = {line};
    EXPECT_EQ(preview(wish).total, 12'500);
    wish.currency.reset();
    EXPECT_EQ(books.refusal(Kind::bills, "", wish), "required");
}

TEST_F(Payment, APreviewOfAContractIsItsNextBill) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded, price + 10'000);
    PreviewBill wish;
    wish.contract_id = ContractId{contract_id};
    const auto next = contract_state().next_bill_at;
    const Bill bill = preview(wish);
    EXPECT_EQ(bill.items.at(0).period_start, next);
    EXPECT_EQ(bill.issued_at, next);
    EXPECT_EQ(bill.amount_remaining, price - 10'000);
}

TEST_F(Payment, APreviewOfADraftIsItsFirstBillAndOfAnEndingOneThereIsNone) {
    contract_id = books.done(Kind::contracts, "", contract("monthly"));
    PreviewBill wish;
    wish.contract_id = ContractId{contract_id};
    EXPECT_EQ(preview(wish).billing_reason, BillingReason::contract_created);
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    books.done(Kind::contracts, contract_id, CancelContract{});
    wish.contract_id = ContractId{contract_id};
    EXPECT_EQ(books.refusal(Kind::bills, "", wish), "no_bill_to_come");
}

}  // namespace
}  // namespace commands::tests
