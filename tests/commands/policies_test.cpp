#include <gmock/gmock.h>

#include "tests/commands/subscriptions.hpp"

namespace commands::tests {
namespace {

using namespace domain;
using testing::ElementsAre;
using testing::SizeIs;

class Policies : public Subscriptions {};

TEST_F(Policies, AConfirmedContractHasItsFirstBillIssued) {
    confirm(contract("monthly"));
    EXPECT_EQ(contract_state().status, ContractStatus::pending);
    EXPECT_EQ(bill().status, BillStatus::pending);
    EXPECT_EQ(bill().number, "D-1");
    EXPECT_EQ(bill().total, 43'625);  // 349.00 and 25 % tax.
    EXPECT_EQ(to_rfc3339(*bill().items.at(0).period_end), "2026-02-28T10:00:00.000Z");
    EXPECT_THAT(rights(), SizeIs(0));
}

TEST_F(Policies, APaidBillBringsTheContractIntoForceAndGivesAccessForThePeriod) {
    confirm(contract("monthly"));
    const auto paid_by = pay(TransactionStatus::succeeded);
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_TRUE(contract_state().is_active);
    ASSERT_THAT(rights(), SizeIs(1));
    EXPECT_EQ(rights()[0].status, EntitlementStatus::active);
    EXPECT_EQ(rights()[0].ends_at, contract_state().current_period_end);
    EXPECT_EQ(rights()[0].source.bill_id, BillId{bill_id});
    const auto paid = books.state<TransactionDecider>(paid_by);
    ASSERT_THAT(paid.allocations, SizeIs(1));
    EXPECT_EQ(paid.allocations[0], (Allocation{BillId{bill_id}, 43'625}));
    EXPECT_EQ(paid.contract_id, ContractId{contract_id});
    EXPECT_THAT(
        books.last_events,
        ElementsAre("TransactionInitiated", "TransactionSucceeded", "BillPaymentApplied",
                    "BillPaid", "ContractActivated", "EntitlementGranted", "TransactionAllocated"));
}

TEST_F(Policies, AFreeContractBeginsWhenItIsConfirmed) {
    confirm(contract("free"));
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_THAT(rights(), SizeIs(1));
}

TEST_F(Policies, ATrialIsFreeUntilItsEnd) {
    CreateContract wish = contract("monthly");
    wish.trial_end = books.now + std::chrono::days(14);
    draft_and_confirm(wish);
    EXPECT_THAT(bills(), SizeIs(0));
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_EQ(contract_state().anchor_at, wish.trial_end);
    EXPECT_EQ(rights().at(0).ends_at, wish.trial_end);
}

TEST_F(Policies, AnInvoiceIsTrusted) {
    CreateContract wish = contract("monthly");
    wish.collection_method = CollectionMethod::send_invoice;
    confirm(wish);
    EXPECT_EQ(bill().status, BillStatus::pending);
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_THAT(rights(), SizeIs(1));
}

TEST_F(Policies, AContractThatBeginsLaterWaitsForItsStart) {
    CreateContract wish = contract("monthly");
    wish.start_at = books.now + std::chrono::days(2);
    confirm(wish);
    pay(TransactionStatus::succeeded);
    EXPECT_EQ(contract_state().status, ContractStatus::pending);
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, ActivateContract{}), "not_started_yet");
    books.now = *wish.start_at;
    books.done(Kind::contracts, contract_id, ActivateContract{});
    EXPECT_THAT(rights(), SizeIs(1));
}

TEST_F(Policies, AContractDoesNotBeginByItsStartAlone) {
    confirm(contract("monthly"));
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, ActivateContract{}),
              "first_bill_not_paid");
}

TEST_F(Policies, CancelingAPendingContractCancelsItsOpenBill) {
    confirm(contract("monthly"));
    books.done(Kind::contracts, contract_id, CancelContract{});
    EXPECT_EQ(contract_state().status, ContractStatus::canceled);
    EXPECT_EQ(bill().status, BillStatus::canceled);
}

TEST_F(Policies, APendingContractIsKeptWhileAPaymentIsOnItsWay) {
    confirm(contract("monthly"));
    pay(TransactionStatus::pending);
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, CancelContract{}), "payment_in_flight");
    EXPECT_EQ(contract_state().status, ContractStatus::pending);
}

TEST_F(Policies, CancelingTheFirstBillCancelsTheContractThatWaitsForIt) {
    confirm(contract("monthly"));
    books.done(Kind::bills, bill_id, CancelBill{});
    EXPECT_EQ(contract_state().status, ContractStatus::canceled);
}

TEST_F(Policies, AnImmediateCancellationEndsAccess) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    CancelContract wish;
    wish.mode = CancelMode::immediate;
    books.done(Kind::contracts, contract_id, wish);
    EXPECT_EQ(rights().at(0).status, EntitlementStatus::revoked);
    EXPECT_EQ(bill().status, BillStatus::paid);
}

TEST_F(Policies, ACancellationAtPeriodEndKeepsAccessUntilThen) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    books.done(Kind::contracts, contract_id, CancelContract{});
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_EQ(contract_state().will_cancel_at, contract_state().current_period_end);
    EXPECT_EQ(rights().at(0).status, EntitlementStatus::active);
}

TEST_F(Policies, AFullRefundRevokesAccessAndAPartialOneDoesNot) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    RecordTransaction refund = transaction(TransactionStatus::succeeded, 10'000);
    refund.type = TransactionType::refund;
    books.done(Kind::transactions, "", refund);
    EXPECT_EQ(bill().amount_refunded, 10'000);
    EXPECT_EQ(rights().at(0).status, EntitlementStatus::active);
    refund.amount = 33'625;
    refund.provider_reference = "rest";
    books.done(Kind::transactions, "", refund);
    EXPECT_EQ(bill().amount_refunded, 43'625);
    EXPECT_EQ(rights().at(0).status, EntitlementStatus::revoked);
    refund.amount = 1;
    refund.provider_reference = "more";
    EXPECT_EQ(books.refusal(Kind::transactions, "", refund), "refunds_exceed_captured");
}

TEST_F(Policies, ARefundThatFailsCountsNoLonger) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    RecordTransaction refund = transaction(TransactionStatus::pending, 43'625);
    refund.type = TransactionType::refund;
    const auto refund_id = books.done(Kind::transactions, "", refund);
    refund.provider_reference = "again";
    EXPECT_EQ(books.refusal(Kind::transactions, "", refund), "refunds_exceed_captured");
    ResolveTransaction failed;
    failed.status = TransactionStatus::failed;
    books.done(Kind::transactions, refund_id, failed);
    books.done(Kind::transactions, "", refund);
}

TEST_F(Policies, AFailedPaymentIsTriedAgainAndTheContractShowsIt) {
    confirm(contract("monthly"));
    pay(TransactionStatus::failed);
    EXPECT_EQ(bill().status, BillStatus::retrying);
    EXPECT_EQ(contract_state().payment_state, PaymentState::retrying);
    pay(TransactionStatus::succeeded);
    EXPECT_EQ(contract_state().payment_state, PaymentState::ok);
    EXPECT_TRUE(contract_state().is_active);
}

TEST_F(Policies, MoneyThatComesLateIsCustomerCredit) {
    confirm(contract("monthly"));
    books.done(Kind::bills, bill_id, CancelBill{});
    const auto late = books.state<TransactionDecider>(pay(TransactionStatus::succeeded));
    EXPECT_EQ(late.unallocated_amount, 43'625);
    EXPECT_EQ(bill().amount_paid, 0);
    EXPECT_EQ(books.last_events.back(), "UnallocatedPaymentRecorded");
}

TEST_F(Policies, WhatIsPaidTooMuchIsCustomerCredit) {
    confirm(contract("monthly"));
    const auto paid = books.state<TransactionDecider>(pay(TransactionStatus::succeeded, 50'000));
    EXPECT_EQ(paid.unallocated_amount, 6'375);
    EXPECT_EQ(bill().amount_paid, 43'625);
}

TEST_F(Policies, ARepeatedNoticeIsRecordedOnce) {
    confirm(contract("monthly"));
    const RecordTransaction notice = transaction(TransactionStatus::succeeded);
    const auto first = books.done(Kind::transactions, "", notice);
    EXPECT_EQ(books.done(Kind::transactions, "", notice), first);
    EXPECT_THAT(books.last_events, SizeIs(0));
    EXPECT_EQ(bill().amount_paid, 43'625);
}

TEST_F(Policies, ALaterNoticeOfTheSameTransactionBringsItsOutcome) {
    confirm(contract("monthly"));
    RecordTransaction notice = transaction(TransactionStatus::pending);
    const auto id = books.done(Kind::transactions, "", notice);
    EXPECT_THAT(bill().in_flight, SizeIs(1));
    notice.status = TransactionStatus::succeeded;
    EXPECT_EQ(books.done(Kind::transactions, "", notice), id);
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_THAT(bill().in_flight, SizeIs(0));
}

TEST_F(Policies, ACaptureNeedsAnAuthorizationThatHasRoomForIt) {
    confirm(contract("monthly"));
    RecordTransaction authorize = transaction(TransactionStatus::succeeded);
    authorize.type = TransactionType::authorize;
    const auto parent = books.done(Kind::transactions, "", authorize);
    EXPECT_EQ(bill().status, BillStatus::pending);
    RecordTransaction capture = transaction(TransactionStatus::succeeded, 43'626);
    capture.type = TransactionType::capture;
    EXPECT_EQ(books.refusal(Kind::transactions, "", capture), "parent_required");
    capture.parent_transaction_id = TransactionId{parent};
    EXPECT_EQ(books.refusal(Kind::transactions, "", capture), "captures_exceed_authorized");
    capture.amount = 43'625;
    const auto child = books.done(Kind::transactions, "", capture);
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_EQ(books.state<TransactionDecider>(child).payment_id, PaymentId{parent});
}

TEST_F(Policies, APaidBillWithoutContractGivesARightForEver) {
    CreateBill wish;
    wish.user_id = UserId{"kari"};
    wish.vendor_id = VendorId{"dagbladet"};
    wish.currency = *Currency::parse("NOK");
    BillLineWish line;
    line.sku = Sku{"daily"};
    line.title = "One copy";
    line.unit_amount = 4'900;
    BillLineWish fee = line;
    fee.sku = Sku{"postage"};
    wish.items = {line, fee};
    bill_id = books.done(Kind::bills, "", wish);
    books.done(Kind::bills, bill_id, IssueBill{});
    pay(TransactionStatus::succeeded, 9'800);
    ASSERT_THAT(rights(), SizeIs(1));
    EXPECT_EQ(rights()[0].source.kind, EntitlementSourceKind::purchase);
    EXPECT_EQ(rights()[0].ends_at, std::nullopt);
    books.done(Kind::bills, bill_id, RecordRefund{9'800, std::nullopt});
    books.done(Kind::bills, bill_id, VoidBill{"Wrong address."});
    EXPECT_EQ(rights()[0].status, EntitlementStatus::revoked);
    EXPECT_EQ(bill().number, "D-1");
}

TEST_F(Policies, BillNumbersHaveNoGaps) {
    for (int i = 1; i <= 3; ++i) {
        confirm(contract("monthly"));
        EXPECT_EQ(bill().number, "D-" + std::to_string(i));
        EXPECT_EQ(books.refusal(Kind::bills, bill_id, IssueBill{}), "illegal_transition");
    }
}

TEST_F(Policies, APeriodIsBilledOnce) {
    confirm(contract("monthly"));
    CreateBill again;
    again.contract_id = ContractId{contract_id};
    again.user_id = UserId{"kari"};
    again.vendor_id = VendorId{"dagbladet"};
    again.currency = *Currency::parse("NOK");
    again.billing_reason = BillingReason::contract_created;
    again.items = {wish_of(bill().items.at(0))};
    EXPECT_EQ(books.refusal(Kind::bills, "", again), "bill_exists_for_period");
}

TEST_F(Policies, OnlyADraftIsDeleted) {
    confirm(contract("monthly"));
    EXPECT_EQ(books.refusal(Kind::bills, bill_id, DeleteBill{}), "bill_not_draft");
}

TEST_F(Policies, WhatAWishNamesHasToExist) {
    CreateContract wish = contract("monthly");
    wish.user_id = UserId{"nobody"};
    EXPECT_EQ(books.refusal(Kind::contracts, "", wish), "unknown_user");
    wish = contract("weekly");
    EXPECT_EQ(books.refusal(Kind::contracts, "", wish), "unknown_purchase_option");
    wish = contract("monthly");
    wish.time_zone = TimeZoneName{"Europe/Nowhere"};
    EXPECT_EQ(books.refusal(Kind::contracts, "", wish), "unknown_time_zone");
    bill_id = "none";
    EXPECT_EQ(books.refusal(Kind::transactions, "", transaction(TransactionStatus::succeeded)),
              "unknown_bill");
}

}  // namespace
}  // namespace commands::tests
