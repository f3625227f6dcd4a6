// The data keys that were used last, in memory, wiped when they leave it.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <sodium.h>

#include <array>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "journal/key_store.hpp"

namespace infra {

class KeyCache {
public:
    explicit KeyCache(std::size_t keys_max) : part_keys_max_(keys_max / parts + 1) {}

    std::optional<journal::DataKey> find(const std::string& row) {
        Part& part = part_of(row);
        const std::lock_guard lock(part.mutex);
        const auto found = part.by_row.find(row);
        if (found == part.by_row.end()) return std::nullopt;
        part.newest_first.splice(part.newest_first.begin(), part.newest_first, found->second);
        return found->second->key;
    }

    void put(const std::string& row, const journal::DataKey& key) {
        Part& part = part_of(row);
        const std::lock_guard lock(part.mutex);
        if (part.by_row.contains(row)) return;
        part.newest_first.emplace_front(row, key);
        part.by_row.emplace(part.newest_first.front().row, part.newest_first.begin());
        if (part.newest_first.size() <= part_keys_max_) return;
        part.by_row.erase(part.newest_first.back().row);
        part.newest_first.pop_back();
    }

    void erase(const std::string& row) {
        Part& part = part_of(row);
        const std::lock_guard lock(part.mutex);
        const auto found = part.by_row.find(row);
        if (found == part.by_row.end()) return;
        const auto entry = found->second;
        part.by_row.erase(found);
        part.newest_first.erase(entry);
    }

private:
    static constexpr std::size_t parts = 16;

    struct Entry {
        Entry(std::string of, const journal::DataKey& value) : row(std::move(of)), key(value) {}
        ~Entry() { sodium_memzero(key.data(), key.size()); }
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

        const std::string row;
        journal::DataKey key;
    };
    struct Part {
        std::mutex mutex;
        std::list<Entry> newest_first;
        std::unordered_map<std::string_view, std::list<Entry>::iterator> by_row;
    };

    Part& part_of(const std::string& row) { return parts_[std::hash<std::string>{}(row) % parts]; }

    std::size_t part_keys_max_;
    std::array<Part, parts> parts_;
};

}  // namespace infra
