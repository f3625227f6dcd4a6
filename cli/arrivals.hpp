// Wakes whoever waits for records of a shard.
//
// Threads: all functions may be called from any thread. Lifetime: ends before the journal.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "journal/journal.hpp"

namespace cli {

class Arrivals {
public:
    Arrivals(journal::Journal& journal, journal::ShardNumber shard)
        : subscription_(journal.subscribe(shard, [this] {
              const std::scoped_lock lock(mutex_);
              ++count_;
              changed_.notify_all();
          })) {}

    std::uint64_t count() {
        const std::scoped_lock lock(mutex_);
        return count_;
    }
    // False when nothing came in time.
    bool wait_beyond(std::uint64_t seen, std::chrono::seconds patience) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return count_ > seen; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t count_ = 0;
    std::shared_ptr<void> subscription_;  // Ends before what it uses.
};

}  // namespace cli
