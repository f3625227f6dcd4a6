#include "api/http/fields.hpp"

#include <gtest/gtest.h>

namespace api::http {
namespace {

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

TEST(Accept, PrefersTheHighestQualityThenTheClosestNameThenTheFirst) {
    constexpr std::string_view types[] = {"application/x-ndjson", "text/event-stream"};
    const auto preference = [&](std::string_view accept) { return preferred(accept, types); };
    for (const char* first : {"", "*/*", "application/*", "application/x-ndjson, text/event-stream",
                              "text/event-stream;q=0.9, application/x-ndjson",
                              "*/*, text/event-stream;q=0.5", "text/event-stream;q=0, */*"}) {
        EXPECT_EQ(preference(first), 0U) << first;
    }
    for (const char* second : {"text/event-stream", "Text/Event-Stream, */*", "text/*",
                               "application/x-ndjson;q=0.12, text/event-stream;q=0.123",
                               "application/x-ndjson;q=0, */*;q=0.001"}) {
        EXPECT_EQ(preference(second), 1U) << second;
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
