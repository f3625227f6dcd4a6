// The Zones port: the IANA time zones, as pure look-ups. The rules of a zone at a date come from
// the time zone database; a stored offset is never used.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <string_view>

#include "domain/time.hpp"

namespace domain {

// What a clock on the wall shows in some zone.
using LocalTime = std::chrono::local_time<std::chrono::milliseconds>;

class Zones {
public:
    virtual ~Zones() = default;

    virtual bool knows(std::string_view zone) const = 0;

    // REQUIRES for both: knows(zone).
    virtual LocalTime to_local(std::string_view zone, Timestamp instant) const = 0;
    // A local time that does not exist is the first valid instant after the gap; of one that exists
    // twice it is the earlier instant.
    virtual Timestamp to_instant(std::string_view zone, LocalTime local) const = 0;
};

}  // namespace domain
