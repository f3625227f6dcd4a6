// Upcasters: how the data of an event that an older version of the program wrote is brought to the
// form of today.
//
// Entries are never rewritten, so a reader meets every form that there ever was. Most changes need
// nothing: a new member is absent in old data. A change that needs more raises the event's version
// (`static constexpr std::uint32_t event_version`) and registers how the one before becomes it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "journal/entry.hpp"
#include "journal/event_codec.hpp"

namespace journal {

struct Upcaster {
    std::string_view type;
    std::uint32_t from;  // To the next version.
    // A pure function from data to data, both JSON objects. Sealed texts keep their names and
    // places, to which they are bound, and are not opened.
    std::string (*upcast)(const simdjson::dom::element& data);
};

// Those of the program. Each version of each type has one, but the newest and the first, which has
// nothing before it.
std::span<const Upcaster> upcasters();

// Reads data that was written in this version, step by step through all versions up to today's.
domain::Result<domain::AnyEvent, EntryError> read_event(const EventType& type,
                                                        std::uint64_t version,
                                                        const simdjson::dom::element& data,
                                                        codec::Reader& reader,
                                                        std::span<const Upcaster> table);

}  // namespace journal
