// A walk over several index ranges at once, in the order of lists, each resource once.
//
// Every range is a prefix of index keys (see row_keys.hpp) behind which places follow; within one
// the places are sorted, so the walk merges them. As of a moment it walks the index rows that
// ended, too: then a resource may be met that was not in the ranges at that moment, which
// `was_there` tells. It belongs to one thread and ends before its snapshot does.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/entry.hpp"
#include "journal/rows.hpp"

namespace projections {

// More ranges than this are not merged: another index is walked instead.
inline constexpr std::size_t ranges_max = 64;

class IndexWalk {
public:
    // REQUIRES of a walk as of a moment: the kind keeps its versions.
    IndexWalk(const journal::RowSnapshot& snapshot, std::vector<std::string> prefixes,
              std::optional<journal::Seq> as_of = {});

    // To the first resource at or behind this place.
    void seek(std::string_view place);
    bool valid() const { return is_valid_; }
    void next() { find_least(); }  // REQUIRES: valid().
    // Until the walk moves. REQUIRES: valid().
    std::string_view place() const { return place_; }
    bool was_there() const { return was_there_; }

private:
    struct Range {
        std::string prefix;
        std::size_t suffix_size = 0;  // Of what is behind a place: of rows that ended, when.
        std::unique_ptr<journal::RowWalk> walk;

        std::string_view place() const {
            const auto rest = walk->key().substr(prefix.size());
            return rest.substr(0, rest.size() - suffix_size);
        }
    };
    bool holds(const Range& range) const;
    void find_least();

    std::optional<journal::Seq> as_of_;
    std::vector<Range> ranges_;  // Each is behind `place_`.
    std::string place_;
    bool is_valid_ = false;
    bool was_there_ = false;
};

// The words of an index that begin with `start`, as of the moment those that ended, too; empty when
// there are more than `ranges_max`.
std::optional<std::vector<std::string>> words_from(const journal::RowSnapshot& snapshot,
                                                   const std::string& words_prefix,
                                                   std::string_view start,
                                                   std::optional<journal::Seq> as_of);

}  // namespace projections
