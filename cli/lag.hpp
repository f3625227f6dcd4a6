// How old what the views show is: for how long there may have been something in the journal that
// they do not have.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "journal/journal.hpp"
#include "projections/projector.hpp"

namespace cli {

class Lag {
public:
    using Projectors = std::vector<std::unique_ptr<projections::Projector>>;

    // REQUIRES: both outlive this.
    Lag(const journal::Journal& journal, const Projectors& projectors);

    // Of a shard. Nothing on a journal that no other node writes to.
    std::optional<std::chrono::milliseconds> of(journal::ShardNumber shard) const;

private:
    const journal::Journal& journal_;
    const Projectors& projectors_;
    mutable std::mutex mutex_;
    mutable std::vector<std::chrono::steady_clock::time_point> complete_until_;
};

}  // namespace cli
