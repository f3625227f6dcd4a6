#include "domain/period.hpp"

#include <algorithm>
#include <cassert>

namespace domain {
namespace {

using std::chrono::days;

// The day of that number in the month, or the month's last day.
std::chrono::local_days clamp_to_month(std::chrono::year_month month, std::chrono::day day) {
    const auto last = (month / std::chrono::last).day();
    return std::chrono::local_days{month / std::min(day, last)};
}

LocalTime step(LocalTime anchor, RecurringInterval interval, std::int64_t count) {
    using enum RecurringInterval;
    const auto date = std::chrono::floor<days>(anchor);
    const auto time_of_day = anchor - date;
    const std::chrono::year_month_day from{date};
    const auto months_on = [&](std::int64_t months) -> LocalTime {
        const auto to = from.year() / from.month() + std::chrono::months{months};
        return clamp_to_month(to, from.day()) + time_of_day;
    };
    switch (interval) {
        case day: return anchor + days{count};
        case week: return anchor + days{7 * count};
        case month: return months_on(count);
        case year: return months_on(12 * count);
    }
    return anchor;
}

Timestamp period_start(const Zones& zones, const Recurrence& recurrence, std::int64_t n) {
    // The anchor's own instant is kept, also where its local time exists twice.
    if (n == 0) return recurrence.anchor;
    const LocalTime anchor = zones.to_local(recurrence.zone, recurrence.anchor);
    return zones.to_instant(recurrence.zone,
                            step(anchor, recurrence.interval, n * recurrence.times));
}

// The average length, for a first guess.
std::chrono::milliseconds average(RecurringInterval interval) {
    using enum RecurringInterval;
    switch (interval) {
        case day: return days{1};
        case week: return days{7};
        case month: return std::chrono::months{1};
        case year: return std::chrono::years{1};
    }
    return days{1};
}

std::int64_t seconds(Period period) {
    return std::chrono::floor<std::chrono::seconds>(period.end - period.start).count();
}

}  // namespace

Period period(const Zones& zones, const Recurrence& recurrence, std::int64_t n) {
    assert(recurrence.times > 0);
    return {period_start(zones, recurrence, n), period_start(zones, recurrence, n + 1)};
}

std::int64_t period_index(const Zones& zones, const Recurrence& recurrence, Timestamp instant) {
    const auto length = average(recurrence.interval) * recurrence.times;
    std::int64_t n = (instant - recurrence.anchor) / length;
    while (period_start(zones, recurrence, n) > instant) --n;
    while (period_start(zones, recurrence, n + 1) <= instant) ++n;
    return n;
}

Minor prorate(Minor amount, Period used, Period whole) {
    assert(whole.start <= used.start && used.start <= used.end && used.end <= whole.end);
    assert(seconds(whole) > 0);
    // The share is not larger than the whole, so it fits.
    return *narrow(divide_half_away(Wide{amount} * seconds(used), seconds(whole)));
}

}  // namespace domain
