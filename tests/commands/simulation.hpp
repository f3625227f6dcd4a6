// One process that holds a whole world: two nodes with a shard each on one journal that delays,
// repeats, loses and fails, clients that retry, crashes, a clock that jumps; all from one seed.
// Afterwards an oracle reads the journal by itself and judges every answer (docs/testing.md).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "commands/shard.hpp"
#include "tests/support/memory_rows.hpp"
#include "tests/support/plain_keys.hpp"
#include "tests/support/simulated_journal.hpp"

namespace tests::commands {

// The world's clock: it moves when the world says so.
class WorldClock final : public ::commands::Clock {
public:
    domain::Timestamp now() const override { return now_; }
    std::int64_t steady_milliseconds() const override { return steady_; }
    void pass(std::int64_t milliseconds) { steady_ += milliseconds; }
    void set(domain::Timestamp now) { now_ = now; }

private:
    domain::Timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
    std::int64_t steady_ = 1;
};

// What a client did, and what it was told.
struct Attempt {
    std::size_t command = 0;  // Index into `commands`: several attempts may be of one command.
    enum class Said : std::uint8_t { nothing, ok, refused, not_done, unknown } said = Said::nothing;
    std::string code;
    journal::Seq seq = 0;
    bool is_replayed = false;
    journal::Offset end_at_request = 0;
    journal::Offset end_at_answer = 0;
};

// A wish for one vendor, sent once or more with one idempotency key, or with none.
struct WishedCommand {
    enum class Type : std::uint8_t { create, suspend, reinstate } type = Type::create;
    std::string vendor;
    std::string key;
};

// A mistake that is planted between a shard and its ports, to see that the oracle finds it.
enum class Mistake : std::uint8_t {
    none,
    lose_what_was_durable,     // The journal forgets its last record at a crash: a skipped fsync.
    read_what_is_not_durable,  // The writer is shown its records before they land: an early answer.
    lose_the_position,         // The store is written without its position.
    lose_the_keys,             // The store is written without the idempotency keys.
    hide_openings,             // The writer does not see who took the shard: it ignores `gen`.
    claim_to_be_exclusive      // Refusals need no proof that the writer still has the shard.
};

// Runs the world of one seed. The first thing that is wrong, or the empty text.
std::string run_world(std::uint64_t seed, Mistake mistake, std::string* trace = nullptr);

}  // namespace tests::commands
