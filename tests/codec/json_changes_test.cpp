#include "codec/json_changes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace codec {
namespace {

std::string told(std::string_view before, std::string_view after) {
    constexpr std::array<std::string_view, 1> left_out = {"version"};
    std::string text;
    for (const JsonChange& change : changes_between(before, after, left_out)) {
        text += change.path + ": " + (change.before ? change.before->text : "nothing") + " -> " +
                (change.after ? change.after->text : "nothing") + "; ";
    }
    return text;
}

TEST(JsonChanges, NameWhatDiffersAndNothingElse) {
    EXPECT_EQ(told(R"({"a":1,"b":"x","version":1})", R"({"a":1,"b":"y","version":2})"),
              R"(/b: "x" -> "y"; )");
    EXPECT_EQ(told(R"({"a":1})", R"({"a":1})"), "");
}

TEST(JsonChanges, TellWhatHasComeAndWhatIsGone) {
    EXPECT_EQ(told(R"({"a":1,"b":{"c":2}})", R"({"b":{"d":[3]}})"),
              "/a: 1 -> nothing; /b/c: 2 -> nothing; /b/d: nothing -> [3]; ");
    EXPECT_EQ(told("", R"({"a":{"b":1}})"), R"(/a: nothing -> {"b":1}; )");
}

TEST(JsonChanges, LookIntoArraysPlaceByPlace) {
    EXPECT_EQ(told(R"({"a":[{"b":1},2]})", R"({"a":[{"b":3},2,4]})"),
              "/a/0/b: 1 -> 3; /a/2: nothing -> 4; ");
    EXPECT_EQ(told(R"({"a":[1,2,3]})", R"({"a":[1]})"), "/a/1: 2 -> nothing; /a/2: 3 -> nothing; ");
}

TEST(JsonChanges, TakeValuesOfOtherTypesAsOneChange) {
    EXPECT_EQ(told(R"({"a":[1],"b":null})", R"({"a":{"x":1},"b":0})"),
              R"(/a: [1] -> {"x":1}; /b: null -> 0; )");
}

TEST(JsonChanges, EscapeNamesInPointersAndLeaveOutTheOutermostOnly) {
    EXPECT_EQ(told(R"({"a/b":{"~":1,"version":1}})", R"({"a/b":{"~":2,"version":2}})"),
              "/a~1b/~0: 1 -> 2; /a~1b/version: 1 -> 2; ");
}

}  // namespace
}  // namespace codec
