#include "projections/index_walk.hpp"

#include <set>
#include <utility>

#include "projections/bytes.hpp"
#include "projections/row_keys.hpp"

namespace projections {

IndexWalk::IndexWalk(const journal::RowSnapshot& snapshot, std::vector<std::string> prefixes,
                     std::optional<journal::Seq> as_of)
    : as_of_(as_of) {
    for (std::string& prefix : prefixes) {
        if (as_of_) {
            std::string ended = ended_prefix(prefix);
            auto walk = snapshot.walk(ended);
            ranges_.push_back({std::move(ended), ended_suffix, std::move(walk)});
        }
        auto walk = snapshot.walk(prefix);
        ranges_.push_back({std::move(prefix), 0, std::move(walk)});
    }
}

void IndexWalk::seek(std::string_view place) {
    for (Range& range : ranges_) {
        std::string key = range.prefix;
        key += place;
        range.walk->seek(key);
    }
    find_least();
}

// Was it in the range at the moment?
bool IndexWalk::holds(const Range& range) const {
    if (!as_of_) return true;
    if (read_big_endian<journal::Seq>(range.walk->value()) > *as_of_) return false;
    const std::string_view key = range.walk->key();
    return range.suffix_size == 0 ||
           read_big_endian<journal::Seq>(key.substr(key.size() - sizeof(journal::Seq))) > *as_of_;
}

void IndexWalk::find_least() {
    const Range* least = nullptr;
    for (const Range& range : ranges_) {
        if (!range.walk->valid()) continue;
        if (least == nullptr || range.place() < least->place()) least = &range;
    }
    is_valid_ = least != nullptr;
    if (!is_valid_) return;
    place_ = least->place();
    was_there_ = false;
    for (Range& range : ranges_) {
        for (; range.walk->valid() && range.place() == place_; range.walk->next()) {
            was_there_ = was_there_ || holds(range);
        }
    }
}

std::optional<std::vector<std::string>> words_from(const journal::RowSnapshot& snapshot,
                                                   const std::string& words_prefix,
                                                   std::string_view start,
                                                   std::optional<journal::Seq> as_of) {
    std::set<std::string> words;
    std::vector<std::string> prefixes{words_prefix};
    if (as_of) prefixes.push_back(ended_prefix(words_prefix));
    for (const std::string& prefix : prefixes) {
        std::string key = prefix;
        key += start;
        const auto walk = snapshot.walk(key);
        for (walk->seek(key); walk->valid(); walk->seek(key)) {
            const auto rest = walk->key().substr(prefix.size());
            std::string word(rest.substr(0, rest.find('\0')));
            // Behind all resources with this word.
            key = prefix;
            key += word;
            key += '\x01';
            words.insert(std::move(word));
            if (words.size() > ranges_max) return std::nullopt;
        }
    }
    return std::vector<std::string>(words.begin(), words.end());
}

}  // namespace projections
