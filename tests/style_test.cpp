// The rules of style that no tool checks, as tests.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/repository.hpp"

namespace {

constexpr long lines_max = 500;
// In two parts, because this file is read like all others.
const std::string postponed = std::string("TO") + "DO";

bool is_cpp(const std::string& path) { return path.ends_with(".cpp") || path.ends_with(".hpp"); }

std::string without_comments(const std::string& text) {
    static const std::regex comment("//[^\n]*");
    return std::regex_replace(text, comment, "");
}

// What of a file breaks a rule of style.
std::vector<std::string> breaches(const std::string& path, const std::string& text) {
    static const std::regex sleep(R"(\b(sleep_(for|until)|(u|nano)sleep)\b)");
    static const std::regex real_number(R"(\b(float|double)\b)");
    static const std::regex clock(R"(\b(system|steady|high_resolution|utc|file)_clock\b)");
    static const std::regex postponing("\\b" + postponed + "\\b");
    static const std::regex opening(R"(^(#pragma once\n+)?//[^\n]*\S[^\n]*\n)");

    std::vector<std::string> found;
    const auto rule = [&](bool kept, const std::string& what) {
        if (!kept) found.push_back(path + ": " + what);
    };
    rule(!std::regex_search(text, postponing), "postpones something: do it, or leave it out");
    if (!is_cpp(path) && !path.ends_with(".py")) return found;

    rule(std::ranges::count(text, '\n') <= lines_max, "has more than 500 lines");
    if (!is_cpp(path)) return found;

    if (path.ends_with(".hpp")) {
        rule(text.find("#pragma once\n") != std::string::npos, "has no #pragma once");
        rule(std::regex_search(text, opening, std::regex_constants::match_continuous),
             "does not open with a comment that says what it is");
    }
    if (path.starts_with("tests/")) {
        rule(!std::regex_search(text, sleep), "sleeps: wait for the condition itself");
    }
    if (path.starts_with("domain/")) {
        const std::string code = without_comments(text);
        rule(!std::regex_search(code, real_number), "uses real numbers");
        rule(!std::regex_search(code, clock), "reads a clock: time is given to the core");
    }
    return found;
}

TEST(Style, EveryFileKeepsTheRules) {
    for (const auto& file : tests::support::repository()) {
        for (const std::string& breach : breaches(file.path, file.text)) ADD_FAILURE() << breach;
    }
}

TEST(Style, EachKindOfBreachIsCaught) {
    struct Sample {
        std::string path;
        std::string text;
    };
    const std::string sleeping = std::string("sleep_") + "for(1s);\n";
    const Sample samples[] = {
        {"README.md", postponed + ": write this\n"},
        {"dev", "# " + postponed + "\n"},
        {"api/a.cpp", std::string(501, '\n')},
        {"tests/system/test_a.py", std::string(501, '\n')},
        {"api/a.hpp", "#pragma once\n\nint x();\n"},
        {"api/a.hpp", "#pragma once\n//\nint x();\n"},
        {"api/a.hpp", "// A letter.\nint x();\n"},
        {"tests/api/a_test.cpp", sleeping},
        {"domain/a.cpp", "double price;\n"},
        {"domain/a.cpp", "auto at = std::chrono::system_clock::now();\n"},
    };
    for (const auto& [path, text] : samples) {
        EXPECT_EQ(breaches(path, text).size(), 1U) << path << ": " << text;
    }
}

TEST(Style, AFileThatKeepsTheRulesIsNotCaught) {
    EXPECT_TRUE(breaches("api/a.hpp", "// A letter.\n#pragma once\n").empty());
    EXPECT_TRUE(breaches("api/a.hpp", "#pragma once\n\n// A letter.\n").empty());
    EXPECT_TRUE(breaches("domain/a.cpp", "int x;  // Never a double.\n").empty());
    EXPECT_TRUE(breaches("api/a.cpp", std::string(500, '\n')).empty());
}

}  // namespace
