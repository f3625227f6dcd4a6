#include "domain/bill.hpp"

#include <gmock/gmock.h>

#include "tests/domain/samples_bill.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

using Rows = tests::support::Refusal<BillDecider>;
using enum BillStatus;
const auto given = tests::support::given<BillDecider>;
using std::chrono::days;

std::vector<BillEvent> past(BillStatus status, std::string_view wish = {}) {
    return Samples<BillDecider>::past(status, wish);
}

// The past, and then what follows from more commands.
std::vector<BillEvent> after(std::vector<BillCommand> commands) {
    commands.insert(commands.begin(), {sample_create_bill(), sample_issue_bill()});
    return events_of<BillDecider>(commands);
}

IssueBill issue_with_retries(std::vector<std::int64_t> retry_days) {
    IssueBill issue = sample_issue_bill();
    issue.due_at = sample_start;
    issue.dunning.retry_days = std::move(retry_days);
    return issue;
}

CreateBill on_invoice() {
    CreateBill create = sample_create_bill();
    create.collection_method = CollectionMethod::send_invoice;
    return create;
}

FailPayment failure_at(Timestamp now) {
    FailPayment failure = sample_failure(true);
    failure.now = now;
    return failure;
}

const TransactionId t1{"t1"};

TEST(Bill, IsDueADayAfterIssueOrAnInvoiceAfterTwoWeeks) {
    EXPECT_EQ(fold<BillDecider>(past(pending)).due_at, sample_start + days{1});
    EXPECT_EQ(fold<BillDecider>(events_of<BillDecider>({on_invoice(), sample_issue_bill()})).due_at,
              sample_start + days{14});
}

TEST(Bill, ShowsItsNumberWithThePrefixAndItsPriceAsADecimal) {
    const Bill bill = fold<BillDecider>(past(pending));
    EXPECT_EQ(bill.number, "D-7");
    EXPECT_EQ(bill.price, "349.00");
}

TEST(Bill, OfNothingIsPaidAtIssue) {
    given(events_of<BillDecider>({sample_create_bill({sample_line(0)})}))
        .when(sample_issue_bill())
        .then({std::get<BillIssued>(past(pending).back()), BillPaid{sample_start, {}}});
}

TEST(Bill, ThatCustomerCreditCoversIsPaidAtIssue) {
    IssueBill issue = sample_issue_bill();
    issue.credit_applied = 34'900;
    const Bill bill = given(past(draft)).when(issue).after();
    EXPECT_EQ(bill.status, paid);
    EXPECT_EQ(bill.amount_due, 0);
}

TEST(Bill, APatchOfTheDiscountPricesTheLinesAnew) {
    UpdateBill update;
    update.discount_amount = change_to<Minor>(900);
    const Bill bill = given(past(draft)).when(update).after();
    EXPECT_EQ(bill.total, 34'000);
    EXPECT_EQ(bill.items[0].discount_amount, 900);
}

TEST(Bill, APatchThatChangesNothingRecordsNothing) {
    UpdateBill update;
    update.items = change_to(std::vector{sample_line()});
    update.collection_method = change_to(CollectionMethod::charge_automatically);
    given(past(draft)).when(update).then_nothing();
}

TEST(Bill, ThePaymentThatCoversTheRestPaysIt) {
    const auto half = after({sample_payment(20'000)});
    EXPECT_EQ(fold<BillDecider>(half).status, pending);
    const Bill bill = given(half).when(sample_payment(14'900)).after();
    EXPECT_EQ(bill.status, paid);
    EXPECT_EQ(bill.paid_at, sample_start);
}

TEST(Bill, TakesNoMoreThanRemains) {
    const Bill bill = given(past(pending)).when(sample_payment(99'999)).after();
    EXPECT_EQ(bill.amount_paid, 34'900);
    EXPECT_EQ(bill.status, paid);
}

TEST(Bill, AFailureIsTriedAgainByTheScheduleThatItWasIssuedWith) {
    const auto issued = events_of<BillDecider>({sample_create_bill(), issue_with_retries({1, 3})});
    given(issued)
        .when(failure_at(sample_start))
        .then({BillPaymentFailed{t1, "insufficient_funds"},
               BillRetryScheduled{2, sample_start + days{1}}});
    given(issued)
        .when(failure_at(sample_start + days{2}))
        .then({BillPaymentFailed{t1, "insufficient_funds"},
               BillRetryScheduled{2, sample_start + days{3}}});
    given(issued)
        .when(failure_at(sample_start + days{3}))
        .then({BillPaymentFailed{t1, "insufficient_funds"}, BillRetriesExhausted{},
               BillMarkedOverdue{}});
}

TEST(Bill, AFailureForGoodIsNotTriedAgain) {
    given(past(pending))
        .when(sample_failure(false))
        .then({BillPaymentFailed{t1, "insufficient_funds"}, BillRetriesExhausted{},
               BillMarkedOverdue{}});
}

TEST(Bill, AFailureAtTheCheckoutLeavesItOpen) {
    IssueBill issue = sample_issue_bill();
    issue.expires_at = sample_end;
    given(events_of<BillDecider>({sample_create_bill(), issue}))
        .when(sample_failure(false))
        .then({BillPaymentFailed{t1, "insufficient_funds"}});
}

TEST(Bill, AFailureOfAnInvoicesPayerLeavesItOpen) {
    given(events_of<BillDecider>({on_invoice(), sample_issue_bill()}))
        .when(sample_failure(true))
        .then({BillPaymentFailed{t1, "insufficient_funds"}});
}

TEST(Bill, AnotherFailureOfAnOverdueBillKeepsItOverdue) {
    given(past(overdue))
        .when(sample_failure(false))
        .then({BillPaymentFailed{t1, "insufficient_funds"}});
}

TEST(Bill, APaymentOnItsWayIsStartedOnceAndReleasedOnce) {
    const auto started = after({StartPayment{t1}});
    given(started).when(StartPayment{t1}).then_nothing();
    given(started).when(ReleasePayment{t1}).then({BillPaymentReleased{t1}});
    given(past(pending)).when(ReleasePayment{t1}).then_nothing();
}

TEST(Bill, ThatIsVoidedGivesCreditBack) {
    IssueBill issue = sample_issue_bill();
    issue.credit_applied = 100;
    given(events_of<BillDecider>({sample_create_bill(), issue}))
        .when(VoidBill{"Wrong address."})
        .then({BillVoided{"Wrong address."}, CreditRestored{100}});
}

TEST(Bill, AReversedSettlementOpensItAgain) {
    const Bill bill = given(past(paid)).when(ReverseSettlement{t1, 900, sample_start}).after();
    EXPECT_EQ(bill.status, overdue);
    EXPECT_EQ(bill.amount_remaining, 900);
    EXPECT_EQ(bill.paid_at, std::nullopt);
}

TEST(Bill, ThePlannedAttemptIsAskedForAndThenTheNextOneOfTheSchedule) {
    const auto retrying_from = events_of<BillDecider>(
        {sample_create_bill(), issue_with_retries({1, 3}), failure_at(sample_start)});
    const Timestamp first = sample_start + days{1};
    given(retrying_from)
        .when(RequestPayment{first})
        .then({BillPaymentRequested{2, first, sample_start + days{3}}});
}

TEST(Bill, ThatNobodyPaysAfterTheLastAttemptIsOverdue) {
    const Timestamp asked = sample_start + days{20};
    const auto events = past(retrying, "MarkBillOverdue");
    given(events)
        .when(MarkBillOverdue{asked + days{1}})
        .then({BillRetriesExhausted{}, BillMarkedOverdue{}});
    EXPECT_EQ(attempts_end(fold<BillDecider>(events)), asked + days{1});
}

TEST(Bill, OfAContractThatIsOverdueAfterItsGraceHasNoneLeft) {
    CreateBill create = sample_create_bill();
    create.contract_id = ContractId{"c1"};
    const auto issued = events_of<BillDecider>({create, sample_issue_bill()});
    given(issued)
        .when(MarkBillOverdue{sample_start + days{15}})
        .then({BillMarkedOverdue{}, BillGraceEnded{}});
    given(issued).when(MarkBillOverdue{sample_start + days{14}}).then({BillMarkedOverdue{}});
}

TEST(Bill, ThatIsCanceledGivesCreditBack) {
    IssueBill issue = sample_issue_bill();
    issue.credit_applied = 100;
    given(events_of<BillDecider>({sample_create_bill(), issue}))
        .when(CancelBill{})
        .then({BillCanceled{}, CreditRestored{100}});
}

TEST(Bill, APartPaymentThatIsReversedLeavesItOpen) {
    const auto half = after({sample_payment(20'000)});
    const Bill bill = given(half).when(ReverseSettlement{t1, 20'000, sample_start}).after();
    EXPECT_EQ(bill.status, pending);
    EXPECT_EQ(bill.amount_paid, 0);
}

TEST(Bill, ThatWasGivenUpOnceIsNotGivenUpByTheClockAgain) {
    EXPECT_EQ(fold<BillDecider>(past(pending)).write_off_at, sample_start + days{31});
    EXPECT_EQ(given(past(expired)).when(ReinstateBill{}).after().write_off_at, std::nullopt);
}

TEST(Bill, ThatWasWrittenOffComesBackOverdue) {
    EXPECT_EQ(given(past(expired)).when(ReinstateBill{}).after().status, overdue);
}

TEST(Bill, HoldsItsPeriodWhileItIsLive) {
    CreateBill create = sample_create_bill();
    create.contract_id = ContractId{"c1"};
    create.external_id = "x1";
    create.billing_reason = BillingReason::contract_cycle;
    create.items[0].period_start = sample_start;
    const std::string held_key = "held-for/kari/bills/b1";
    const std::string period_key = "bill-period/c1/2026-01-01T00:00:00.000Z/contractCycle";
    std::vector<BillCommand> commands{create};
    EXPECT_THAT(claims(fold<BillDecider>(events_of<BillDecider>(commands)), "b1"),
                testing::ElementsAre(held_key, "bill-external/x1", period_key));
    commands.emplace_back(sample_issue_bill());
    EXPECT_THAT(claims(fold<BillDecider>(events_of<BillDecider>(commands)), "b1"),
                testing::ElementsAre(held_key, "bill-external/x1", "bill-number/dagbladet/D-7",
                                     period_key));
    commands.emplace_back(CancelBill{});
    EXPECT_THAT(claims(fold<BillDecider>(events_of<BillDecider>(commands)), "b1"),
                testing::ElementsAre(held_key, "bill-external/x1", "bill-number/dagbladet/D-7"));
}

// Wishes that are refused.

CreateBill with(void (*change)(CreateBill&)) {
    CreateBill create = sample_create_bill();
    change(create);
    return create;
}

IssueBill issue_with(void (*change)(IssueBill&)) {
    IssueBill issue = sample_issue_bill();
    change(issue);
    return issue;
}

UpdateBill with_many_keys() {
    Metadata many;
    for (std::size_t i = 0; i <= metadata_keys_max; ++i) many[std::to_string(i)] = Json{"1"};
    UpdateBill update;
    update.metadata = change_to(many);
    return update;
}

const std::vector<Rows> rows{
    {BillRejection::bill_has_no_lines, events_of<BillDecider>({sample_create_bill({})}),
     sample_issue_bill()},
    {BillRejection::currency_must_match_contract, {}, with([](CreateBill& bill) {
         bill.contract_currency = *Currency::parse("EUR");
     })},
    {BillRejection::discount_exceeds_amount, {}, with([](CreateBill& bill) {
         bill.discount_amount = 34'901;
     })},
    {BillRejection::total_is_negative, {}, sample_create_bill({sample_line(-1)})},
    {BillRejection::amount_overflow, {}, with([](CreateBill& bill) {
         bill.items[0].unit_amount = std::numeric_limits<Minor>::max();
         bill.items[0].quantity = 2;
     })},
    {BillRejection::line_period_is_reversed, {}, with([](CreateBill& bill) {
         bill.items[0].period_end = sample_end;
     })},
    {BillRejection::line_period_is_reversed, {}, with([](CreateBill& bill) {
         bill.items[0].period_start = sample_end;
         bill.items[0].period_end = sample_end;
     })},
    {BillRejection::due_out_of_range, past(draft),
     issue_with([](IssueBill& issue) { issue.due_at = sample_start - days{1}; })},
    {BillRejection::due_out_of_range, past(draft),
     issue_with([](IssueBill& issue) { issue.due_at = sample_start + days{4000}; })},
    {BillRejection::expires_out_of_range, past(draft),
     issue_with([](IssueBill& issue) { issue.expires_at = sample_start - days{1}; })},
    {BillRejection::credit_exceeds_total, past(draft),
     issue_with([](IssueBill& issue) { issue.credit_applied = 34'901; })},
    {BillRejection::currency_must_match, past(pending),
     [] {
         ApplyPayment payment = sample_payment();
         payment.currency = *Currency::parse("EUR");
         return payment;
     }()},
    {BillRejection::amount_must_be_positive, past(pending), sample_payment(0)},
    {BillRejection::amount_must_be_positive, past(paid), RecordRefund{0, {}}},
    {BillRejection::amount_must_be_positive, past(paid), ReverseSettlement{t1, -1, sample_start}},
    {BillRejection::payment_in_flight, after({StartPayment{t1}}), CancelBill{}},
    {BillRejection::payment_in_flight, after({StartPayment{t1}}), PayBill{}},
    {BillRejection::payment_exceeds_remaining, past(pending),
     [] {
         PayBill wish;
         wish.amount = 34'901;
         return wish;
     }()},
    {BillRejection::payment_in_flight, after({StartPayment{t1}}), VoidBill{"Wrong."}},
    {BillRejection::payment_in_flight, after({StartPayment{t1}}), RetryBill{{}, sample_start}},
    {BillRejection::payment_in_flight, after({sample_failure(false), StartPayment{t1}}),
     WriteOffBill{}},
    {BillRejection::bill_has_payments, after({sample_payment(1)}), CancelBill{}},
    {BillRejection::payments_not_refunded, past(paid), VoidBill{"Wrong."}},
    {BillRejection::refund_exceeds_paid, past(paid), RecordRefund{34'901, {}}},
    {BillRejection::refund_exceeds_paid, past(paid, "VoidBill"), RecordRefund{1, {}}},
    {BillRejection::reversal_exceeds_payment, past(paid),
     ReverseSettlement{t1, 34'901, sample_start}},
    {BillRejection::reversal_exceeds_payment, past(paid),
     ReverseSettlement{TransactionId{"t9"}, 1, sample_start}},
    {BillRejection::reversal_exceeds_payment, past(paid, "VoidBill"),
     ReverseSettlement{t1, 1, sample_start}},
    {BillRejection::reason_required, past(pending), VoidBill{""}},
    {BillRejection::attempt_out_of_range, past(pending),
     RetryBill{sample_start - days{1}, sample_start}},
    {BillRejection::not_due_yet, past(pending), MarkBillOverdue{sample_start}},
    {BillRejection::not_due_yet, past(retrying), MarkBillOverdue{sample_end}},
    {BillRejection::attempt_not_due, past(retrying), RequestPayment{sample_start}},
    {BillRejection::attempt_not_due, past(retrying, "MarkBillOverdue"), RequestPayment{sample_end}},
    {BillRejection::payment_in_flight, after({sample_failure(true), StartPayment{t1}}),
     RequestPayment{sample_end}},
    {BillRejection::grace_not_over, past(overdue), EndBillGrace{sample_start}},
    {BillRejection::not_expired_yet, past(pending), ExpireBill{sample_end}},
    {BillRejection::not_expired_yet, past(pending, "ExpireBill"), ExpireBill{sample_start}},
    {BillRejection::not_written_off,
     events_of<BillDecider>({sample_create_bill(),
                             issue_with([](IssueBill& issue) { issue.expires_at = sample_end; }),
                             ExpireBill{sample_end}}),
     ReinstateBill{}},
    {BillRejection::too_many_metadata_keys, past(draft), with_many_keys()},
};

TEST(Bill, Refuses) { tests::support::expect_refusals<BillDecider>(rows); }
TEST(Bill, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<BillDecider>(rows);
}

}  // namespace
}  // namespace domain
