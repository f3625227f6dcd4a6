#include "commands/webhook_endpoint.hpp"

#include <gtest/gtest.h>

#include "tests/domain/samples_webhook.hpp"
#include "tests/support/workplace.hpp"

namespace commands {
namespace {

using tests::support::Workplace;

domain::CreateWebhookEndpoint endpoint(std::string id, std::int64_t endpoints_max = 2) {
    domain::CreateWebhookEndpoint wish = domain::sample_webhook();
    wish.id = domain::WebhookEndpointId{std::move(id)};
    wish.endpoints_max = endpoints_max;
    return wish;
}

TEST(WebhookEndpointCommands, DeliveriesBeginWithTheEndpoint) {
    Workplace workplace;
    ASSERT_TRUE(workplace.run(endpoint("w")));
    EXPECT_EQ(workplace.events(), "WebhookEndpointCreated, WebhookDeliveriesBegun");
    EXPECT_TRUE(workplace.run(domain::ReplayWebhookDeliveries{.after = {"0-3"}}, "w"));
    EXPECT_TRUE(workplace.run(domain::NoteWebhookDeliveries{.round = 1, .after = {"0-4"}}, "w"));
    ASSERT_TRUE(workplace.run(domain::DeleteWebhookEndpoint{}, "w"));
    EXPECT_EQ(workplace.code_of(domain::ReplayWebhookDeliveries{.after = {"0-3"}}, "w"),
              "webhook_endpoint_deleted");
    // What was under way when it was deleted is noted all the same.
    EXPECT_TRUE(workplace.run(domain::NoteWebhookDeliveries{.round = 1, .after = {"0-5"}}, "w"));
}

TEST(WebhookEndpointCommands, ATenantHasSoManyThatAreNotDeleted) {
    Workplace workplace;
    ASSERT_TRUE(workplace.run(endpoint("a")));
    ASSERT_TRUE(workplace.run(endpoint("b")));
    EXPECT_EQ(workplace.code_of(endpoint("c")), "too_many_webhook_endpoints");
    ASSERT_TRUE(workplace.run(domain::DisableWebhookEndpoint{}, "a"));
    EXPECT_EQ(workplace.code_of(endpoint("c")), "too_many_webhook_endpoints");
    ASSERT_TRUE(workplace.run(domain::DeleteWebhookEndpoint{}, "a"));
    EXPECT_TRUE(workplace.run(endpoint("c")));
    EXPECT_EQ(workplace.code_of(endpoint("d")), "too_many_webhook_endpoints");
    EXPECT_TRUE(workplace.run(endpoint("d", 3)));
}

TEST(WebhookEndpointCommands, TypesAreThoseOfPublishedEvents) {
    Workplace workplace;
    auto wish = endpoint("w");
    for (const char* type : {"BillPainted", "ApiKeyIssued", "WebhookEndpointCreated"}) {
        wish.types = {"BillPaid", type};
        EXPECT_EQ(workplace.code_of(wish), "unknown_event_type") << type;
    }
    ASSERT_TRUE(workplace.run(endpoint("w")));
    const domain::UpdateWebhookEndpoint change{
        .types = domain::change_to(std::vector<std::string>{"BillPainted"})};
    EXPECT_EQ(workplace.code_of(change, "w"), "unknown_event_type");
}

}  // namespace
}  // namespace commands
