// Billing periods: the n-th stretch of time of something that recurs, and shares of it.
//
// A period is half-open, [start, end), and always computed from the anchor, never from the period
// before: a 31st that was cut to 28 February is a 31st again in March.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/description.hpp"
#include "domain/money.hpp"
#include "domain/zones.hpp"

namespace domain {

enum class RecurringInterval : std::uint8_t { day, week, month, year };
constexpr auto describe(const RecurringInterval*) {
    return wire_names("DAY", "WEEK", "MONTH", "YEAR");
}

struct Period {
    Timestamp start;
    Timestamp end;
    bool contains(Timestamp instant) const { return start <= instant && instant < end; }
    bool operator==(const Period&) const = default;
};

// "Every `times` intervals from `anchor`, by the clocks of `zone`."
struct Recurrence {
    Timestamp anchor;
    std::string_view zone;
    RecurringInterval interval = RecurringInterval::month;
    std::int32_t times = 1;
};

// The n-th period, which starts at the anchor for 0; n may be negative.
// REQUIRES: zones.knows(recurrence.zone), times > 0, and all within the years 1 to 9999.
Period period(const Zones& zones, const Recurrence& recurrence, std::int64_t n);

// The n of the period that contains the instant.
std::int64_t period_index(const Zones& zones, const Recurrence& recurrence, Timestamp instant);

// The share of `amount` for `used` of `whole`: amount * used seconds / whole seconds, rounded half
// away from zero. REQUIRES: `used` lies within `whole`, and `whole` is a second at least.
Minor prorate(Minor amount, Period used, Period whole);

}  // namespace domain
