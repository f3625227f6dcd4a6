// Row changes collected in one piece of memory and handed on nearly in key order: neighbours go
// into the store next to one another, which is several times cheaper for it than leaping about.
// Nearly is enough: keys are compared by sixteen of their bytes.
//
// Changes of one key keep their order. Not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "journal/rows.hpp"

namespace journal {

class SortedChanges final : public RowBatch {
public:
    void put(std::string_view key, std::string_view value) override { add(key, value, What::put); }
    void erase(std::string_view key) override { add(key, {}, What::erase); }
    void drop_history(std::string_view key) override { add(key, {}, What::drop_history); }
    void clear() override {
        bytes_.clear();
        changes_.clear();
    }

    void append_to(RowBatch& batch) {
        std::ranges::sort(changes_);
        for (const Change& change : changes_) {
            switch (change.what) {
                case What::put: batch.put(key_of(change), value_of(change)); break;
                case What::erase: batch.erase(key_of(change)); break;
                case What::drop_history: batch.drop_history(key_of(change)); break;
            }
        }
    }

private:
    using Rank = std::array<std::uint64_t, 2>;
    enum class What : std::uint8_t { put, erase, drop_history };
    struct Change {
        Rank rank;
        std::size_t begin;
        std::uint32_t key_size;
        std::uint32_t value_size;
        What what;
        auto operator<=>(const Change&) const = default;
    };
    void add(std::string_view key, std::string_view value, What what) {
        changes_.push_back({rank_of(key), bytes_.size(), static_cast<std::uint32_t>(key.size()),
                            static_cast<std::uint32_t>(value.size()), what});
        bytes_ += key;
        bytes_ += value;
    }
    // What tells families of rows apart, and what is behind the tenant: most rows of a batch are of
    // one.
    static Rank rank_of(std::string_view key) {
        constexpr std::size_t family = 3;
        std::array<char, sizeof(Rank)> told{};
        const auto copied = key.substr(0, family).copy(told.data(), family);
        const auto tenant_end = std::min(key.find('\0', copied - 1), key.size());
        key.substr(tenant_end).copy(told.data() + family, told.size() - family);
        Rank rank;
        std::memcpy(&rank, told.data(), sizeof rank);
        return {std::byteswap(rank[0]), std::byteswap(rank[1])};
    }
    std::string_view key_of(const Change& change) const {
        return std::string_view(bytes_).substr(change.begin, change.key_size);
    }
    std::string_view value_of(const Change& change) const {
        return std::string_view(bytes_).substr(change.begin + change.key_size, change.value_size);
    }

    std::string bytes_;
    std::vector<Change> changes_;
};

}  // namespace journal
