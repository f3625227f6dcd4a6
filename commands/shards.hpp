// All shards of this process, each with a thread of its own, and the way to them.
//
// Threads: all functions may be called from any thread. Lifetime: ends before its ports do; `stop`
// (or the destructor) waits for the threads.
#pragma once

#include <memory>
#include <vector>

#include "commands/shard.hpp"
#include "domain/ids.hpp"

namespace commands {

class Shards {
public:
    // `settings.shard` is ignored: there is one shard for each of the journal's.
    Shards(const ShardSettings& settings, const ShardPorts& ports);
    ~Shards();
    Shards(const Shards&) = delete;
    Shards& operator=(const Shards&) = delete;

    // `address` is where other nodes reach this one.
    void start(const std::string& address = {});

    // Sends the command to its tenant's shard. False when that one's queue is full.
    bool submit(Submission submission);

    // See Shard.
    void take_hint(journal::ShardNumber shard, journal::Hint hint);
    bool is_taking(journal::ShardNumber shard) const;

    // Lets what was submitted be answered, for `patience_ms` at most, then ends the threads; what
    // still waits is refused. Idempotent.
    void stop(std::int64_t patience_ms);

    std::vector<ShardStatus> status() const;

private:
    class Runner;
    std::vector<std::unique_ptr<Runner>> runners_;
};

}  // namespace commands
