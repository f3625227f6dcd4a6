#include "projections/index_walk.hpp"

#include <utility>

namespace projections {

IndexWalk::IndexWalk(const journal::RowSnapshot& snapshot, std::vector<std::string> prefixes) {
    for (std::string& prefix : prefixes) {
        auto walk = snapshot.walk(prefix);
        ranges_.push_back({std::move(prefix), std::move(walk)});
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

void IndexWalk::next() {
    last_ = place();
    for (Range& range : ranges_) {
        if (range.walk->valid() && place_of(range) == last_) range.walk->next();
    }
    find_least();
}

void IndexWalk::find_least() {
    least_ = nullptr;
    for (const Range& range : ranges_) {
        if (!range.walk->valid()) continue;
        if (least_ == nullptr || place_of(range) < place_of(*least_)) least_ = &range;
    }
}

std::optional<std::vector<std::string>> words_from(const journal::RowSnapshot& snapshot,
                                                   const std::string& words_prefix,
                                                   std::string_view start) {
    std::vector<std::string> words;
    const auto walk = snapshot.walk(words_prefix + std::string(start));
    std::string key = words_prefix + std::string(start);
    for (walk->seek(key); walk->valid(); walk->seek(key)) {
        if (words.size() == ranges_max) return std::nullopt;
        const auto rest = walk->key().substr(words_prefix.size());
        words.emplace_back(rest.substr(0, rest.find('\0')));
        // Behind all resources with this word.
        key = words_prefix + words.back() + '\x01';
    }
    return words;
}

}  // namespace projections
