// A walk over several index ranges at once, in the order of lists, each resource once.
//
// Every range is a prefix of index keys (see row_keys.hpp) behind which places follow; within one
// the places are sorted, so the walk merges them. It belongs to one thread and ends before its
// snapshot does.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "journal/rows.hpp"

namespace projections {

// More ranges than this are not merged: another index is walked instead.
inline constexpr std::size_t ranges_max = 64;

class IndexWalk {
public:
    IndexWalk(const journal::RowSnapshot& snapshot, std::vector<std::string> prefixes);

    // To the first resource at or behind this place.
    void seek(std::string_view place);
    bool valid() const { return least_ != nullptr; }
    void next();  // REQUIRES: valid().
    // Until the walk moves. REQUIRES: valid().
    std::string_view place() const { return place_of(*least_); }

private:
    struct Range {
        std::string prefix;
        std::unique_ptr<journal::RowWalk> walk;
    };
    static std::string_view place_of(const Range& range) {
        return range.walk->key().substr(range.prefix.size());
    }
    void find_least();

    std::vector<Range> ranges_;
    const Range* least_ = nullptr;
    std::string last_;
};

// The words of an index that begin with `start`; empty when there are more than `ranges_max`.
std::optional<std::vector<std::string>> words_from(const journal::RowSnapshot& snapshot,
                                                   const std::string& words_prefix,
                                                   std::string_view start);

}  // namespace projections
