// Views that are built from the journal alone, beside the live ones and never ahead of them.
//
// Threads: `advance` and `meet` from one at a time, which does all the work; `progress` from any.
// Lifetime: what it is made of outlives it. Rows and position are stored together, so a build that
// was cut goes on where its rows are.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "infra/rocksdb/rows.hpp"
#include "projections/key_directory.hpp"
#include "projections/projector.hpp"

namespace cli {

struct BuildProgress {
    std::uint64_t events = 0;   // Since it was begun or gone on with.
    std::uint64_t records = 0;  // Of the journal, that are in it,
    std::uint64_t of = 0;       // and in the live views.
    std::chrono::milliseconds time{0};

    std::uint64_t events_per_second() const;
    int percent() const;
    std::chrono::seconds left() const;
};

using Projectors = std::vector<std::unique_ptr<projections::Projector>>;

class ViewBuild {
public:
    struct Parts {
        std::shared_ptr<infra::RocksRows> rows;
        journal::Journal& journal;
        const journal::EntryCodec& codec;
        projections::Contents contents;
        const Projectors& live;
    };
    explicit ViewBuild(Parts parts);

    // Posts what comes next. False when it is as good as caught up. Throws Exit.
    bool advance();
    // Brings it to just where the live views are, and calls `use` while both stand still. Throws
    // Exit.
    void meet(const std::function<void()>& use);

    BuildProgress progress() const;
    const std::shared_ptr<infra::RocksRows>& rows() const { return parts_.rows; }
    const Projectors& projectors() const { return projectors_; }

private:
    projections::Step step(std::size_t shard);
    void rest(std::chrono::nanoseconds worked);
    std::uint64_t posted() const;
    std::uint64_t posted_live() const;
    std::vector<std::unique_lock<std::mutex>> hold_live();

    Parts parts_;
    projections::KeyDirectory keys_;
    Projectors projectors_;
    std::uint64_t records_at_start_ = 0;
    std::uint64_t live_at_start_ = 0;
    std::uint64_t live_seen_ = 0;
    bool is_busy_ = false;  // Somebody writes.
    int refusals_ = 0;      // One after another.
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace cli
