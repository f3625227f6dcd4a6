#include "tests/commands/shipments.hpp"

namespace commands::tests {
namespace {

using enum FulfillmentStatus;

TEST_F(Shipments, StopsAreFinalAtTheCutOffAndGiveTheirShareThen) {
    subscribe();
    const auto before = ship("2026-02-06");
    const auto scheduled_already = ship("2026-02-13");
    stop("2026-02-09", "2026-02-22");
    const auto scheduled_later = ship("2026-02-20");
    EXPECT_EQ(status(before), scheduled);
    EXPECT_EQ(status(scheduled_already), stopped);
    EXPECT_EQ(status(scheduled_later), stopped);
    EXPECT_EQ(contract_state().delivery_stops[0].action, StopAction::credit);
    EXPECT_THAT(credits(), testing::IsEmpty());
    books.pass_until(time("2026-02-09T10:00:00Z"));
    EXPECT_THAT(credits(), testing::ElementsAre(share));
    books.pass_until(time("2026-02-28T12:00:00Z"));
    EXPECT_THAT(credits(), testing::ElementsAre(share, share));
    EXPECT_EQ(shipment(scheduled_later).credit_amount, share);
    // The next bill uses it; its period is where it would be.
    EXPECT_EQ(bills().at(1).credit_applied, 2 * share);
    EXPECT_EQ(contract_state().current_period_start, time("2026-02-28T10:00:00Z"));
}

TEST_F(Shipments, AStopTakesEffectFromTheFirstIssueThatItCanStillAffect) {
    subscribe();
    const auto first = ship("2026-02-06");
    const auto second = ship("2026-02-13");
    books.pass_until(time("2026-02-03T10:00:00Z"));
    stop("2026-02-02", "2026-02-15");
    const DeliveryStop one = contract_state().delivery_stops[0];
    EXPECT_EQ(one.effective_from, Date{"2026-02-13"});
    EXPECT_EQ(one.effective_from_issue, "2026-07");
    EXPECT_EQ(one.issues, 1);
    EXPECT_EQ(status(first), scheduled);
    EXPECT_EQ(status(second), stopped);
}

TEST_F(Shipments, AStopOfWhatCannotBeStoppedAnyMoreIsRefused) {
    subscribe();
    books.pass_until(time("2026-02-03T10:00:00Z"));
    AddDeliveryStop wish;
    wish.from = Date{"2026-02-03"};
    wish.to = Date{"2026-02-08"};
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, wish), "stop_too_late");
    wish.to = Date{"2026-02-02"};
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, wish), "stop_ends_before_start");
    wish.to = Date{"2026-02-20"};
    wish.action = StopAction::extend;
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, wish), "nothing_to_extend");
    EXPECT_EQ(books.refusal(Kind::contracts, "nothing", wish), "not_found");
}

TEST_F(Shipments, ARemovedStopLeavesNothingBehind) {
    subscribe();
    const auto id = ship("2026-02-13");
    RemoveDeliveryStop removal;
    removal.stop_id = DeliveryStopId{stop("2026-02-09", "2026-02-15")};
    EXPECT_EQ(status(id), stopped);
    books.done(Kind::contracts, contract_id, removal);
    EXPECT_EQ(status(id), scheduled);
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, removal), "unknown_stop");
    removal.stop_id = DeliveryStopId{stop("2026-02-09", "2026-02-15")};
    books.pass_until(time("2026-02-09T10:00:00Z"));
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, removal), "stop_has_begun");
    EXPECT_THAT(credits(), testing::ElementsAre(share));
}

TEST_F(Shipments, AStopPutsOffTheEndOfATermAndOfItsRights) {
    take_term();
    const auto end = contract_state().expires_at.value();
    const auto id = ship("2026-02-13");
    stop("2026-02-09", "2026-02-22");
    EXPECT_EQ(status(id), stopped);
    const auto later = end + std::chrono::days{14};
    EXPECT_EQ(contract_state().expires_at, later);
    EXPECT_EQ(rights().at(0).ends_at, later);
    books.pass_until(end);
    EXPECT_EQ(contract_state().status, ContractStatus::active);
    // What was stopped comes in the time that was added.
    EXPECT_EQ(status(ship("2026-03-06")), scheduled);
    books.pass_until(later);
    EXPECT_EQ(contract_state().status, ContractStatus::expired);
    EXPECT_THAT(credits(), testing::IsEmpty());
    EXPECT_EQ(bills().size(), 1U);
}

TEST_F(Shipments, AStopOfATermMayGiveCreditInsteadByItsBill) {
    take_term();
    const auto end = contract_state().expires_at;
    ship("2026-02-13");
    stop("2026-02-09", "2026-02-15", StopAction::credit);
    EXPECT_EQ(contract_state().expires_at, end);
    books.pass_until(time("2026-02-09T10:00:00Z"));
    EXPECT_THAT(credits(), testing::ElementsAre(40'000 / 4));
}

TEST_F(Shipments, TheTitleSaysWhatAStopGives) {
    UpdateProduct policy;
    policy.delivery_stop_action = change_to(StopAction::credit);
    books.done(Kind::products, "daily", policy);
    CreateContract wish = shipped("monthly");
    wish.issues_total = 10;
    confirm(wish);
    pay(TransactionStatus::succeeded);
    stop("2026-02-09", "2026-02-15");
    EXPECT_EQ(contract_state().delivery_stops[0].action, StopAction::credit);
}

TEST_F(Shipments, WithoutACalendarAnIssueIsADay) {
    confirm([] {
        CreateContract wish = shipped("monthly");
        wish.items[0].sku = Sku{"weekend"};
        return wish;
    }());
    pay(TransactionStatus::succeeded, 25'000);
    stop("2026-02-04", "2026-02-05");
    EXPECT_EQ(contract_state().delivery_stops[0].effective_from, Date{"2026-02-04"});
    CreateFulfillment wish = issue("2026-02-05");
    wish.sku = Sku{"weekend"};
    const auto id = books.done(Kind::fulfillments, "", wish);
    EXPECT_EQ(status(id), stopped);
    books.pass_until(time("2026-02-04T10:00:00Z"));
    EXPECT_THAT(credits(), testing::ElementsAre(25'000 / 28));
}

TEST_F(Shipments, OfAContractThatWasCanceledAStopGivesNothing) {
    subscribe();
    ship("2026-02-13");
    stop("2026-02-09", "2026-02-15");
    CancelContract cancel;
    cancel.mode = CancelMode::immediate;
    books.done(Kind::contracts, contract_id, cancel);
    books.pass_until(time("2026-02-10T10:00:00Z"));
    EXPECT_THAT(credits(), testing::IsEmpty());
}

}  // namespace
}  // namespace commands::tests
