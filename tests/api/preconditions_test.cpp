#include "api/preconditions.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace api {
namespace {

http::Request with_header(std::string_view name, std::string_view value) {
    const http::NameValue header{name, value};
    return http::Request::make(http::Verb::post, "/", std::span(&header, 1));
}

TEST(Preconditions, IfMatchNamesVersions) {
    constexpr auto never = std::numeric_limits<std::uint64_t>::max();
    const std::pair<std::string_view, Versions> rows[] = {
        {"7", {{7}}},
        {"\"7\"", {{7}}},
        {" \"7\" ", {{7}}},
        {"*", std::nullopt},
        {"W/\"7\"", {{never}}},
        {"\"seven\"", {{never}}},
        {"\"\"", {{never}}},
        {"\"7\", \"8\"", {{7, 8}}},
        {"\"7\",\"a,b\" ,W/\"9\"", {{7, never, never}}},
    };
    for (const auto& [value, versions] : rows) {
        const auto expected = expected_versions(with_header("If-Match", value));
        ASSERT_TRUE(expected) << value;
        EXPECT_EQ(*expected, versions) << value;
    }
    EXPECT_EQ(*expected_versions(with_header("X", "y")), Versions());
}

TEST(Preconditions, IfMatchThatIsNoListOfEntityTagsIsRefused) {
    for (const std::string_view value :
         {"\"7", "7\"", "", "\"a b\"", "7, 8", "\"7\" \"8\"", "\"7\", *", "\"7\", 8", "\""}) {
        const auto expected = expected_versions(with_header("If-Match", value));
        ASSERT_FALSE(expected) << value;
        EXPECT_EQ(expected.error().code, "invalid_if_match");
    }
}

TEST(Preconditions, IfNoneMatchMayNameSeveralVersions) {
    for (const std::string_view value : {"\"7\"", "W/\"7\"", "\"6\", \"7\"", "*"}) {
        EXPECT_TRUE(is_known_version(value, 7)) << value;
    }
    for (const std::string_view value : {"", "7", "\"6\"", "\"77\"", ","}) {
        EXPECT_FALSE(is_known_version(value, 7)) << value;
    }
}

TEST(Preconditions, AnIdempotencyKeyIsTheSameBareAndQuoted) {
    EXPECT_EQ(*idempotency_key(with_header("Idempotency-Key", "abc")), "abc");
    EXPECT_EQ(*idempotency_key(with_header("idempotency-key", "\"abc\"")), "abc");
    EXPECT_EQ(*idempotency_key(with_header("X", "y")), std::nullopt);
}

TEST(Preconditions, AnIdempotencyKeyOfAnotherFormIsRefused) {
    for (const std::string& value : {std::string(), std::string("\"\""), std::string("a b"),
                                     std::string("\xc3\xa6"), std::string(256, 'a')}) {
        EXPECT_FALSE(idempotency_key(with_header("Idempotency-Key", value))) << value;
    }
    EXPECT_TRUE(idempotency_key(with_header("Idempotency-Key", std::string(255, 'a'))));
}

TEST(Preconditions, PositionsAreReadAsTheyAreWritten) {
    const projections::Position position{3, 1201};
    EXPECT_EQ(to_text(position), "3-1201");
    EXPECT_EQ(parse_position("3-1201"), position);
    for (const std::string_view text :
         {"", "3", "-", "3-", "-3", "3-1-1", "a-1", "3- 1", "4294967296-1", "3--1"}) {
        EXPECT_FALSE(parse_position(text)) << text;
    }
}

}  // namespace
}  // namespace api
