// Webhook endpoints as clients meet them; nothing delivers here.
#include <gtest/gtest.h>

#include "tests/api/house.hpp"

namespace api {
namespace {

using http::loopback::Answer;
using testing::House;
using testing::member;

const std::string path = "/management/webhook-endpoints";
const std::string body = R"({"id":"w","url":"https://example.org/hook"})";

TEST(WebhookEndpoints, ShowTheSecretInTheAnswerThatMakesItAndInItsRetries) {
    const House house;
    const std::string key = "Idempotency-Key: k\r\n";
    const Answer made = house.post(path, body, key);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(member(made.body, "secret"), "whsec_acmew1");
    EXPECT_EQ(made.field("Location"), path + "/w");
    EXPECT_EQ(house.post(path, body, key).body, made.body);
    const Answer dry = house.post(path + "/w/rotate-secret?dryRun=true", "");
    EXPECT_EQ(dry.status, 200);
    EXPECT_EQ(member(dry.body, "secret"), "");
    const Answer rotated = house.post(path + "/w/rotate-secret", R"({"previousValidHours":0})");
    EXPECT_EQ(member(rotated.body, "secret"), "whsec_acmew2") << rotated.body;
    EXPECT_EQ(house.post(path, body, key).body, made.body);
    for (const Answer& other :
         {house.get(path), house.get(path + "/w"), house.post(path + "/w/disable", ""),
          house.post(path + "/w/enable", "")}) {
        EXPECT_EQ(other.status, 200) << other.body;
        EXPECT_EQ(member(other.body, "secret"), "") << other.body;
    }
}

// Else what happens while it is made would be missed, or all of the past would come.
TEST(WebhookEndpoints, BeginWhereTheJournalIsWhenTheyAreMade) {
    const House house;
    const Answer user = house.post("/management/users", R"({"email":"a@example.org"})");
    ASSERT_EQ(house.post(path, body).status, 201);
    const Answer deliveries = house.get(path + "/w/deliveries");
    EXPECT_EQ(member(deliveries.body, "after"), user.field("Daybook-Position"));
    const Answer given =
        house.post(path, R"({"id":"v","url":"https://example.org/","after":"0-0"})");
    ASSERT_EQ(given.status, 201) << given.body;
    EXPECT_EQ(member(house.get(path + "/v/deliveries").body, "after"), "0-0");
    const Answer replayed = house.post(path + "/v/replay", R"({"after":"0-1.1"})");
    EXPECT_EQ(member(replayed.body, "after"), "0-1.1") << replayed.body;
}

TEST(WebhookEndpoints, RefuseAddressesAndPlacesThatCannotBe) {
    const House house;
    const Answer both = house.post(path, R"({"url":"http://example.org/","after":"3-0"})");
    EXPECT_EQ(both.status, 422);
    for (const std::string_view fault :
         {R"("/url","code":"https_required")", R"("/after","code":"unknown_place")"}) {
        EXPECT_NE(both.body.find(fault), std::string::npos) << both.body;
    }
    ASSERT_EQ(house.post(path, body).status, 201);
    EXPECT_EQ(house.ask({"PATCH", path + "/w", R"({"url":"http://example.org/"})"}).status, 422);
    EXPECT_EQ(house.ask({"PATCH", path + "/w", R"({"url":null})"}).status, 422);
    EXPECT_EQ(house.ask({"PATCH", path + "/w", R"({"types":["BillPaid"]})"}).status, 200);
    EXPECT_EQ(house.post(path + "/w/replay", R"({"after":"3-0"})").status, 422);
    EXPECT_EQ(house.post(path + "/none/replay", R"({"after":"0-0"})").status, 404);
}

}  // namespace
}  // namespace api
