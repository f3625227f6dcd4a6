#include "domain/period.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/utc_zones.hpp"

namespace domain {
namespace {

const tests::support::UtcZones utc;

Timestamp at(std::string_view text) { return parse_rfc3339(text).value(); }

Recurrence every(std::int32_t times, RecurringInterval interval, std::string_view anchor) {
    return {at(anchor), "UTC", interval, times};
}

std::string start_of(const Recurrence& recurrence, std::int64_t n) {
    return to_rfc3339(period(utc, recurrence, n).start).substr(0, 10);
}

TEST(Period, The31stIsCutToTheMonthAndComesBack) {
    const auto monthly = every(1, RecurringInterval::month, "2026-01-31T10:00:00Z");
    EXPECT_EQ(start_of(monthly, 1), "2026-02-28");
    EXPECT_EQ(start_of(monthly, 2), "2026-03-31");
    EXPECT_EQ(start_of(monthly, 3), "2026-04-30");
    const auto leap = every(1, RecurringInterval::month, "2028-01-31T10:00:00Z");
    EXPECT_EQ(start_of(leap, 1), "2028-02-29");
}

TEST(Period, The30thIsCutInFebruaryOnly) {
    const auto monthly = every(1, RecurringInterval::month, "2026-01-30T10:00:00Z");
    EXPECT_EQ(start_of(monthly, 1), "2026-02-28");
    EXPECT_EQ(start_of(monthly, 2), "2026-03-30");
}

TEST(Period, TheLeapDayComesBackInLeapYears) {
    const auto yearly = every(1, RecurringInterval::year, "2024-02-29T10:00:00Z");
    EXPECT_EQ(start_of(yearly, 1), "2025-02-28");
    EXPECT_EQ(start_of(yearly, 4), "2028-02-29");
}

TEST(Period, HalfAYearFrom31AugustIs28February) {
    const auto half = every(6, RecurringInterval::month, "2026-08-31T10:00:00Z");
    EXPECT_EQ(start_of(half, 1), "2027-02-28");
    EXPECT_EQ(start_of(half, 2), "2027-08-31");
}

TEST(Period, DaysAndWeeksAreCountedInDays) {
    EXPECT_EQ(start_of(every(10, RecurringInterval::day, "2026-01-31T10:00:00Z"), 2), "2026-02-20");
    EXPECT_EQ(start_of(every(2, RecurringInterval::week, "2026-01-31T10:00:00Z"), 1), "2026-02-14");
}

TEST(Period, MayLieBeforeTheAnchor) {
    const auto monthly = every(1, RecurringInterval::month, "2026-03-31T10:00:00Z");
    EXPECT_EQ(start_of(monthly, -1), "2026-02-28");
    EXPECT_EQ(start_of(monthly, -13), "2025-02-28");
}

TEST(Period, EachEndsWhereTheNextBegins) {
    const auto monthly = every(1, RecurringInterval::month, "2026-01-31T10:00:00Z");
    EXPECT_EQ(period(utc, monthly, 0).end, period(utc, monthly, 1).start);
    EXPECT_FALSE(period(utc, monthly, 0).contains(period(utc, monthly, 0).end));
}

TEST(Period, TheIndexFindsThePeriodOfAnyInstant) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 2000; ++i) {
        const auto interval = static_cast<RecurringInterval>(random() % 4);
        const Recurrence recurrence{
            at("2026-01-31T10:00:00Z") + std::chrono::hours(random() % 9999), "UTC", interval,
            static_cast<std::int32_t>(random() % 12 + 1)};
        const Timestamp instant =
            at("1990-01-01T00:00:00Z") + std::chrono::minutes(random() % 40'000'000);
        const auto n = period_index(utc, recurrence, instant);
        EXPECT_TRUE(period(utc, recurrence, n).contains(instant)) << "seed 1, round " << i;
    }
}

TEST(Proration, IsRoundedHalfAwayFromZero) {
    const Timestamp start = at("2026-01-01T00:00:00Z");
    const Period whole{start, start + std::chrono::seconds(4)};
    const Period half{start + std::chrono::seconds(2), whole.end};
    EXPECT_EQ(prorate(101, half, whole), 51);
    EXPECT_EQ(prorate(-101, half, whole), -51);
    EXPECT_EQ(prorate(100, {start, start}, whole), 0);
    EXPECT_EQ(prorate(100, whole, whole), 100);
}

TEST(Proration, OfTheLargestAmountDoesNotOverflow) {
    const Timestamp start = at("1970-01-01T00:00:00Z");
    const Period whole{start, at("2970-01-01T00:00:00Z")};
    constexpr Minor most = std::numeric_limits<Minor>::max();
    EXPECT_EQ(prorate(most, whole, whole), most);
}

}  // namespace
}  // namespace domain
