#include "domain/fulfillment.hpp"

#include <gmock/gmock.h>

#include "domain/due.hpp"
#include "tests/domain/samples_fulfillment.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<FulfillmentDecider>;
using enum FulfillmentStatus;

std::vector<FulfillmentEvent> past(FulfillmentStatus status) {
    return Samples<FulfillmentDecider>::past(status);
}

CreateFulfillment create(FulfillmentMethod kind) {
    CreateFulfillment wish;
    wish.terms = sample_fulfillment(kind);
    wish.now = sample_start;
    return wish;
}

ReshipFulfillment reship() {
    ReshipFulfillment wish;
    wish.id = FulfillmentId{"f2"};
    return wish;
}

CreditFulfillment credit(std::optional<Minor> amount) {
    CreditFulfillment wish;
    wish.amount = amount;
    wish.usual = sample_credit(900);
    wish.amount_max = 900;
    return wish;
}

TEST(Fulfillment, OfSomethingDigitalIsRequestedAndOfSomethingPrintedScheduled) {
    EXPECT_EQ(given({}).when(create(FulfillmentMethod::audio_feed)).after().status, requested);
    EXPECT_EQ(given({}).when(create(FulfillmentMethod::physical_shipment)).after().status,
              scheduled);
}

TEST(Fulfillment, ALinkIsRenewedByAnotherAndTheSameOneSaysNothingNew) {
    const Url link{"https://example.org/a"};
    given(past(ready)).when(ReadyFulfillment{link, sample_end, sample_start}).then_nothing();
    const auto later = sample_end + std::chrono::days{1};
    EXPECT_EQ(given(past(ready)).when(ReadyFulfillment{link, later, sample_end}).after().expires_at,
              later);
}

// The stop can be removed until the cut-off; what is given for it is given then.
TEST(Fulfillment, AStopIsFinalAtTheCutOff) {
    const StopFulfillment stop{sample_stopped(StopAction::credit), sample_credit(), sample_start};
    const auto stopped_by = given(past(scheduled)).when(stop);
    stopped_by.then({sample_stopped(StopAction::credit)});
    EXPECT_EQ(next_due(stopped_by.after()), (Due{sample_end, ClockCommand::settle_stop}));
    const auto settled =
        given(past(stopped)).when(SettleStop{sample_credit(700), sample_end}).after();
    EXPECT_EQ(settled.credit_amount, 700);
    EXPECT_EQ(next_due(settled), std::nullopt);
}

TEST(Fulfillment, WithoutACutOffAStopThatHasBegunIsFinalAtOnce) {
    FulfillmentScheduled shipment = sample_shipment();
    shipment.cutoff_at.reset();
    StopFulfillment stop{sample_stopped(), sample_credit(), sample_end};
    given({shipment}).when(stop).then({sample_stopped(), FulfillmentStopSettled{sample_credit()}});
}

TEST(Fulfillment, IsScheduledAgainWhenItsStopIsRemoved) {
    const auto again = given(past(stopped)).when(ReinstateFulfillment{}).after();
    EXPECT_EQ(again.status, scheduled);
    EXPECT_EQ(again.stop, std::nullopt);
}

TEST(Fulfillment, IsReshippedToTheSameAddressUnlessAnotherIsNamed) {
    const auto same = given(past(returned)).when(reship());
    const auto& event = std::get<FulfillmentReshipped>(same.decision->front());
    EXPECT_EQ(event.address, sample_shipment().address);
    EXPECT_EQ(event.copies, 2);
    EXPECT_EQ(same.after().reshipment_id, FulfillmentId{"f2"});
}

TEST(Fulfillment, GivesBackWhatItCostUnlessLessIsNamed) {
    EXPECT_EQ(given(past(reported_missing)).when(credit({})).after().credit_amount, 900);
    EXPECT_EQ(given(past(returned)).when(credit(100)).after().credit_amount, 100);
}

TEST(Fulfillment, IsFoundWhileItCanChangeAndHoldsItsIssueUnlessCanceled) {
    const auto keys = [](FulfillmentStatus status) {
        return claims(given(past(status)).state, "f");
    };
    const std::string held = "held-for/kari/fulfillments/f";
    const std::string open = "fulfillments-of/contract/c1/fulfillments/f";
    const std::string issue = "contract-issue/c1/weekly/2026-06";
    EXPECT_THAT(keys(scheduled), testing::ElementsAre(held, open, issue));
    EXPECT_THAT(keys(stopped), testing::ElementsAre(held, open, issue));
    EXPECT_THAT(keys(included), testing::ElementsAre(held, issue));
    EXPECT_THAT(keys(canceled), testing::ElementsAre(held));
    EXPECT_THAT(keys(requested),
                testing::ElementsAre(held, "fulfillments-of/entitlement/e1/fulfillments/f"));
    EXPECT_THAT(keys(delivered), testing::ElementsAre(held, issue));
    EXPECT_THAT(keys(credited),
                testing::ElementsAre(held, issue, "fulfillment-credit/b1/weekly/2026-06"));
}

TEST(Fulfillment, InPlaceOfAnotherDoesNotHoldTheIssue) {
    FulfillmentScheduled shipment = sample_shipment();
    shipment.reshipment_of = FulfillmentId{"f1"};
    EXPECT_THAT(claims(given({shipment}).state, "f"),
                testing::ElementsAre("held-for/kari/fulfillments/f",
                                     "fulfillments-of/contract/c1/fulfillments/f"));
}

using Row = tests::support::Refusal<FulfillmentDecider>;

CreateFulfillment without_address() {
    CreateFulfillment wish = create(FulfillmentMethod::physical_shipment);
    wish.terms.address.reset();
    return wish;
}
CreateFulfillment of_another_time() {
    CreateFulfillment wish = create(FulfillmentMethod::physical_shipment);
    wish.terms.issue->cover_date = Date{"1814-05-17"};
    return wish;
}
CreateFulfillment download_to_an_address() {
    CreateFulfillment wish = create(FulfillmentMethod::download);
    wish.terms.address.emplace();
    return wish;
}
ReshipFulfillment reship_of_three() {
    ReshipFulfillment wish = reship();
    wish.copies = 3;
    return wish;
}
std::vector<FulfillmentEvent> settled_past() {
    auto events = past(stopped);
    events.emplace_back(FulfillmentStopSettled{});
    return events;
}

const std::vector<Row> rows{
    {FulfillmentRejection::address_required, {}, without_address()},
    {FulfillmentRejection::address_not_needed, {}, download_to_an_address()},
    {FulfillmentRejection::cover_date_out_of_range, {}, of_another_time()},
    {FulfillmentRejection::cutoff_passed, past(scheduled), CancelFulfillment{{}, sample_end}},
    {FulfillmentRejection::cutoff_passed, past(scheduled),
     StopFulfillment{sample_stopped(), {}, sample_end}},
    {FulfillmentRejection::cutoff_passed, past(scheduled),
     ReaddressFulfillment{Address{}, sample_end}},
    {FulfillmentRejection::link_expired_already, past(requested),
     ReadyFulfillment{Url{"https://example.org/a"}, sample_start, sample_start}},
    {FulfillmentRejection::copies_exceed_original, past(returned), reship_of_three()},
    {FulfillmentRejection::nothing_to_credit, past(returned), CreditFulfillment{}},
    {FulfillmentRejection::credit_exceeds_cost, past(returned), credit(901)},
    {FulfillmentRejection::stop_not_final, past(stopped), SettleStop{{}, sample_start}},
    {FulfillmentRejection::stop_is_final, settled_past(), ReinstateFulfillment{}},
};

TEST(Fulfillment, Refuses) { tests::support::expect_refusals<FulfillmentDecider>(rows); }
TEST(Fulfillment, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<FulfillmentDecider>(rows);
}

}  // namespace
}  // namespace domain
