#include "domain/time.hpp"

#include <array>
#include <cassert>

namespace domain {
namespace {

void put_digits(char*& at, unsigned value, int width) {
    for (int i = width - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    at += width;
}

// A cursor over the text; any mismatch makes it fail for good.
struct Scanner {
    std::string_view rest;
    bool ok = true;

    unsigned digits(std::size_t width) {
        unsigned value = 0;
        if (rest.size() < width) ok = false;
        for (std::size_t i = 0; ok && i < width; ++i) {
            const char c = rest[i];
            ok = c >= '0' && c <= '9';
            value = value * 10 + static_cast<unsigned>(c - '0');
        }
        if (ok) rest.remove_prefix(width);
        return value;
    }
    char one_of(std::string_view allowed) {
        if (!ok || rest.empty() || !allowed.contains(rest.front())) {
            ok = false;
            return '\0';
        }
        const char c = rest.front();
        rest.remove_prefix(1);
        return c;
    }
};

std::optional<std::chrono::sys_days> scan_date(Scanner& in) {
    const auto year = in.digits(4);
    in.one_of("-");
    const auto month = in.digits(2);
    in.one_of("-");
    const auto day = in.digits(2);
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(month), std::chrono::day(day)};
    if (!in.ok || !date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

unsigned scan_milliseconds(Scanner& in) {
    if (in.rest.empty() || in.rest.front() != '.') return 0;
    in.rest.remove_prefix(1);
    unsigned value = 0;
    int seen = 0;
    while (!in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9') {
        if (seen < 3) value = value * 10 + static_cast<unsigned>(in.rest.front() - '0');
        ++seen;
        in.rest.remove_prefix(1);
    }
    if (seen == 0 || seen > 9) in.ok = false;
    for (int i = seen; i < 3; ++i) value *= 10;
    return value;
}

std::chrono::minutes scan_offset(Scanner& in) {
    const char sign = in.one_of("Zz+-");
    if (!in.ok || sign == 'Z' || sign == 'z') return std::chrono::minutes{0};
    const auto hours = in.digits(2);
    in.one_of(":");
    const auto minutes = in.digits(2);
    if (hours > 23 || minutes > 59) in.ok = false;
    const std::chrono::minutes offset{hours * 60 + minutes};
    return sign == '-' ? -offset : offset;
}

}  // namespace

void append_rfc3339(std::string& out, Timestamp time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const auto in_day = static_cast<unsigned>((time - day).count());
    assert(static_cast<int>(date.year()) >= 0 && static_cast<int>(date.year()) <= 9999);

    std::array<char, 24> text{};
    char* at = text.data();
    put_digits(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *at++ = '-';
    put_digits(at, static_cast<unsigned>(date.month()), 2);
    *at++ = '-';
    put_digits(at, static_cast<unsigned>(date.day()), 2);
    *at++ = 'T';
    put_digits(at, in_day / 3'600'000, 2);
    *at++ = ':';
    put_digits(at, in_day / 60'000 % 60, 2);
    *at++ = ':';
    put_digits(at, in_day / 1000 % 60, 2);
    *at++ = '.';
    put_digits(at, in_day % 1000, 3);
    *at = 'Z';
    out.append(text.data(), text.size());
}

std::string to_rfc3339(Timestamp time) {
    std::string text;
    append_rfc3339(text, time);
    return text;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
    Scanner in{text};
    const auto date = scan_date(in);
    in.one_of("Tt ");
    const auto hours = in.digits(2);
    in.one_of(":");
    const auto minutes = in.digits(2);
    in.one_of(":");
    const auto seconds = in.digits(2);
    const auto milliseconds = scan_milliseconds(in);
    const auto offset = scan_offset(in);
    if (!in.ok || !date || !in.rest.empty()) return std::nullopt;
    if (hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
    const Timestamp time = Timestamp(*date) + std::chrono::hours(hours) +
                           std::chrono::minutes(minutes) + std::chrono::seconds(seconds) +
                           std::chrono::milliseconds(milliseconds) - offset;
    const std::chrono::year_month_day utc{std::chrono::floor<std::chrono::days>(time)};
    if (utc.year() < std::chrono::year(0) || utc.year() > std::chrono::year(9999))
        return std::nullopt;
    return time;
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
    Scanner in{text};
    const auto date = scan_date(in);
    return in.rest.empty() ? date : std::nullopt;
}

}  // namespace domain
