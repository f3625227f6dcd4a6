// Texts with a form of their own: what parses is valid for ever, so nothing checks it again.
//
// Each is kept as it was typed. `parse` refuses with a sentence that says what is expected.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace domain {

// A text that satisfies its tag: `Tag::holds(raw)`, else `Tag::rule` says what is wrong.
template <class Tag>
struct CheckedText {
    std::string text;

    static constexpr std::string_view format = Tag::format;
    static constexpr std::string_view pattern = Tag::pattern;
    static constexpr std::size_t length_max = Tag::length_max;

    static Result<CheckedText, std::string_view> parse(std::string_view raw) {
        if (raw.size() > length_max || !Tag::holds(raw)) {
            return Failure<std::string_view>(Tag::rule);
        }
        return CheckedText{std::string(raw)};
    }
    std::string_view view() const { return text; }
    auto operator<=>(const CheckedText&) const = default;
};

// local@domain: at most 254 bytes, 64 of them local; letters beyond ASCII are allowed (RFC 6531),
// quoted local parts and address literals are not.
struct EmailTag {
    static constexpr std::string_view format = "email";
    static constexpr std::string_view pattern = "";
    static constexpr std::size_t length_max = 254;
    static constexpr std::string_view rule = "must be an e-mail address, such as a@example.org";
    static bool holds(std::string_view raw);
};
using Email = CheckedText<EmailTag>;

// The form in which e-mail addresses are compared: ASCII letters in lower case.
std::string folded_email(std::string_view email);

// As people write it: 4 to 20 digits, with an optional + before and spaces, -, ., ( ) between.
struct PhoneTag {
    static constexpr std::string_view format = "phone";
    static constexpr std::string_view pattern = R"(^\+?([0-9][ ().-]*){4,20}$)";
    static constexpr std::size_t length_max = 40;
    static constexpr std::string_view rule = "must be a phone number, such as +47 22 86 44 00";
    static bool holds(std::string_view raw);
};
using Phone = CheckedText<PhoneTag>;

// An officially assigned ISO 3166-1 alpha-2 code.
struct CountryTag {
    static constexpr std::string_view format = "country";
    static constexpr std::string_view pattern = "^[A-Z]{2}$";
    static constexpr std::size_t length_max = 2;
    static constexpr std::string_view rule = "must be an ISO 3166 country code, such as NO";
    static bool holds(std::string_view raw);
};
using CountryCode = CheckedText<CountryTag>;

// The shape of an IANA time zone name. Whether the zone exists is known by the Zones port.
struct TimeZoneTag {
    static constexpr std::string_view format = "time-zone";
    static constexpr std::string_view pattern = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$";
    static constexpr std::size_t length_max = 64;
    static constexpr std::string_view rule = "must be an IANA time zone, such as Europe/Oslo";
    static bool holds(std::string_view raw);
};
using TimeZoneName = CheckedText<TimeZoneTag>;

// An id that reads well in a URL: lower-case letters and digits, with . _ - between.
struct SlugTag {
    static constexpr std::string_view format = "slug";
    static constexpr std::string_view pattern = "^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$";
    static constexpr std::size_t length_max = 64;
    static constexpr std::string_view rule =
        "must be 1 to 64 lower-case letters and digits, with . _ - between";
    static bool holds(std::string_view raw);
};
using Slug = CheckedText<SlugTag>;

// An absolute http or https address in ASCII (RFC 3986), without user names.
struct UrlTag {
    static constexpr std::string_view format = "uri";
    static constexpr std::string_view pattern =
        "^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?$";
    static constexpr std::size_t length_max = 2048;
    static constexpr std::string_view rule =
        "must be an http or https address, such as https://example.org/a";
    static bool holds(std::string_view raw);
};
using Url = CheckedText<UrlTag>;

// The shape of a BCP 47 language tag: "nb", "nb-NO", "zh-Hant-TW".
struct LocaleTag {
    static constexpr std::string_view format = "locale";
    static constexpr std::string_view pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$";
    static constexpr std::size_t length_max = 35;
    static constexpr std::string_view rule = "must be a language tag, such as nb-NO";
    static bool holds(std::string_view raw);
};
using Locale = CheckedText<LocaleTag>;

// A calendar day: "2026-11-23".
struct DateTag {
    static constexpr std::string_view format = "date";
    static constexpr std::string_view pattern = "";
    static constexpr std::size_t length_max = 10;
    static constexpr std::string_view rule = "must be a calendar date, such as 2026-11-23";
    static bool holds(std::string_view raw);
};
using Date = CheckedText<DateTag>;

// What a key may do: "bills:read".
struct ScopeTag {
    static constexpr std::string_view format = "scope";
    static constexpr std::string_view pattern = "^[a-z]+:[a-z]+$";
    static constexpr std::size_t length_max = 40;
    static constexpr std::string_view rule = "must be a scope, such as bills:read";
    static bool holds(std::string_view raw);
};
using ScopeName = CheckedText<ScopeTag>;

// A SHA-256 in 64 lower-case hex digits.
struct Sha256Tag {
    static constexpr std::string_view format = "sha256";
    static constexpr std::string_view pattern = "^[0-9a-f]{64}$";
    static constexpr std::size_t length_max = 64;
    static constexpr std::string_view rule = "must be 64 lower-case hex digits";
    static bool holds(std::string_view raw);
};
using Sha256Hex = CheckedText<Sha256Tag>;

}  // namespace domain
