#include "api/http/fields.hpp"

#include <gtest/gtest.h>

namespace api::http {
namespace {

Request with(std::string_view name, std::string_view value) {
    const std::vector<NameValue> headers{{name, value}};
    return Request::make(Verb::get, "/", headers);
}

std::optional<std::string> key_of(std::string_view value) {
    const auto key = idempotency_key(with("idempotency-key", value));
    if (!key) return {};
    return *key;
}

TEST(IdempotencyKey, IsVisibleAsciiBareOrQuoted) {
    EXPECT_EQ(key_of("abc-1"), "abc-1");
    EXPECT_EQ(key_of("\"abc-1\""), "abc-1");
    EXPECT_EQ(key_of(std::string(255, 'a')), std::string(255, 'a'));
    for (const std::string& bad : {std::string(), std::string("\"\""), std::string("a b"),
                                   std::string("\xc3\xa9"), std::string(256, 'a')}) {
        EXPECT_EQ(key_of(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(idempotency_key(Request::make(Verb::get, "/")).value(), std::nullopt);
}

TEST(IdempotencyKey, MayBeGivenOnce) {
    const std::vector<NameValue> headers{{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}};
    EXPECT_FALSE(idempotency_key(Request::make(Verb::get, "/", headers)));
}

TEST(IfMatch, IsAListOfStrongVersionsOrAny) {
    EXPECT_TRUE(if_match(with("If-Match", "\"7\", \"8\""))->value().matches(8));
    EXPECT_FALSE(if_match(with("If-Match", "\"7\", \"8\""))->value().matches(9));
    EXPECT_TRUE(if_match(with("If-Match", "*"))->value().matches(9));
    EXPECT_EQ(*if_match(Request::make(Verb::get, "/")), std::nullopt);
    for (const char* bad : {"", "7", "W/\"7\"", "\"7", "\"\"", "\"a\"", "\"-1\"", "\"07\"",
                            "*, \"7\"", "\"99999999999999999999\""}) {
        EXPECT_FALSE(if_match(with("If-Match", bad))) << bad;
    }
}

TEST(IfNoneMatch, TakesWeakTagsAndIgnoresForeignOnes) {
    EXPECT_TRUE(if_none_match(with("If-None-Match", "W/\"7\""))->matches(7));
    EXPECT_FALSE(if_none_match(with("If-None-Match", "\"abc\", \"8\""))->matches(7));
    EXPECT_TRUE(if_none_match(with("If-None-Match", "\"abc\", \"7\""))->matches(7));
    EXPECT_FALSE(if_none_match(Request::make(Verb::get, "/")));
    EXPECT_EQ(etag(7), "\"7\"");
}

TEST(Accept, IsObeyedByTheClosestRange) {
    const std::vector<std::string_view> json{"application/json"};
    for (const char* yes : {"", "*/*", "application/*", "application/json", "Application/JSON",
                            "text/html, application/json;q=0.1", "*/*;q=0, application/json",
                            "application/json; q=0.001"}) {
        EXPECT_TRUE(accepts(yes, json)) << yes;
    }
    for (const char* no : {"text/html", "application/json;q=0", "*/*, application/json;q=0.000",
                           "application/*;q=0, */*", "app/*", "application/jsonx"}) {
        EXPECT_FALSE(accepts(no, json)) << no;
    }
}

TEST(TraceParent, IsTakenWhenItIsWellFormed) {
    const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const auto parent = trace_parent(good);
    ASSERT_TRUE(parent);
    EXPECT_EQ(parent->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(parent->span_id, "00f067aa0ba902b7");
    EXPECT_FALSE(trace_parent(good + "-x"));
    EXPECT_TRUE(trace_parent("01" + good.substr(2) + "-x"));
    EXPECT_FALSE(trace_parent("ff" + good.substr(2)));
    EXPECT_FALSE(trace_parent("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"));
    EXPECT_FALSE(trace_parent("00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
    EXPECT_FALSE(trace_parent(""));
}

}  // namespace
}  // namespace api::http
