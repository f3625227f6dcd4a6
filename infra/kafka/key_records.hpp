// What the topic of keys holds: the keys of its messages, as a grammar.
//
//     "k" tenant 0x00 user 0x00 id → a person's wrapped data key
//     "d" tenant 0x00 user         → "1": the person's keys are destroyed, for ever
//     "c" tenant 0x00 user 0x00 id → a credential of the person, sealed with the person's key
//     "n" name 0x00 id             → a note about the whole journal, such as its number of shards
//
// The first record of a person or a name counts, in the order of the topic, and every later one is
// void: so nobody can replace a key that was used, whenever what he sent lands. Ids are random, so
// that compaction, which keeps the last record of a message key, cannot drop the first. A key that
// is void or destroyed is erased by a tombstone; so is a credential, whose id is used once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "journal/key_store.hpp"

namespace infra {

struct KeyRecord {
    enum class Kind : std::uint8_t { key, destroyed, credential, note };
    Kind kind = Kind::key;
    std::string who;  // Tenant 0x00 user, or the name of a note.
    std::string id;   // Not of `destroyed`.
};

inline std::string who_of(const journal::Person& person) {
    return person.tenant.text + '\0' + person.user.text;
}

inline journal::Person person_of(std::string_view who) {
    const auto zero = who.find('\0');
    return {domain::TenantId{std::string(who.substr(0, zero))},
            domain::UserId{std::string(who.substr(zero + 1))}};
}

inline std::string to_text(const KeyRecord& record) {
    switch (record.kind) {
        case KeyRecord::Kind::key: return "k" + record.who + '\0' + record.id;
        case KeyRecord::Kind::destroyed: return "d" + record.who;
        case KeyRecord::Kind::credential: return "c" + record.who + '\0' + record.id;
        case KeyRecord::Kind::note: return "n" + record.who + '\0' + record.id;
    }
    return {};
}

// Nothing if it is not one of ours, or of a newer version.
inline std::optional<KeyRecord> parse_key_record(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const std::string_view rest = text.substr(1);
    if (text.front() == 'd') {
        return KeyRecord{KeyRecord::Kind::destroyed, std::string(rest), {}};
    }
    const auto end = rest.rfind('\0');
    if (end == std::string_view::npos) return std::nullopt;
    KeyRecord record{KeyRecord::Kind::key, std::string(rest.substr(0, end)),
                     std::string(rest.substr(end + 1))};
    switch (text.front()) {
        case 'k': return record;
        case 'c': record.kind = KeyRecord::Kind::credential; return record;
        case 'n': record.kind = KeyRecord::Kind::note; return record;
        default: return std::nullopt;
    }
}

}  // namespace infra
