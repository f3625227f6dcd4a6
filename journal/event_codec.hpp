// The registry of event types: name, version, schema and how to read each, made from the deciders'
// lists. One table serves the entry codec, the event schemas and the documentation.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "codec/type.hpp"
#include "domain/aggregates.hpp"

namespace codec {
class Reader;
}

namespace journal {

struct EventType {
    std::string_view name;
    domain::Kind kind;
    std::uint32_t version;
    bool has_personal_data;
    const codec::Type& (*type)();
    domain::AnyEvent (*read)(const simdjson::dom::element& data, codec::Reader& reader);
};

std::span<const EventType> event_types();

// Is there text about a person in values of this type?
bool has_personal(const codec::Type& type);

// Null when there is no such type. Constant time.
const EventType* find_event_type(std::string_view name);

// The event's own data: its type and address, for writers.
struct EventData {
    const codec::Type* type;
    const void* address;
};
EventData data_of(const domain::AnyEvent& event);

}  // namespace journal
