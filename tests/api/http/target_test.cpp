#include "api/http/target.hpp"

#include <gtest/gtest.h>

#include <string>

namespace api::http {
namespace {

bool is_good(std::string_view raw) {
    std::string scratch(raw.size(), '\0');
    return parse_target(raw, scratch.data()).has_value();
}

TEST(Target, IsDecodedPieceByPiece) {
    const Request request = Request::make(
        Verb::get, "/a%2Fb/c?createdAt[gte]=1+2&createdAt%5Bgte%5D=%C3%B8&flag&e=&&x=a=b");
    EXPECT_EQ(request.path, "/a%2Fb/c");
    EXPECT_EQ(request.parameters("createdAt[gte]"), (std::vector<std::string_view>{"1 2", "ø"}));
    EXPECT_EQ(request.parameter("flag"), "");
    EXPECT_EQ(request.parameter("e"), "");
    EXPECT_EQ(request.parameter("x"), "a=b");
    EXPECT_EQ(request.parameter("y"), std::nullopt);
}

TEST(Target, StaysReadableWhenTheRequestMoves) {
    Request request = Request::make(Verb::get, "/?a=%41bc");
    const Request moved = std::move(request);
    EXPECT_EQ(moved.parameter("a"), "Abc");
}

TEST(Target, KeepsAnEncodedSlashInsideASegment) {
    const std::string raw = "/users/a%2Fb";
    std::string scratch(raw.size(), '\0');
    const auto target = parse_target(raw, scratch.data());
    ASSERT_TRUE(target);
    ASSERT_EQ(target->segments().size(), 2U);
    EXPECT_EQ(target->segments()[1], "a/b");
}

TEST(Target, IsRefusedWhenItIsNotClean) {
    EXPECT_TRUE(is_good("/"));
    EXPECT_TRUE(is_good("http://host"));
    EXPECT_TRUE(is_good("HTTPS://host:1/a?b"));
    for (const char* bad : {"",         "a",       "//\x7f",     "/a b",      "/#",
                            "/%",       "/%4",     "/%zz",       "/%00",      "/%1f",
                            "/%c2%80",  "/%80",    "/%ed%a0%80", "/%c0%af",   "/%f5%80%80%80",
                            "ftp://a/", "http://", "http:///a",  "/\xc3\xb8", "?a"}) {
        EXPECT_FALSE(is_good(bad)) << bad;
    }
    std::string deep;
    for (int i = 0; i < 17; ++i) deep += "/a";
    EXPECT_FALSE(is_good(deep));
}

}  // namespace
}  // namespace api::http
