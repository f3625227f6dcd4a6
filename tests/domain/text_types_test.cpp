#include "domain/text_types.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <regex>

namespace domain {
namespace {

// Each text that is accepted also matches the pattern that clients are shown, and each pattern
// refuses what is refused for its shape.
template <class T>
void expect_accepted(std::initializer_list<std::string> all) {
    const std::regex pattern{std::string(T::pattern)};
    for (const auto& text : all) {
        EXPECT_TRUE(T::parse(text)) << text;
        if (!T::pattern.empty()) {
            EXPECT_TRUE(std::regex_match(text, pattern)) << text;
        }
    }
}

template <class T>
void expect_refused(std::initializer_list<std::string> all) {
    const std::regex pattern{std::string(T::pattern)};
    for (const auto& text : all) {
        const auto parsed = T::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_FALSE(parsed.error().empty());
        if (!T::pattern.empty()) {
            EXPECT_FALSE(std::regex_match(text, pattern)) << text;
        }
    }
}

TEST(TextTypes, AnEmailAddressHasALocalPartAndADomain) {
    expect_accepted<Email>({"a@b.no", "Kari.Nordmann+news@sub.example.org", "o'neil@example.org",
                            "blåbær@bær.no", "1@2.co"});
    expect_refused<Email>({"", "a", "@b.no", "a@", "a@b", "a b@c.no", "a@b..no", ".a@b.no",
                           "a.@b.no", "a@-b.no", "a@b-.no", "a@b@c.no", "a@b.no ", "\"a\"@b.no",
                           "a\n@b.no", "a@b.no\xC2\x85", std::string(65, 'a') + "@b.no",
                           "a@" + std::string(64, 'b') + ".no",
                           "a@" + std::string(250, 'b') + ".no"});
}

TEST(TextTypes, EmailAddressesAreComparedWithoutCase) {
    EXPECT_EQ(folded_email("Kari@Example.ORG"), "kari@example.org");
    EXPECT_EQ(folded_email("BLÅ@example.org"), "blÅ@example.org");
}

TEST(TextTypes, APhoneNumberIsDigitsWithAFewSigns) {
    expect_accepted<Phone>({"+47 22 86 44 00", "110 0", "22-86.44(00)", "+12345678901234567890"});
    expect_refused<Phone>({"", "+", "123", "+47 CALL", "(22) 864400", "123456789012345678901"});
}

TEST(TextTypes, ACountryIsAnAssignedCode) {
    expect_accepted<CountryCode>({"NO", "SE", "AD", "ZW", "GB"});
    for (const std::string text : {"UK", "XX", "EU", "D ", " A"}) {
        EXPECT_FALSE(CountryCode::parse(text)) << text;
    }
    expect_refused<CountryCode>({"", "N", "no", "NOR"});
}

TEST(TextTypes, ATimeZoneIsAPath) {
    expect_accepted<TimeZoneName>(
        {"UTC", "Europe/Oslo", "America/Argentina/Buenos_Aires", "Etc/GMT+1"});
    expect_refused<TimeZoneName>({"", "/", "Europe/", "/Oslo", "a/b/c/d", "Europe Oslo", "../etc"});
}

TEST(TextTypes, ASlugIsLowerCase) {
    expect_accepted<Slug>({"a", "acme", "acme-press_2.no", "7"});
    expect_refused<Slug>({"", "Acme", "-acme", "acme-", ".", "a/b", "å"});
    EXPECT_FALSE(Slug::parse(std::string(65, 'a')));
}

TEST(TextTypes, AUrlIsAbsoluteAndOfTheWeb) {
    expect_accepted<Url>({"https://example.org", "http://example.org:8080/a?b=c#d",
                          "https://example.org?x=1", "https://a-b.no/%20"});
    expect_refused<Url>({"", "example.org", "ftp://example.org", "https://", "https:///a",
                         "javascript:alert(1)", "https://a@b.no", "https://a.no/ b",
                         "https://a.no/<b>", "https://a.no:", "https://a.no:123456"});
}

TEST(TextTypes, ALocaleIsALanguageWithSubtags) {
    expect_accepted<Locale>({"nb", "nb-NO", "zh-Hant-TW", "sl-rozaj-1994"});
    expect_refused<Locale>({"", "n", "nb_NO", "nb-", "-nb", "1b", "nb-123456789"});
}

TEST(TextTypes, ADateExists) {
    expect_accepted<Date>({"2026-11-23", "2024-02-29"});
    expect_refused<Date>({"", "2026-02-29", "2026-13-01", "23.11.2026"});
}

TEST(TextTypes, AScopeIsAKindAndAnAction) {
    expect_accepted<ScopeName>({"bills:read", "keys:admin"});
    expect_refused<ScopeName>({"", "bills", ":read", "bills:", "bills:read:write", "Bills:read"});
}

TEST(TextTypes, AHashIsHex) {
    expect_accepted<Sha256Hex>({std::string(64, 'a')});
    expect_refused<Sha256Hex>({"", std::string(63, 'a'), std::string(64, 'A')});
}

}  // namespace
}  // namespace domain
