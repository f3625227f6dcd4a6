// Time as data: milliseconds since the epoch, UTC. Nothing in domain/ reads a clock; `now` comes
// with the command.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// RFC 3339, UTC, always three decimals: "2026-11-23T10:00:00.123Z". 24 bytes, no allocation beyond
// the append. REQUIRES: a year from 0000 to 9999.
void append_rfc3339(std::string& out, Timestamp time);
std::string to_rfc3339(Timestamp time);

// Reads RFC 3339 with any offset and up to nine decimals (cut to milliseconds); leap seconds are
// refused. Empty when the text is not a valid date-time.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

// Reads an ISO 8601 calendar date, "2026-11-23". Empty when there is no such day.
std::optional<std::chrono::sys_days> parse_date(std::string_view text);

}  // namespace domain
