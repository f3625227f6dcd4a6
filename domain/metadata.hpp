// Metadata: how a merge patch changes the values that clients keep with a resource.
#pragma once

#include <cstddef>

#include "domain/change.hpp"
#include "domain/personal.hpp"

namespace domain {

constexpr std::size_t metadata_keys_max = 50;
constexpr std::size_t metadata_value_length_max = 500;

// A key with null is removed, any other is set as a whole; null for all of it removes all.
inline Metadata merged(Metadata metadata, const Change<Metadata>& change) {
    if (change.clears()) return {};
    if (!change.value) return metadata;
    for (const auto& [key, value] : *change.value) {
        if (value.text == "null") {
            metadata.erase(key);
        } else {
            metadata.insert_or_assign(key, value);
        }
    }
    return metadata;
}

}  // namespace domain
