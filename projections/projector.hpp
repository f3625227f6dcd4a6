// The projector: the one loop that posts a shard's entries to the views.
//
// Each step reads what is behind its position, folds it, and commits the changed rows together with
// the position in one batch, so each entry has its effect exactly once, without any sync: after a
// crash the journal is read again from the stored position. A record that cannot be taken in stops
// the views of this shard, and is never skipped; what is there can still be read.
//
// It can go on with other rows, which another projector has built meanwhile (`go_on_from`).
//
// Threads: all functions may be called from any thread. Steps come one after another.
// Lifetime: what it is made of outlives it.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>

#include "journal/entry.hpp"
#include "journal/journal.hpp"
#include "journal/rows.hpp"
#include "projections/freshness.hpp"
#include "projections/key_directory.hpp"
#include "projections/layout.hpp"

namespace projections {

// Why the views of a shard stand still.
enum class StopReason : std::uint8_t {
    none,
    newer_format,         // Written by a newer version: update this node.
    unknown_event_type,   // The same.
    newer_event_version,  // The same.
    damaged,              // A record of ours cannot be read: restore the journal.
    impossible_history,   // An event does not follow its aggregate's last one.
    journal_broken,       // The engine stopped for good: restart the process.
    rows_unreadable,      // The views' files fail: restart, and they are derived again.
    keys_unavailable      // Not for good: the key store cannot be asked now, and is asked again.
};
constexpr auto describe(const StopReason*) {
    return domain::wire_names("none", "newer_format", "unknown_event_type", "newer_event_version",
                              "damaged", "impossible_history", "journal_broken", "rows_unreadable",
                              "keys_unavailable");
}

// Of a record that cannot be read; none for a foreign one, which is void.
StopReason stop_reason_of(journal::EntryError error);

struct ProjectorStatus {
    bool is_running = true;  // If not, `reason` says why, and `offset` is the record's at fault.
    StopReason reason = StopReason::none;
    journal::Offset offset = 0;  // While running: of the last record taken in.
    journal::Seq seq = 0;        // Of the last valid entry applied.
    bool is_waiting_for_disk = false;
    std::uint64_t voids = 0;   // Void records so far, since the shard began.
    std::uint64_t events = 0;  // Applied since the start of the process.
    // Whose the shard is, by the log so far, and where its owner takes forwarded commands.
    std::string owner_node;
    std::string owner_address;
};

struct ProjectorLimits {
    std::size_t batch_bytes_max = 4 << 20;  // Of records read at once.
    std::size_t batch_entries_max = 4000;
    std::size_t cached_aggregates_max = 10'000;
};

enum class Step : std::uint8_t {
    advanced,  // Call again at once.
    idle,      // Caught up: call again when the journal wakes.
    refused,   // The disk or the journal refused: call again after a while.
    stopped    // For good; see status().
};

class Projector {
public:
    struct Parts {
        journal::ShardNumber shard = 0;
        journal::Journal& journal;
        const journal::EntryCodec& codec;
        journal::Rows& rows;  // Prepared: see layout.hpp.
        KeyDirectory& keys;
        Contents contents = Contents::everything;  // The same as for prepare_rows.
        ProjectorLimits limits = {};
    };

    // Throws std::runtime_error when the rows cannot be read.
    explicit Projector(const Parts& parts);
    ~Projector();
    Projector(const Projector&) = delete;
    Projector& operator=(const Projector&) = delete;

    // Takes in no record behind `up_to`, and is idle when there is none before.
    Step step(journal::Offset up_to = std::numeric_limits<journal::Offset>::max());

    // No step begins as long as the lock is held.
    [[nodiscard]] std::unique_lock<std::mutex> hold() { return std::unique_lock(step_mutex_); }
    // Goes on from the rows and the position of another one, which steps no more. REQUIRES: this
    // one is held; the other one is of the same shard and not behind this one.
    void go_on_from(const Projector& built);

    journal::ShardNumber shard() const { return shard_; }
    Freshness& freshness() { return *freshness_; }
    journal::Seq applied() const { return freshness_->applied(); }
    // Of the last record taken in.
    journal::Offset offset() const;
    ProjectorStatus status() const;

private:
    class Work;
    std::shared_ptr<Work> work() const;

    const journal::ShardNumber shard_;
    KeyDirectory& keys_;
    std::unique_ptr<Freshness> freshness_;
    std::mutex step_mutex_;
    mutable std::mutex work_mutex_;  // Of the pointer.
    std::shared_ptr<Work> work_;
};

}  // namespace projections
