// What time alone makes happen to subscriptions, by the real handlers and policies.
#include <gmock/gmock.h>

#include "tests/commands/subscriptions.hpp"

namespace commands::tests {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::SizeIs;

class Clock : public Subscriptions {
protected:
    // A monthly contract from 31 January 11:00 in Oslo that is paid for its first month.
    void begin() {
        confirm(contract("monthly"));
        pay(TransactionStatus::succeeded);
    }
    void pass(days time) { books.pass_until(books.now + time); }
    void pass_until(const char* time) { books.pass_until(*parse_rfc3339(time)); }
    EntitlementStatus right() { return rights().at(0).status; }
};

std::vector<std::string> starts_of(const std::vector<Bill>& bills) {
    std::vector<std::string> starts;
    for (const Bill& bill : bills) {
        starts.push_back(to_rfc3339(*bill.items.at(0).period_start).substr(0, 16));
    }
    return starts;
}

TEST_F(Clock, EachPeriodIsBilledOnceFromTheAnchorByTheClocksOfTheZone) {
    confirm(contract("free"));
    pass_until("2026-05-15T00:00:00Z");
    // Summer time begins on 29 March: 11:00 in Oslo is 09:00 in UTC from then on.
    EXPECT_THAT(starts_of(bills()), ElementsAre("2026-01-31T10:00", "2026-02-28T10:00",
                                                "2026-03-31T09:00", "2026-04-30T09:00"));
}

TEST_F(Clock, APaidRenewalExtendsTheRight) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    EXPECT_EQ(rights().at(0).ends_at, contract_state().current_period_end);
    pay_current();
    pass_until("2026-03-20T10:00:00Z");
    EXPECT_THAT(rights(), SizeIs(1));
    EXPECT_EQ(right(), EntitlementStatus::active);
    EXPECT_EQ(contract_state().payment_state, PaymentState::ok);
}

TEST_F(Clock, AnUnpaidRenewalCostsAccessAfterTheGraceAndThePaymentBringsItBack) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    pass(days{1});
    EXPECT_EQ(contract_state().payment_state, PaymentState::overdue);
    EXPECT_EQ(right(), EntitlementStatus::active);
    pass(days{14});
    EXPECT_EQ(right(), EntitlementStatus::suspended);
    pay_current();
    EXPECT_EQ(right(), EntitlementStatus::active);
    EXPECT_EQ(contract_state().payment_state, PaymentState::ok);
}

TEST_F(Clock, OneOfTwoUnpaidBillsIsNotEnough) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    pass(days{16});
    EXPECT_EQ(right(), EntitlementStatus::suspended);
    const auto first = contract_state().troubles.at(0).bill_id;
    pass_until("2026-03-31T09:00:00Z");  // Given up on 31 March 10:00 only.
    pay_current();
    EXPECT_EQ(right(), EntitlementStatus::suspended);
    bill_id = first.text;
    pay(TransactionStatus::succeeded);
    EXPECT_EQ(right(), EntitlementStatus::active);
}

TEST_F(Clock, WhatIsNeverPaidIsGivenUpWithItsContract) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    const auto unpaid = *current_bill_id();
    pass(days{31});
    EXPECT_EQ(books.state<BillDecider>(unpaid).status, BillStatus::expired);
    EXPECT_EQ(contract_state().status, ContractStatus::expired);
    EXPECT_EQ(right(), EntitlementStatus::revoked);
    pass(days{365});
    // The third one came an hour before the contract was given up.
    EXPECT_THAT(books.all<BillDecider>(), SizeIs(3));
}

TEST_F(Clock, APausedContractIsGivenUpWithItsBill) {
    CreateContract wish = contract("monthly");
    wish.collection_method = CollectionMethod::send_invoice;
    confirm(wish);
    books.done(Kind::contracts, contract_id, PauseContract{});
    pass(days{60});
    EXPECT_EQ(bill().status, BillStatus::expired);
    EXPECT_EQ(contract_state().status, ContractStatus::expired);
}

TEST_F(Clock, ABillThatIsReinstatedCostsAccessAgain) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    pass(days{20});
    const auto unpaid = *current_bill_id();
    books.done(Kind::bills, unpaid, WriteOffBill{});
    EXPECT_EQ(right(), EntitlementStatus::active);
    books.done(Kind::bills, unpaid, ReinstateBill{});
    EXPECT_EQ(contract_state().payment_state, PaymentState::overdue);
    EXPECT_EQ(right(), EntitlementStatus::suspended);
}

TEST_F(Clock, APauseDoesNotMakeUpForABillThatIsPastItsGrace) {
    CreateContract wish = contract("yearly");
    wish.collection_method = CollectionMethod::send_invoice;
    confirm(wish);
    PauseContract pause;
    pause.resumes_at = books.now + days{30};
    books.done(Kind::contracts, contract_id, pause);
    pass(days{29});
    ASSERT_TRUE(bill().is_past_grace);
    books.done(Kind::contracts, contract_id, ResumeContract{});
    EXPECT_EQ(right(), EntitlementStatus::suspended);
    pay(TransactionStatus::succeeded, bill().amount_remaining);
    EXPECT_EQ(right(), EntitlementStatus::active);
}

TEST_F(Clock, AContractDoesNotBeginWhileTheMoneyForItIsGone) {
    CreateContract wish = contract("monthly");
    wish.start_at = books.now + days{5};
    confirm(wish);
    const std::string charge = pay(TransactionStatus::succeeded);
    RecordTransaction chargeback = transaction(TransactionStatus::succeeded);
    chargeback.type = TransactionType::chargeback;
    chargeback.parent_transaction_id = TransactionId{charge};
    books.done(Kind::transactions, "", chargeback);
    ASSERT_EQ(bill().status, BillStatus::overdue);
    pass(days{6});
    EXPECT_EQ(contract_state().status, ContractStatus::pending);
    pay(TransactionStatus::succeeded, bill().amount_remaining);
    pass(days{0});
    EXPECT_EQ(contract_state().status, ContractStatus::active);
}

TEST_F(Clock, ABillOfADraftIsRefused) {
    contract_id = books.done(Kind::contracts, "", contract("monthly"));
    CreateBill wish;
    wish.contract_id = ContractId{contract_id};
    wish.user_id = UserId{"kari"};
    wish.vendor_id = VendorId{"dagbladet"};
    wish.currency = *Currency::parse("NOK");
    EXPECT_EQ(books.refusal(Kind::bills, "", wish), "contract_is_draft");
}

TEST_F(Clock, WhatIsNewInAContractThatIsNotPaidForGivesNoAccess) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    ChangeContract change;
    change.items = {{Sku{"weekend"}, PurchaseOptionId{"monthly"}, 1}};
    change.mode = ChangeMode::at_period_end;
    books.done(Kind::contracts, contract_id, change);
    // Half an hour before the contract is given up, and long after the days of grace.
    pass_until("2026-03-31T09:30:00Z");
    const auto all = rights();
    const auto weekend = std::ranges::find(all, Sku{"weekend"}, &Entitlement::sku);
    ASSERT_NE(weekend, all.end());
    EXPECT_EQ(weekend->status, EntitlementStatus::suspended);
}

TEST_F(Clock, AContractWhoseFirstBillIsNeverPaidExpires) {
    confirm(contract("monthly"));
    pass(days{31});
    EXPECT_EQ(bill().expire_reason, ExpireReason::uncollectible);
    EXPECT_EQ(contract_state().status, ContractStatus::expired);
    EXPECT_THAT(rights(), SizeIs(0));
}

TEST_F(Clock, ABillThatIsGivenUpByHandLeavesTheContract) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    pass(days{16});
    books.done(Kind::bills, *current_bill_id(), WriteOffBill{});
    EXPECT_EQ(contract_state().status, ContractStatus::active);
    EXPECT_EQ(right(), EntitlementStatus::active);
}

TEST_F(Clock, AFailedAttemptIsAskedForAgainByTheScheduleOfTheBill) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    bill_id = *current_bill_id();
    pay(TransactionStatus::failed);
    EXPECT_EQ(bill().status, BillStatus::retrying);
    EXPECT_EQ(bill().next_attempt_at, *bill().due_at + days{3});
    books.pass_until(*bill().due_at + days{3});
    EXPECT_EQ(bill().payment_requested_at, books.now);
    pay(TransactionStatus::failed);
    EXPECT_EQ(bill().next_attempt_at, *bill().due_at + days{5});
    books.pass_until(*bill().due_at + days{8});  // Nobody reports on the last two.
    EXPECT_EQ(bill().status, BillStatus::overdue);
    pay(TransactionStatus::succeeded);
    EXPECT_EQ(bill().status, BillStatus::paid);
}

TEST_F(Clock, ACancellationTakesEffectAtThePeriodsEnd) {
    begin();
    books.done(Kind::contracts, contract_id, CancelContract{});
    pass_until("2026-02-28T09:59:59Z");
    EXPECT_TRUE(contract_state().is_active);
    pass_until("2026-02-28T10:00:00Z");
    EXPECT_EQ(contract_state().status, ContractStatus::canceled);
    EXPECT_EQ(right(), EntitlementStatus::expired);
    EXPECT_THAT(bills(), SizeIs(1));
}

TEST_F(Clock, AWithdrawnCancellationDoesNot) {
    begin();
    books.done(Kind::contracts, contract_id, CancelContract{});
    books.done(Kind::contracts, contract_id, UncancelContract{});
    pass_until("2026-02-28T10:00:00Z");
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_THAT(bills(), SizeIs(2));
}

TEST_F(Clock, AFixedTermAndOneThatDoesNotRenewExpire) {
    for (const bool has_end : {true, false}) {
        CreateContract wish = contract("monthly");
        if (has_end) wish.expires_at = *parse_rfc3339("2026-02-28T10:00:00Z");
        wish.auto_renew = has_end;
        confirm(wish);
        pay(TransactionStatus::succeeded);
    }
    pass_until("2026-03-15T00:00:00Z");
    for (const auto& one : books.all<ContractDecider>()) {
        EXPECT_EQ(one.status, ContractStatus::expired);
    }
    for (const auto& one : rights()) EXPECT_EQ(one.status, EntitlementStatus::expired);
}

TEST_F(Clock, APurchaseForEverStays) {
    confirm(contract("once"));
    pay(TransactionStatus::succeeded, bill().amount_due);
    pass(days{3650});
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_EQ(right(), EntitlementStatus::active);
    EXPECT_THAT(bills(), SizeIs(1));
}

TEST_F(Clock, AContractThatIsPaidBeginsAtItsStart) {
    CreateContract wish = contract("monthly");
    wish.start_at = books.now + days{2};
    confirm(wish);
    pay(TransactionStatus::succeeded);
    EXPECT_THAT(rights(), SizeIs(0));
    pass(days{2});
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_EQ(right(), EntitlementStatus::active);
}

TEST_F(Clock, ATrialIsFollowedByAFullPeriodFromItsEnd) {
    CreateContract wish = contract("monthly");
    wish.trial_end = books.now + days{14};
    draft_and_confirm(wish);
    EXPECT_EQ(right(), EntitlementStatus::active);
    pass(days{14});
    ASSERT_THAT(bills(), SizeIs(1));
    EXPECT_EQ(bills()[0].total, price);
    EXPECT_EQ(bills()[0].items[0].period_start, wish.trial_end);
    EXPECT_EQ(right(), EntitlementStatus::active);
    EXPECT_EQ(rights().at(0).ends_at, contract_state().current_period_end);
}

TEST_F(Clock, ATrialThatBeginsLaterBeginsByItself) {
    CreateContract wish = contract("monthly");
    wish.start_at = books.now + days{1};
    wish.trial_end = books.now + days{15};
    draft_and_confirm(wish);
    EXPECT_THAT(rights(), SizeIs(0));
    pass(days{1});
    EXPECT_EQ(right(), EntitlementStatus::active);
    EXPECT_THAT(bills(), SizeIs(0));
}

TEST_F(Clock, OfATrialWithAnAnchorOfItsOwnTheFirstBillIsForTheRestOfThePeriod) {
    CreateContract wish = contract("monthly");
    wish.start_at = parse_rfc3339("2026-04-01T00:00:00Z").value();
    wish.trial_end = parse_rfc3339("2026-04-16T00:00:00Z").value();
    wish.anchor_at = wish.start_at;
    wish.time_zone = TimeZoneName{"UTC"};
    draft_and_confirm(wish);
    books.pass_until(*wish.trial_end);
    ASSERT_THAT(bills(), SizeIs(1));
    EXPECT_EQ(bills()[0].items[0].unit_amount, 17'450);  // Half of April.
}

TEST_F(Clock, ARightThatWasGivenByHandStartsAndEnds) {
    GrantEntitlement grant;
    grant.user_id = UserId{"ola"};
    grant.sku = Sku{"daily"};
    grant.starts_at = books.now + days{1};
    grant.ends_at = books.now + days{2};
    books.done(Kind::entitlements, "gift", grant);
    EXPECT_EQ(right(), EntitlementStatus::pending);
    pass(days{1});
    EXPECT_EQ(right(), EntitlementStatus::active);
    pass(days{1});
    EXPECT_EQ(right(), EntitlementStatus::expired);
}

TEST_F(Clock, APauseWithinThePeriodCostsNothingAndKeepsTheAnchor) {
    begin();
    PauseContract pause;
    pause.resumes_at = books.now + days{10};
    books.done(Kind::contracts, contract_id, pause);
    EXPECT_EQ(right(), EntitlementStatus::suspended);
    pass(days{10});
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_EQ(right(), EntitlementStatus::active);
    EXPECT_THAT(bills(), SizeIs(1));
    EXPECT_EQ(to_rfc3339(*contract_state().next_bill_at), "2026-02-28T10:00:00.000Z");
}

TEST_F(Clock, AfterALongPauseTheRestOfThePeriodIsBilled) {
    begin();
    books.done(Kind::contracts, contract_id, PauseContract{});
    pass_until("2026-04-15T09:00:00Z");
    EXPECT_EQ(right(), EntitlementStatus::expired);
    books.done(Kind::contracts, contract_id, ResumeContract{});
    EXPECT_EQ(to_rfc3339(*contract_state().current_period_end), "2026-04-30T09:00:00.000Z");
    ASSERT_THAT(bills(), SizeIs(2));
    EXPECT_EQ(bills()[1].items[0].unit_amount, 17'450);  // Half of the 30 days from 31 March.
    ASSERT_THAT(rights(), SizeIs(2));
    const auto live = std::ranges::count(rights(), EntitlementStatus::active, &Entitlement::status);
    EXPECT_EQ(live, 1);
}

TEST_F(Clock, APauseDoesNotHideThatABillIsNotPaid) {
    begin();
    pass_until("2026-02-28T10:00:00Z");
    pass(days{16});
    books.done(Kind::contracts, contract_id, PauseContract{});
    pay_current();
    EXPECT_EQ(right(), EntitlementStatus::suspended);
    books.done(Kind::contracts, contract_id, ResumeContract{});
    EXPECT_EQ(right(), EntitlementStatus::active);
}

TEST_F(Clock, ALocalTimeThatDoesNotExistIsTheFirstInstantAfterIt) {
    CreateContract wish = contract("daily");
    wish.start_at = *parse_rfc3339("2026-03-27T01:30:00Z");  // 02:30 in Oslo.
    confirm(wish);
    pass_until("2026-03-30T00:30:00Z");
    // 02:30 does not exist on 29 March; what comes then is 03:00.
    EXPECT_THAT(starts_of(bills()), ElementsAre("2026-03-27T01:30", "2026-03-28T01:30",
                                                "2026-03-29T01:00", "2026-03-30T00:30"));
}

TEST_F(Clock, OfALocalTimeThatExistsTwiceTheEarlierOneCounts) {
    CreateContract wish = contract("daily");
    wish.start_at = *parse_rfc3339("2026-10-24T00:30:00Z");  // 02:30 in Oslo.
    confirm(wish);
    pass_until("2026-10-26T01:30:00Z");
    EXPECT_THAT(starts_of(bills()),
                ElementsAre("2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"));
}

}  // namespace
}  // namespace commands::tests
