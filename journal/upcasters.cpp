#include "journal/upcasters.hpp"

#include <simdjson.h>

#include <algorithm>

#include "codec/reflect.hpp"

namespace journal {
namespace {

// By type and version. No event has had a second version yet.
constexpr std::span<const Upcaster> all;

const Upcaster* find(std::span<const Upcaster> table, std::string_view type,
                     std::uint64_t version) {
    const auto found = std::ranges::find_if(
        table, [&](const Upcaster& one) { return one.type == type && one.from == version; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Upcaster> upcasters() { return all; }

domain::Result<domain::AnyEvent, EntryError> read_event(const EventType& type,
                                                        std::uint64_t version,
                                                        const simdjson::dom::element& data,
                                                        codec::Reader& reader,
                                                        std::span<const Upcaster> table) {
    if (version > type.version) return domain::Failure(EntryError::newer_event_version);
    simdjson::dom::parser parser;  // What is read lies in it.
    simdjson::dom::element newest = data;
    for (; version < type.version; ++version) {
        const Upcaster* const upcaster = find(table, type.name, version);
        if (upcaster == nullptr) return domain::Failure(EntryError::damaged);
        const std::string text = upcaster->upcast(newest);
        if (parser.parse(text).get(newest) != simdjson::SUCCESS) {
            return domain::Failure(EntryError::damaged);
        }
    }
    domain::AnyEvent event = type.read(newest, reader);
    if (!reader.ok()) return domain::Failure(EntryError::damaged);
    return event;
}

}  // namespace journal
