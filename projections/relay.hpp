// The relay: a projection whose rows are messages. It publishes the events of a shard, each once,
// in the order of the journal.
//
// Each step publishes what is behind the position together with the next position, all or nothing,
// so who reads only what was committed gets each event exactly once, wherever this process ends.
// What an outlet did before an error is unknown; the position, which is taken anew, says it. Two
// relays of one shard do no harm: the later one takes the shard, and the other's steps fail.
//
// Threads: `step` is called by one thread at a time (see runner.hpp); the rest by any thread.
// Lifetime: what it is made of outlives it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/hint.hpp"
#include "journal/journal.hpp"
#include "journal/keyless_reader.hpp"
#include "journal/validity.hpp"
#include "projections/cloud_event.hpp"
#include "projections/projector.hpp"

namespace projections {

enum class OutletError : std::uint8_t {
    unavailable,      // Try again later. Whether the last events went out is unknown.
    taken_by_another  // Another relay has the shard now.
};

// Where the events of one shard go out, with the position behind them. Calls wait for the outside,
// for a bounded time. Threads: one at a time, but `stop`.
class Outlet {
public:
    virtual ~Outlet() = default;

    // Whether this node was the last one to publish the shard, or nobody ever did.
    virtual domain::Result<bool, OutletError> was_ours() = 0;

    // Takes the shard from whoever had it, settles what was left half done, and gives the position
    // that went out last; empty when there was none.
    virtual domain::Result<std::string, OutletError> take() = 0;

    // All of it goes out, or nothing. REQUIRES: taken, and no error since.
    virtual std::optional<OutletError> publish(std::span<const CloudEvent> events,
                                               const std::string& position) = 0;

    // Leaves the shard to others. Idempotent.
    virtual void release() = 0;

    // From any thread: what waits for the outside gives up soon, now and later.
    virtual void stop() = 0;
};

struct RelayLimits {
    std::size_t batch_bytes_max = 2 << 20;  // Of records published at once.
    // Records without events after which the position goes out alone.
    std::uint64_t silent_records_max = 10'000;
    // How long it leaves a shard to another relay that has taken it.
    std::chrono::milliseconds yield{5000};
};

struct RelayStatus {
    journal::Hint hint = journal::Hint::not_mine;
    bool is_publishing = false;  // The shard is taken.
    bool is_stopped = false;     // For good; `reason` says why.
    StopReason reason = StopReason::none;
    journal::Offset offset = 0;  // Of the last record that went out, as far as this node knows.
    journal::Seq seq = 0;        // Of the last valid entry that went out.
    std::uint64_t events = 0;    // Published since the start of the process.
    std::uint64_t losses = 0;    // How often another relay took the shard.
};

class Relay {
public:
    struct Parts {
        journal::ShardNumber shard = 0;
        journal::Journal& journal;
        Outlet& outlet;
        RelayLimits limits = {};
    };
    explicit Relay(const Parts& parts) : parts_(parts) {}
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    // At first a shard is not this node's. Who calls this wakes the runner.
    void take_hint(journal::Hint hint) { hint_ = hint; }

    Step step();

    journal::ShardNumber shard() const { return parts_.shard; }
    RelayStatus status() const;

private:
    Step rest();
    Step take();
    Step publish_more();
    StopReason take_in(const std::vector<journal::Record>& records);
    Step lose(OutletError error);
    Step stop(StopReason reason);
    void note();

    Parts parts_;
    journal::KeylessReader reader_;
    std::atomic<journal::Hint> hint_ = journal::Hint::not_mine;

    // Of the thread that steps. Nothing in `fold_` while the shard is not taken.
    std::optional<journal::LogFold> fold_;
    std::vector<CloudEvent> events_;  // Behind the position that went out last.
    std::uint64_t silent_records_ = 0;
    std::chrono::steady_clock::time_point take_at_;

    mutable std::mutex status_mutex_;
    RelayStatus status_;
};

}  // namespace projections
