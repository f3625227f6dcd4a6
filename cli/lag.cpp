#include "cli/lag.hpp"

#include <algorithm>

namespace cli {

using std::chrono::steady_clock;

Lag::Lag(const journal::Journal& journal, const Projectors& projectors)
    : journal_(journal),
      projectors_(projectors),
      complete_until_(journal.shards(), steady_clock::now()) {}

std::optional<std::chrono::milliseconds> Lag::of(journal::ShardNumber shard) const {
    const auto known = journal_.known_end(shard);
    if (!known) return std::nullopt;
    const bool has_all = projectors_[shard]->offset() >= known->offset;
    const std::lock_guard lock(mutex_);
    auto& until = complete_until_[shard];
    if (has_all) until = std::max(until, known->as_of);
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - until);
}

}  // namespace cli
