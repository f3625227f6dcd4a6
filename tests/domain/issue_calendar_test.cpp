#include "domain/issue_calendar.hpp"

#include <gtest/gtest.h>

#include "tests/support/utc_zones.hpp"

namespace domain {
namespace {

constexpr IssueCalendar fridays{Weekday::friday, Weekday::tuesday, 1};
const tests::support::UtcZones utc;

Day day(const char* text) { return day_of(Date{text}); }

TEST(IssueCalendar, ACoverDateIsOnTheIssueDay) {
    EXPECT_EQ(to_date(next_cover_date(fridays, day("2026-11-23"))), Date{"2026-11-27"});
    EXPECT_EQ(to_date(next_cover_date(fridays, day("2026-11-27"))), Date{"2026-11-27"});
    EXPECT_EQ(to_date(next_cover_date(fridays, day("2026-11-28"))), Date{"2026-12-04"});
    EXPECT_EQ(to_date(next_cover_date(fridays, day("2026-12-29"))), Date{"2027-01-01"});
}

TEST(IssueCalendar, TheCutOffIsTheLeadTimeBeforeTheDispatchDay) {
    const auto end = [](IssueCalendar calendar) {
        return to_rfc3339(cut_off(calendar, day("2026-11-27"), "UTC", utc));
    };
    EXPECT_EQ(end({Weekday::friday, Weekday::tuesday, 0}), "2026-11-24T00:00:00.000Z");
    EXPECT_EQ(end(fridays), "2026-11-23T00:00:00.000Z");
    EXPECT_EQ(end({Weekday::friday, Weekday::thursday, 0}), "2026-11-26T00:00:00.000Z");
    EXPECT_EQ(end({Weekday::friday, Weekday::saturday, 0}), "2026-11-21T00:00:00.000Z");
    // The file of an issue is not made on the day of the issue itself.
    EXPECT_EQ(end({Weekday::friday, Weekday::friday, 0}), "2026-11-20T00:00:00.000Z");
}

TEST(IssueCalendar, CountsTheIssuesOfAPeriodWithoutItsEnd) {
    const auto count = [](const char* from, const char* end) {
        return issues_between(fridays, day(from), day(end));
    };
    EXPECT_EQ(count("2026-11-27", "2026-11-28"), 1);
    EXPECT_EQ(count("2026-11-21", "2026-11-27"), 0);
    EXPECT_EQ(count("2026-11-01", "2026-12-01"), 4);
    EXPECT_EQ(count("2026-01-01", "2027-01-01"), 52);
}

TEST(IssueCalendar, ACodeIsTheYearAndWeekByIso) {
    const auto code = [](const char* text) { return usual_issue_code(day(text)); };
    EXPECT_EQ(code("2026-11-27"), "2026-48");
    EXPECT_EQ(code("2026-01-02"), "2026-01");
    EXPECT_EQ(code("2027-01-01"), "2026-53");
    EXPECT_EQ(code("2024-12-30"), "2025-01");
}

}  // namespace
}  // namespace domain
