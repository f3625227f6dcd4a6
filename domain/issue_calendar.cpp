#include "domain/issue_calendar.hpp"

#include <cassert>

namespace domain {
namespace {

using std::chrono::days;

// From Monday, 0 to 6.
std::int64_t place_of(Day day) { return std::chrono::weekday(day).iso_encoding() - 1; }

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

Day day_of(const Date& date) {
    const auto day = parse_date(date.view());
    assert(day && "a date was checked when it was read");
    return Day(day->time_since_epoch());
}

Date to_date(Day day) {
    return Date{to_rfc3339(Timestamp(std::chrono::sys_days(day.time_since_epoch()))).substr(0, 10)};
}

Day day_of(Timestamp instant, std::string_view zone, const Zones& zones) {
    return std::chrono::floor<days>(zones.to_local(zone, instant));
}

Timestamp start_of(Day day, std::string_view zone, const Zones& zones) {
    return zones.to_instant(zone, LocalTime(day));
}

Day next_cover_date(const IssueCalendar& calendar, Day from) {
    const std::int64_t wait = static_cast<std::int64_t>(calendar.issue_weekday) - place_of(from);
    return from + days{(wait + 7) % 7};
}

std::int64_t issues_between(const IssueCalendar& calendar, Day first, Day end) {
    const Day next = next_cover_date(calendar, first);
    return next < end ? (end - next - days{1}).count() / 7 + 1 : 0;
}

Timestamp cut_off(const IssueCalendar& calendar, Day cover_date, std::string_view zone,
                  const Zones& zones) {
    const std::int64_t back =
        (place_of(cover_date) - static_cast<std::int64_t>(calendar.dispatch_weekday) + 6) % 7 + 1;
    return start_of(cover_date - days{back} - days{calendar.lead_days}, zone, zones);
}

std::string usual_issue_code(Day cover_date) {
    // A week belongs to the year of its Thursday.
    const Day thursday = cover_date + days{3 - place_of(cover_date)};
    const std::chrono::year_month_day date{thursday};
    const Day first{date.year() / std::chrono::January / 1};
    return std::to_string(static_cast<int>(date.year())) + '-' +
           two_digits((thursday - first).count() / 7 + 1);
}

}  // namespace domain
