// A bounded cache of aggregates and their rows, so that what changes often need not be decoded.
//
// Two generations instead of a list: what was used since the last turn is young, and only what was
// not used for a whole generation is dropped, by `turn`, which is called when nothing is changed.
// Not thread-safe. Pointers stay valid until `turn`.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "domain/aggregates.hpp"
#include "projections/digest.hpp"

namespace projections {

struct CachedAggregate {
    std::string key;  // Of its row.
    domain::AnyAggregate aggregate;
    std::uint64_t seq = 0;        // Of the entry that changed it last.
    std::uint64_t first_seq = 0;  // Of the one that made it, while there is no row.
    bool is_in_entry = false;     // The events of the entry that is looked at are being taken in.
    std::string value = {};       // Its row after the last entry, in kinds that keep versions.
    // Of the row as it is stored: nothing if there is none.
    std::string terms;
    Digest digest;
    bool is_stored = false;
    bool is_changed = false;         // Differs from the row.
    bool is_erased = false;          // What the row and the index told before leaves the disk.
    std::uint64_t events_ahead = 0;  // Of the entry that is being looked at.
};

class AggregateCache {
public:
    explicit AggregateCache(std::size_t aggregates_max) : young_max_(aggregates_max / 2) {}

    // Null when it is not here.
    CachedAggregate* find(std::string_view key) {
        if (const auto found = young_.find(key); found != young_.end()) return &found->second;
        const auto found = old_.find(key);
        if (found == old_.end()) return nullptr;
        return &young_.insert(old_.extract(found)).position->second;
    }

    CachedAggregate& add(CachedAggregate made) {
        std::string key = made.key;
        return young_.insert_or_assign(std::move(key), std::move(made)).first->second;
    }

    // Makes room. REQUIRES: no aggregate differs from its row.
    void turn() {
        if (young_.size() <= young_max_) return;
        old_ = std::move(young_);
        young_.clear();
    }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Generation = std::unordered_map<std::string, CachedAggregate, Hash, std::equal_to<>>;

    std::size_t young_max_;
    Generation young_;
    Generation old_;
};

}  // namespace projections
