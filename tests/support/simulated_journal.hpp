// A journal that does everything an engine is allowed to do, as its seed wills: it delays records,
// interleaves sessions, ends sessions with an error before or after writing, drops or delays what
// they had not written yet, and writes records a second time.
//
// Nothing happens but in `step()` and `crash()`; the same seed and the same calls give the same
// log. Threads: one. Wake callbacks are called from `step()` and `crash()`. Lifetime: what was
// opened before a crash is of no use after it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "infra/journal/wakers.hpp"
#include "journal/journal.hpp"

namespace tests::support {

struct SimulationOptions {
    std::uint64_t seed = 1;
    journal::ShardNumber shards = 1;
    // Chances in a thousand, for each step that could do it.
    unsigned pause_chance = 200;       // Nothing happens.
    unsigned repeat_chance = 30;       // A record that is written will come a second time.
    unsigned fail_before_chance = 10;  // A session ends, `unavailable`: nothing more of it comes.
    unsigned fail_after_chance = 15;   // A session ends, `outcome_unknown`: some may come, or late.
};

class SimulatedJournal final : public journal::Journal {
public:
    explicit SimulatedJournal(SimulationOptions options);

    // Does one thing, or nothing. False when there is nothing left to do.
    bool step();
    // Steps until there is nothing left to do.
    void settle();
    // The end of the process that wrote: what is written stays, and of each session a part of what
    // was on its way.
    void crash();
    // The next session that has something to write ends with `outcome_unknown`.
    void fail_next() { must_fail_ = true; }

    journal::ShardNumber shards() const override;
    std::unique_ptr<journal::Session> open_session(journal::ShardNumber shard) override;
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        journal::ShardNumber shard, journal::Offset after, std::size_t bytes_max) override;
    journal::Offset end(journal::ShardNumber shard) const override;
    std::shared_ptr<void> subscribe(journal::ShardNumber shard,
                                    std::function<void()> wake) override;

private:
    class Writer;
    struct Stream {
        journal::ShardNumber shard = 0;
        std::deque<journal::Bytes> waiting;
        std::optional<journal::JournalError> error;
    };
    struct Shard {
        std::vector<journal::Bytes> log;
        infra::Wakers wakers;
    };
    struct Repeat {
        journal::ShardNumber shard = 0;
        journal::Bytes record;
    };

    bool by_chance(unsigned thousandths) { return random_() % 1000 < thousandths; }
    void write_first(Stream& stream);
    void end(Stream& stream);
    void write_repeat();

    SimulationOptions options_;
    std::mt19937_64 random_;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::vector<std::shared_ptr<Stream>> streams_;  // Those that have something to write, or may.
    std::vector<Repeat> repeats_;
    bool must_fail_ = false;
};

}  // namespace tests::support
