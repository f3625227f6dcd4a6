// The calendar of a printed title: on which days its issues come out, and until when what is known
// of a delivery is still in the dispatch file of an issue.
//
// An issue is known by its cover date. Its dispatch file is made on the last dispatch day before
// the cover date (a week before it if that is the same weekday); the cut-off is the beginning of
// that day by the vendor's clocks, less the lead time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/description.hpp"
#include "domain/text_types.hpp"
#include "domain/zones.hpp"

namespace domain {

enum class Weekday : std::uint8_t {
    monday,
    tuesday,
    wednesday,
    thursday,
    friday,
    saturday,
    sunday
};
constexpr auto describe(const Weekday*) {
    return wire_names("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY");
}

// What a customer gets for the issues of a delivery stop.
enum class StopAction : std::uint8_t { extend, credit };
constexpr auto describe(const StopAction*) { return wire_names("extend", "credit"); }

struct IssueCalendar {
    Weekday issue_weekday = Weekday::monday;
    Weekday dispatch_weekday = Weekday::monday;
    std::int64_t lead_days = 0;
    bool operator==(const IssueCalendar&) const = default;
};

using Day = std::chrono::local_days;

Day day_of(const Date& date);
Date to_date(Day day);
// The day by the clocks of the zone. REQUIRES: zones.knows(zone).
Day day_of(Timestamp instant, std::string_view zone, const Zones& zones);
// Its first instant. REQUIRES: zones.knows(zone).
Timestamp start_of(Day day, std::string_view zone, const Zones& zones);

// The first cover date on that day or after it.
Day next_cover_date(const IssueCalendar& calendar, Day from);
// How many cover dates there are from `first` until `end` (exclusive).
std::int64_t issues_between(const IssueCalendar& calendar, Day first, Day end);
// From then on nothing changes any more for the issue. REQUIRES: zones.knows(zone).
Timestamp cut_off(const IssueCalendar& calendar, Day cover_date, std::string_view zone,
                  const Zones& zones);

// What an issue is called if nobody says it: its ISO year and week, "2026-48".
std::string usual_issue_code(Day cover_date);

}  // namespace domain
