#include "infra/zones.hpp"

#include <gtest/gtest.h>

#include "domain/period.hpp"

namespace infra {
namespace {

using domain::parse_rfc3339;
using domain::to_rfc3339;

const SystemZones zones;

domain::LocalTime local(std::string_view text) {
    return domain::LocalTime(parse_rfc3339(std::string(text) + "Z").value().time_since_epoch());
}

std::string instant(std::string_view zone, std::string_view text) {
    return to_rfc3339(zones.to_instant(zone, local(text)));
}

std::string start_of(const domain::Recurrence& recurrence, std::int64_t n) {
    return to_rfc3339(period(zones, recurrence, n).start);
}

TEST(Zones, KnowTheNamesOfTheDatabaseAndNoFiles) {
    EXPECT_TRUE(zones.knows("Europe/Oslo"));
    EXPECT_TRUE(zones.knows("UTC"));
    EXPECT_TRUE(zones.knows("America/Argentina/Buenos_Aires"));
    for (const auto* name : {"", "Europe/Nowhere", "/etc/localtime", ":Europe/Oslo", "localtime",
                             "Fixed/UTC+01:00:00", "../zoneinfo/UTC", "europe"}) {
        EXPECT_FALSE(zones.knows(name)) << name;
    }
}

TEST(Zones, ALocalTimeThatDoesNotExistIsTheFirstInstantAfterTheGap) {
    // On 29 March 2026 clocks in Oslo go from 02:00 to 03:00.
    EXPECT_EQ(instant("Europe/Oslo", "2026-03-29T02:30:00.250"), "2026-03-29T01:00:00.000Z");
    EXPECT_EQ(instant("Europe/Oslo", "2026-03-29T03:00:00"), "2026-03-29T01:00:00.000Z");
}

TEST(Zones, ALocalTimeThatExistsTwiceIsTheEarlier) {
    // On 25 October 2026 clocks in Oslo go from 03:00 back to 02:00.
    EXPECT_EQ(instant("Europe/Oslo", "2026-10-25T02:30:00.250"), "2026-10-25T00:30:00.250Z");
}

TEST(Zones, TheLocalTimeOfAnInstantKeepsItsMilliseconds) {
    EXPECT_EQ(zones.to_local("Europe/Oslo", parse_rfc3339("2026-07-01T10:00:00.123Z").value()),
              local("2026-07-01T12:00:00.123"));
    EXPECT_EQ(zones.to_local("Europe/Oslo", parse_rfc3339("1960-01-01T10:00:00.123Z").value()),
              local("1960-01-01T11:00:00.123"));
}

TEST(Zones, PeriodsKeepTheLocalTimeThroughBothChangesOfTheClock) {
    const domain::Recurrence monthly{parse_rfc3339("2026-01-29T01:30:00Z").value(), "Europe/Oslo",
                                     domain::RecurringInterval::month, 1};
    EXPECT_EQ(start_of(monthly, 1), "2026-02-28T01:30:00.000Z");
    EXPECT_EQ(start_of(monthly, 2), "2026-03-29T01:00:00.000Z");
    EXPECT_EQ(start_of(monthly, 3), "2026-04-29T00:30:00.000Z");
    const domain::Recurrence daily{parse_rfc3339("2026-10-24T00:30:00Z").value(), "Europe/Oslo",
                                   domain::RecurringInterval::day, 1};
    EXPECT_EQ(start_of(daily, 1), "2026-10-25T00:30:00.000Z");
    EXPECT_EQ(start_of(daily, 2), "2026-10-26T01:30:00.000Z");
}

TEST(Zones, AnAnchorInTheSecondOfTwoEqualHoursStaysThere) {
    const domain::Recurrence daily{parse_rfc3339("2026-10-25T01:30:00Z").value(), "Europe/Oslo",
                                   domain::RecurringInterval::day, 1};
    EXPECT_EQ(start_of(daily, 0), "2026-10-25T01:30:00.000Z");
    EXPECT_EQ(start_of(daily, 1), "2026-10-26T01:30:00.000Z");
}

}  // namespace
}  // namespace infra
