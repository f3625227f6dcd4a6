#include "domain/text_types.hpp"

#include <algorithm>
#include <ranges>

#include "domain/time.hpp"

namespace domain {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// True when `text` is at least one part, split at each `separator`, and all parts pass.
template <class Passes>
bool all_parts(std::string_view text, char separator, Passes passes) {
    return std::ranges::all_of(text | std::views::split(separator), [&](const auto& part) {
        return passes(std::string_view(part.begin(), part.end()));
    });
}

bool is_atom(std::string_view part) {
    constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
    return !part.empty() && std::ranges::all_of(part, [&](char c) {
        return is_letter_or_digit(c) || is_beyond_ascii(c) || others.contains(c);
    });
}

bool is_domain_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-')) {
        return false;
    }
    return std::ranges::all_of(
        label, [](char c) { return is_letter_or_digit(c) || is_beyond_ascii(c) || c == '-'; });
}

// U+0080 to U+009F, U+FFFE and U+FFFF: beyond ASCII, but nothing that can be read.
bool has_unreadable(std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const auto next = static_cast<unsigned char>(text[i + 1]);
        if (text[i] == '\xC2' && next < 0xA0) return true;
    }
    return text.contains("\xEF\xBF\xBE") || text.contains("\xEF\xBF\xBF");
}

// ISO 3166-1, officially assigned, each followed by a space.
constexpr std::string_view countries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW ";
static_assert(countries.size() == 249UL * 3);

}  // namespace

bool EmailTag::holds(std::string_view raw) {
    const auto at = raw.find('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || has_unreadable(raw)) return false;
    const std::string_view host = raw.substr(at + 1);
    return host.contains('.') && all_parts(raw.substr(0, at), '.', is_atom) &&
           all_parts(host, '.', is_domain_label);
}

std::string folded_email(std::string_view email) {
    std::string folded(email);
    for (char& c : folded) {
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

bool PhoneTag::holds(std::string_view raw) {
    if (raw.starts_with('+')) raw.remove_prefix(1);
    if (raw.empty() || !is_digit(raw.front())) return false;
    const auto digits = std::ranges::count_if(raw, is_digit);
    return digits >= 4 && digits <= 20 && std::ranges::all_of(raw, [](char c) {
               return is_digit(c) || std::string_view(" ().-").contains(c);
           });
}

bool CountryTag::holds(std::string_view raw) {
    return raw.size() == 2 && std::ranges::all_of(raw, is_upper) &&
           countries.contains(std::string(raw) + ' ');
}

bool TimeZoneTag::holds(std::string_view raw) {
    if (std::ranges::count(raw, '/') > 2) return false;
    return all_parts(raw, '/',
                     [](std::string_view part) {
                         return !part.empty() && std::ranges::all_of(part, [](char c) {
                             return is_letter_or_digit(c) || c == '_' || c == '+' || c == '-';
                         });
                     }) &&
           !raw.empty();
}

bool SlugTag::holds(std::string_view raw) {
    const auto is_end = [](char c) { return is_lower(c) || is_digit(c); };
    if (raw.empty() || !is_end(raw.front()) || !is_end(raw.back())) return false;
    return std::ranges::all_of(
        raw, [&](char c) { return is_end(c) || c == '.' || c == '_' || c == '-'; });
}

bool UrlTag::holds(std::string_view raw) {
    if (raw.starts_with("https://")) {
        raw.remove_prefix(8);
    } else if (raw.starts_with("http://")) {
        raw.remove_prefix(7);
    } else {
        return false;
    }
    const auto authority = raw.substr(0, raw.find_first_of("/?#"));
    const auto rest = raw.substr(authority.size());
    const auto colon = authority.find(':');
    const auto host = authority.substr(0, colon);
    const auto port = colon == std::string_view::npos ? "1" : authority.substr(colon + 1);
    constexpr std::string_view others = "._~:/?#@!$&'()*+,;=%-";
    return !host.empty() && !port.empty() && port.size() <= 5 &&
           std::ranges::all_of(
               host, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; }) &&
           std::ranges::all_of(port, is_digit) && std::ranges::all_of(rest, [&](char c) {
               return is_letter_or_digit(c) || others.contains(c);
           });
}

bool LocaleTag::holds(std::string_view raw) {
    const auto language = raw.substr(0, raw.find('-'));
    if (language.size() < 2 || !std::ranges::all_of(language, is_letter)) return false;
    return all_parts(raw, '-', [](std::string_view part) {
        return !part.empty() && part.size() <= 8 && std::ranges::all_of(part, is_letter_or_digit);
    });
}

bool DateTag::holds(std::string_view raw) { return parse_date(raw).has_value(); }

bool ScopeTag::holds(std::string_view raw) {
    return std::ranges::count(raw, ':') == 1 && all_parts(raw, ':', [](std::string_view part) {
               return !part.empty() && std::ranges::all_of(part, is_lower);
           });
}

bool Sha256Tag::holds(std::string_view raw) {
    return raw.size() == 64 &&
           std::ranges::all_of(raw, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

}  // namespace domain
