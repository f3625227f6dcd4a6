// The due count: how much is due and not done yet, counted in small parts beside the work, so that
// a run over very much can be watched and is not held up.
//
// It counts what the store has; what is decided and not stored yet is told from what was done
// since. Not thread-safe: the shard's thread alone uses it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "commands/due_lanes.hpp"
#include "commands/state_store.hpp"

namespace commands {

class DueCount {
public:
    // Counts on, a part alone. `done` is how much was done in all, `now_ms` is for pauses: what was
    // counted is counted anew after some.
    void go_on(const StateStore& store, const DueLanes& lanes, domain::Timestamp now,
               std::uint64_t done, std::int64_t now_ms);
    // Nothing is due any more.
    void clear() { *this = {}; }

    // As far as it was counted.
    std::uint64_t left(std::uint64_t done) const;

private:
    struct Count {
        std::uint64_t found = 0;
        std::uint64_t done = 0;  // When it began.
    };

    void begin(const DueLanes& lanes, domain::Timestamp now, std::uint64_t done);

    Count last_;     // The last one that was finished.
    Count running_;  // Behind `from_` of the last of `tenants_`.
    bool is_running_ = false;
    bool is_finished_ = false;  // One was.
    domain::Timestamp until_;
    std::vector<domain::TenantId> tenants_;  // Still to be counted.
    std::string from_;
    std::int64_t next_at_ = 0;
};

}  // namespace commands
