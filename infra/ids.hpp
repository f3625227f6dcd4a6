// New ids: UUIDv7 (RFC 9562) without dashes, 32 hex digits, and the chance that they need.
//
// Within a process every id is greater than the one before, even when the clock goes back: the
// 48 bits of milliseconds and the 12 bits behind the version are one counter. The other 62 bits
// are from the operating system, so ids of two processes differ.
// Threads: all functions may be called from any thread. None waits for another.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "commands/shard.hpp"

namespace infra {

// 64 bits from the operating system's generator, drawn in pages to save system calls.
std::uint64_t random_word();

class Ids {
public:
    // REQUIRES: the clock outlives this.
    explicit Ids(const commands::Clock& clock) : clock_(clock) {}
    std::string next();

private:
    const commands::Clock& clock_;
    std::atomic<std::uint64_t> last_ = 0;  // Milliseconds << 12 | counter.
};

}  // namespace infra
