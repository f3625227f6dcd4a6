#include <gtest/gtest.h>

#include "domain/webhook_deliveries.hpp"
#include "domain/webhook_endpoint.hpp"
#include "tests/domain/samples_webhook.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

using EndpointStatus = WebhookEndpointStatus;

tests::support::Given<WebhookEndpointDecider> given_endpoint(EndpointStatus status) {
    return tests::support::given<WebhookEndpointDecider>(
        Samples<WebhookEndpointDecider>::past(status));
}

tests::support::Given<WebhookDeliveriesDecider> given_deliveries() {
    return tests::support::given<WebhookDeliveriesDecider>({WebhookDeliveriesBegun{{"0-7"}}});
}

TEST(WebhookEndpoint, CountsItsSecretsAndKeepsTheOneBeforeForAsLongAsAsked) {
    const auto before = given_endpoint(EndpointStatus::enabled);
    EXPECT_EQ(before.state.secret_version, 1);
    const auto a_day = before.when(RotateWebhookSecret{.now = sample_start}).after();
    EXPECT_EQ(a_day.secret_version, 2);
    EXPECT_EQ(a_day.previous_secret_expires_at, sample_start + std::chrono::hours{24});
    const auto leaked =
        before.when(RotateWebhookSecret{.previous_valid_hours = 0, .now = sample_start}).after();
    EXPECT_EQ(leaked.previous_secret_expires_at, sample_start);
}

TEST(WebhookEndpoint, IsChangedByAMergePatch) {
    const auto before = given_endpoint(EndpointStatus::disabled);
    const auto after =
        before
            .when(UpdateWebhookEndpoint{.types = {.is_given = true, .value = std::nullopt},
                                        .description = change_to<std::string>("Books")})
            .after();
    EXPECT_EQ(after.url, before.state.url);
    EXPECT_TRUE(after.types.empty());
    EXPECT_EQ(after.description, "Books");
    EXPECT_EQ(after.status, EndpointStatus::disabled);
    before.when(UpdateWebhookEndpoint{.url = change_to(before.state.url)}).then_nothing();
}

TEST(WebhookEndpoint, EnabledForgetsWhyItWasNot) {
    const auto disabled = given_endpoint(EndpointStatus::disabled);
    EXPECT_EQ(disabled.state.disabled_because, WebhookDisabledBecause::failing);
    EXPECT_EQ(disabled.state.fault, "status_500");
    const auto enabled = disabled.when(EnableWebhookEndpoint{.now = sample_start}).after();
    EXPECT_FALSE(enabled.disabled_because || enabled.fault);
    EXPECT_EQ(enabled.enabled_at, sample_start);
}

TEST(WebhookEndpoint, TakesOneOfTheTenantsPlacesUntilItIsDeleted) {
    const auto claims_in = [](EndpointStatus status) {
        return claims(given_endpoint(status).state, "w");
    };
    EXPECT_EQ(claims_in(EndpointStatus::enabled), std::vector<std::string>{"webhook-endpoint/1"});
    EXPECT_EQ(claims_in(EndpointStatus::disabled), std::vector<std::string>{"webhook-endpoint/1"});
    EXPECT_TRUE(claims_in(EndpointStatus::deleted).empty());
    EXPECT_TRUE(claims_in(EndpointStatus::absent).empty());
}

TEST(WebhookDeliveries, NoteOnceHowFarTheyAre) {
    const NoteWebhookDeliveries note{.after = {"0-9"}, .waiting = {sample_waiting()}};
    const auto noted = given_deliveries().when(note).after();
    EXPECT_EQ(noted.after, EventPlace{"0-9"});
    EXPECT_EQ(noted.waiting, std::vector<WaitingSubject>{sample_waiting()});
    tests::support::Given<WebhookDeliveriesDecider>{noted}.when(note).then_nothing();
}

// A note that was on its way when the replay was asked for would undo it.
TEST(WebhookDeliveries, AreNotTakenAwayFromAReplayByANoteOfBefore) {
    const NoteWebhookDeliveries note{.after = {"0-9"}, .waiting = {sample_waiting()}};
    const auto noted = given_deliveries().when(note).after();
    const auto replayed = tests::support::Given<WebhookDeliveriesDecider>{noted}
                              .when(ReplayWebhookDeliveries{.after = {"0-3"}})
                              .after();
    EXPECT_EQ(replayed.after, EventPlace{"0-3"});
    EXPECT_TRUE(replayed.waiting.empty());
    const tests::support::Given<WebhookDeliveriesDecider> again{replayed};
    again.when(note).then_nothing();
    EXPECT_EQ(again.when(NoteWebhookDeliveries{.round = 1, .after = {"0-4"}}).after().after,
              EventPlace{"0-4"});
}

TEST(EventPlace, IsAPositionOrTheIdOfAnEvent) {
    for (const char* good : {"0-1201", "0-1201.2", "11-0", "0-0"}) {
        EXPECT_TRUE(EventPlace::parse(good)) << good;
    }
    for (const char* bad : {"", "0", "-", "0-", "-1", "0-1.", "0-1.x", "0-1.2.3", "0-1 ", "a-1",
                            "0-1234567890123456789", "1234567890-1", "0-.1"}) {
        EXPECT_FALSE(EventPlace::parse(bad)) << bad;
    }
}

CreateWebhookEndpoint with_types_repeated() {
    CreateWebhookEndpoint wish = sample_webhook();
    wish.types = {"BillPaid", "BillVoided", "BillPaid"};
    return wish;
}
const tests::support::Refusal<WebhookEndpointDecider> endpoint_refusals[] = {
    {WebhookEndpointRejection::webhook_type_repeated, {}, with_types_repeated()},
};
const tests::support::Refusal<WebhookDeliveriesDecider> deliveries_refusals[] = {
    {WebhookDeliveriesRejection::too_many_waiting,
     {WebhookDeliveriesBegun{{"0-7"}}},
     NoteWebhookDeliveries{
         .after = {"0-9"},
         .waiting = std::vector<WaitingSubject>(webhook_waiting_max + 1, sample_waiting())}},
};

TEST(WebhookEndpoint, Refuses) {
    tests::support::expect_refusals<WebhookEndpointDecider>(endpoint_refusals);
    tests::support::expect_refusals<WebhookDeliveriesDecider>(deliveries_refusals);
}

TEST(WebhookEndpoint, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<WebhookEndpointDecider>(endpoint_refusals);
    tests::support::expect_a_row_for_each_refusal<WebhookDeliveriesDecider>(deliveries_refusals);
}

}  // namespace
}  // namespace domain
