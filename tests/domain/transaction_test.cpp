#include "domain/transaction.hpp"

#include <gmock/gmock.h>

#include "tests/domain/samples_transaction.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

using Rows = tests::support::Refusal<TransactionDecider>;
using enum TransactionStatus;
using enum TransactionType;
const auto given = tests::support::given<TransactionDecider>;

std::vector<TransactionEvent> past(TransactionStatus status, std::string_view wish = {}) {
    return Samples<TransactionDecider>::past(status, wish);
}

std::vector<TransactionEvent> of_type(TransactionType type,
                                      std::vector<TransactionCommand> commands = {}) {
    RecordTransaction record = sample_transaction(succeeded, type);
    const bool is_child = type != authorize && type != charge && type != credit;
    if (is_child) record.parent_transaction_id = TransactionId{"t0"};
    commands.insert(commands.begin(), record);
    return events_of<TransactionDecider>(commands);
}

RecordTransaction with(TransactionType type, void (*change)(RecordTransaction&)) {
    RecordTransaction record = sample_transaction(succeeded, type);
    change(record);
    return record;
}

TEST(Transaction, ThatFailedSaysWhyAndWhetherToTryAgain) {
    RecordTransaction record = sample_transaction(failed);
    record.failure_code = "expired_card";
    record.retryable = false;
    const Transaction transaction = given({}).when(record).after();
    EXPECT_EQ(transaction.status, failed);
    EXPECT_EQ(transaction.failure_code, "expired_card");
    EXPECT_EQ(transaction.retryable, false);
    EXPECT_EQ(transaction.processed_at, sample_start);
}

TEST(Transaction, BeginsAChainOfItsOwnOrJoinsItsParents) {
    RecordTransaction record = sample_transaction(succeeded);
    EXPECT_EQ(given({}).when(record).after().payment_id, PaymentId{"t1"});
    record.payment_id = PaymentId{"p7"};
    EXPECT_EQ(given({}).when(record).after().payment_id, PaymentId{"p7"});
    record.parent_payment_id = PaymentId{"p1"};
    EXPECT_EQ(given({}).when(record).after().payment_id, PaymentId{"p1"});
}

TEST(Transaction, AnUnknownOutcomeIsResolved) {
    given(past(unknown))
        .when(sample_outcome(succeeded))
        .then({TransactionResolved{}, TransactionSucceeded{sample_start}});
    given(past(pending)).when(sample_outcome(canceled)).then({TransactionCanceled{sample_start}});
}

TEST(Transaction, ARepeatedOutcomeIsNoNews) {
    given(past(requires_action)).when(sample_outcome(requires_action)).then_nothing();
    given(past(pending)).when(sample_outcome(pending)).then_nothing();
}

TEST(Transaction, WhatNoBillTakesIsCredit) {
    const std::string series = "customer-credit/dagbladet/kari/NOK";
    given(past(succeeded))
        .when(AllocateTransaction{BillId{"b1"}, 30'000, 3})
        .then({TransactionAllocated{BillId{"b1"}, 30'000},
               UnallocatedPaymentRecorded{4'900, series, 3}});
    given(past(succeeded))
        .when(AllocateTransaction{std::nullopt, 0, 3})
        .then({UnallocatedPaymentRecorded{34'900, series, 3}});
    given(past(succeeded))
        .when(AllocateTransaction{BillId{"b1"}, 34'900})
        .then({TransactionAllocated{BillId{"b1"}, 34'900}});
}

TEST(Transaction, ItsCreditIsFoundUntilItIsUsedUp) {
    auto events = past(succeeded, "AdjustCredit");
    const auto adjust = [&events](Minor amount) {
        const auto outcome = given(events).when(AdjustCredit{BillId{"b2"}, amount});
        events.insert(events.end(), outcome.decision->begin(), outcome.decision->end());
        return outcome.after();
    };
    const std::string claim = "customer-credit/dagbladet/kari/NOK/1";
    EXPECT_THAT(claims(fold<TransactionDecider>(events), "t1"), testing::Contains(claim));
    const Transaction used = adjust(-34'900);
    EXPECT_EQ(used.unallocated_amount, 0);
    EXPECT_THAT(used.allocations, testing::ElementsAre(Allocation{BillId{"b2"}, 34'900}));
    EXPECT_THAT(claims(used, "t1"), testing::Not(testing::Contains(claim)));
    const Transaction back = adjust(34'900);
    EXPECT_EQ(back.unallocated_amount, 34'900);
    EXPECT_THAT(back.allocations, testing::SizeIs(0));
}

TEST(Transaction, AChargebackIsLostWhenItSucceedsAndWonWhenItDoesNot) {
    auto notice = with(chargeback, [](RecordTransaction& one) {
        one.parent_transaction_id = TransactionId{"t0"};
        one.status = pending;
    });
    const auto opened = events_of<TransactionDecider>({notice});
    EXPECT_EQ(opened.back(), TransactionEvent(ChargebackOpened{}));
    given(opened)
        .when(sample_outcome(succeeded))
        .then({TransactionSucceeded{sample_start}, ChargebackLost{}});
    given(opened)
        .when(sample_outcome(canceled))
        .then({TransactionCanceled{sample_start}, ChargebackWon{}});
}

TEST(Transaction, ItsChildrenCountUntilTheyAreReleased) {
    const auto refunded = of_type(charge, {sample_child(refund, 34'900)});
    given(refunded)
        .when(sample_child(refund, 1, "t3"))
        .then_refused(TransactionRejection::refunds_exceed_captured);
    const auto released =
        of_type(charge, {sample_child(refund, 34'900), ReleaseChain{TransactionId{"t2"}}});
    EXPECT_EQ(given(released).when(sample_child(refund, 1, "t3")).after().children.size(), 1U);
}

TEST(Transaction, ReleasingWhatIsNoChildIsNoNews) {
    given(past(succeeded)).when(ReleaseChain{TransactionId{"t9"}}).then_nothing();
}

TEST(Transaction, ItsReferenceIsOneAcrossProvidersAndTypes) {
    Transaction one = fold<TransactionDecider>(past(succeeded));
    one.external_id = "x1";
    EXPECT_THAT(claims(one, "t1"),
                testing::ElementsAre("transaction-external/x1",
                                     "transaction-reference/dagbladet/charge/4:nets/4711"));
    Transaction other = one;
    other.provider = "nets/4711";
    other.provider_reference = "1";
    one.provider_reference = "4711/1";
    EXPECT_NE(reference_claim(one), reference_claim(other));
}

// The outcome is asked for 5 minutes and an hour after it should have come, then daily.
TEST(Transaction, AnUnknownOutcomeIsAskedForSevenTimes) {
    Transaction transaction = fold<TransactionDecider>(past(unknown));
    std::vector<std::chrono::minutes> times;
    while (transaction.next_poll_at) {
        const Timestamp at = *transaction.next_poll_at;
        times.push_back(std::chrono::duration_cast<std::chrono::minutes>(at - sample_start));
        const auto events = TransactionDecider::decide(transaction, PollTransaction{at});
        ASSERT_TRUE(events);
        transaction = fold<TransactionDecider>(*events, transaction);
    }
    using std::chrono::days;
    using std::chrono::hours;
    using std::chrono::minutes;
    EXPECT_THAT(times, testing::ElementsAre(minutes{5}, hours{1}, days{1}, days{2}, days{3},
                                            days{4}, days{5}));
    EXPECT_EQ(transaction.status, unknown);
}

TEST(Transaction, AnOutcomeThatIsKnownIsNotAskedForAgain) {
    EXPECT_EQ(given(past(unknown)).when(sample_outcome(failed)).after().next_poll_at, std::nullopt);
}

TEST(Transaction, WhatFollowsItTakesWhatIsLeft) {
    const auto events = of_type(authorize, {sample_child(capture, 30'000)});
    const auto after = given(events).when(sample_follow_up<CaptureTransaction>()).after();
    EXPECT_EQ(after.children.back().amount, 4'900);
}

TEST(Transaction, CreditThatWentBackIsNoCredit) {
    const auto credit_left = past(succeeded, "AllocateCredit");
    const WithdrawCredit some{TransactionId{"t2"}, 900};
    EXPECT_EQ(given(credit_left).when(some).after().unallocated_amount, 34'000);
    const WithdrawCredit more{TransactionId{"t2"}, 50'000};
    EXPECT_EQ(given(credit_left).when(more).after().unallocated_amount, 0);
    given(past(succeeded)).when(some).then_nothing();
}

const std::vector<Rows> rows{
    {TransactionRejection::amount_must_be_positive,
     {},
     with(charge, [](RecordTransaction& one) { one.amount = 0; })},
    {TransactionRejection::vendor_required,
     {},
     with(charge, [](RecordTransaction& one) { one.vendor_id.reset(); })},
    {TransactionRejection::parent_required, {}, sample_transaction(succeeded, refund)},
    {TransactionRejection::parent_required, {}, sample_transaction(succeeded, chargeback)},
    {TransactionRejection::parent_not_allowed,
     {},
     with(credit, [](RecordTransaction& one) { one.parent_transaction_id = one.self; })},
    {TransactionRejection::currency_must_match_bill,
     {},
     with(charge, [](RecordTransaction& one) { one.bill_currency = *Currency::parse("EUR"); })},
    {TransactionRejection::currency_must_match_parent, of_type(charge),
     [] {
         ExtendChain child = sample_child(refund, 1);
         child.currency = *Currency::parse("EUR");
         return child;
     }()},
    {TransactionRejection::user_must_match_parent, of_type(charge),
     [] {
         ExtendChain child = sample_child(refund, 1);
         child.user_id = UserId{"ola"};
         return child;
     }()},
    {TransactionRejection::parent_does_not_allow_it, of_type(charge), sample_child(capture, 1)},
    {TransactionRejection::parent_does_not_allow_it, of_type(refund), sample_child(refund, 1)},
    {TransactionRejection::parent_does_not_allow_it, of_type(authorize), sample_child(refund, 1)},
    {TransactionRejection::parent_does_not_allow_it, of_type(authorize),
     sample_child(chargeback, 1)},
    {TransactionRejection::parent_does_not_allow_it, of_type(capture),
     sample_child(void_authorization, 1)},
    {TransactionRejection::authorization_is_used, of_type(authorize, {sample_child(capture, 1)}),
     sample_child(void_authorization, 1, "t3")},
    {TransactionRejection::authorization_is_used,
     of_type(authorize, {sample_child(void_authorization, 1)}), sample_child(capture, 1, "t3")},
    {TransactionRejection::captures_exceed_authorized,
     of_type(authorize, {sample_child(capture, 30'000)}), sample_child(capture, 4'901, "t3")},
    {TransactionRejection::refunds_exceed_captured,
     of_type(capture, {sample_child(chargeback, 30'000)}), sample_child(refund, 4'901, "t3")},
    {TransactionRejection::reversal_exceeds_chargeback, of_type(chargeback),
     sample_child(chargeback_reversal, 34'901)},
    {TransactionRejection::allocation_exceeds_amount, past(succeeded),
     AllocateTransaction{BillId{"b1"}, 34'901}},
    {TransactionRejection::credit_exceeds_unallocated, past(succeeded, "AdjustCredit"),
     AdjustCredit{BillId{"b2"}, -34'901}},
    {TransactionRejection::credit_exceeds_unallocated, past(succeeded, "AllocateCredit"),
     AllocateCredit{{{BillId{"b1"}, 30'000}, {BillId{"b2"}, 4'901}}}},
    {TransactionRejection::captures_exceed_authorized,
     of_type(authorize, {sample_child(capture, 34'900)}), sample_follow_up<CaptureTransaction>()},
    {TransactionRejection::authorization_is_used,
     of_type(authorize, {sample_child(capture, 34'900)}), sample_follow_up<VoidTransaction>()},
    {TransactionRejection::parent_does_not_allow_it, of_type(refund),
     sample_follow_up<RefundTransaction>()},
    {TransactionRejection::poll_not_due, past(unknown), PollTransaction{sample_start}},
    {TransactionRejection::status_must_move_on, past(unknown), sample_outcome(pending)},
};

TEST(Transaction, Refuses) { tests::support::expect_refusals<TransactionDecider>(rows); }
TEST(Transaction, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<TransactionDecider>(rows);
}

}  // namespace
}  // namespace domain
