#include "tests/domain/contract_stop_rows.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<ContractDecider>;
using std::chrono::days;

// A term of a month, which ends by itself.
std::vector<ContractEvent> term() {
    CreateContract create = sample_create_contract({sample_offer(PurchaseType::rental)});
    ConfirmContract confirm = sample_confirm_contract();
    confirm.term_end = sample_end;
    return events_of<ContractDecider>({create, confirm, ActivateContract{{}, sample_start}});
}

AddDeliveryStop stop_of_term() {
    AddDeliveryStop stop = sample_delivery_stop();
    stop.effect->moved_end = sample_end + days{14};
    return stop;
}

std::vector<ContractEvent> followed(std::vector<ContractEvent> events,
                                    const ContractCommand& command) {
    const auto decided = given(events).when(command);
    events.insert(events.end(), decided.decision->begin(), decided.decision->end());
    return events;
}

TEST(ContractStop, PutsOffTheEndOfATermAndItsRemovalTakesThatBack) {
    const auto events = followed(term(), stop_of_term());
    const Contract stopped = fold<ContractDecider>(events);
    EXPECT_EQ(stopped.expires_at, sample_end + days{14});
    EXPECT_EQ(stopped.current_period_end, sample_end);
    EXPECT_EQ(stopped.delivery_stops.at(0).extended_days, 14);
    EXPECT_EQ(stopped.delivery_stops.at(0).action, StopAction::extend);
    const Contract again =
        given(events)
            .when(RemoveDeliveryStop{DeliveryStopId{"s1"}, sample_end, sample_start})
            .after();
    EXPECT_EQ(again.expires_at, sample_end);
    EXPECT_TRUE(again.delivery_stops.empty());
}

TEST(ContractStop, ATermThatWasPutOffIsCanceledAtItsNewEnd) {
    const auto events = followed(term(), stop_of_term());
    const Contract ending = given(events).when(sample_cancel_contract()).after();
    EXPECT_EQ(ending.will_cancel_at, sample_end + days{14});
}

TEST(ContractStop, OfAContractThatIsBilledAgainAndAgainMovesNothing) {
    AddDeliveryStop wish = sample_delivery_stop();
    wish.title_action = StopAction::extend;
    const Contract before = given(Samples<ContractDecider>::past(ContractStatus::active)).state;
    const Contract after =
        given(Samples<ContractDecider>::past(ContractStatus::active)).when(wish).after();
    EXPECT_EQ(after.delivery_stops.at(0).action, StopAction::credit);
    EXPECT_EQ(after.current_period_end, before.current_period_end);
    EXPECT_EQ(after.anchor_at, before.anchor_at);
    EXPECT_EQ(after.next_bill_at, before.next_bill_at);
}

TEST(ContractStop, GivesWhatTheTitlePrefersWhereBothCanBe) {
    AddDeliveryStop wish = stop_of_term();
    wish.title_action = StopAction::credit;
    const Contract after = given(term()).when(wish).after();
    EXPECT_EQ(after.delivery_stops.at(0).action, StopAction::credit);
    EXPECT_EQ(after.expires_at, sample_end);
}

TEST(ContractStop, OnOtherDaysStandsBesideAnother) {
    EXPECT_EQ(given(stopped_contract())
                  .when(sample_stop("2026-01-19", "2026-01-20"))
                  .after()
                  .delivery_stops.size(),
              2U);
}

}  // namespace
}  // namespace domain
