// A place in a tenant's events, as clients write it: the id of an event, "0-1201.2", or a
// Daybook-Position, "0-1201". It stands behind what it names.
#pragma once

#include "domain/text_types.hpp"

namespace domain {

struct EventPlaceTag {
    static constexpr std::string_view format = "event-place";
    static constexpr std::string_view pattern = "^[0-9]{1,9}-[0-9]{1,18}([.][0-9]{1,9})?$";
    static constexpr std::size_t length_max = 40;
    static constexpr std::string_view rule =
        "must be the id of an event, such as 0-1201.2, or a Daybook-Position, such as 0-1201";
    static bool holds(std::string_view raw);
};
using EventPlace = CheckedText<EventPlaceTag>;

}  // namespace domain
