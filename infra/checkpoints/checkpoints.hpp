// Signs checkpoints of the shards that this node writes: one every interval, and earlier after so
// many entries, whenever there is something new.
//
// Several nodes may sign the same shard for a moment, one that has lost it and one that has taken
// it: what they sign are beginnings of the same log.
// Threads: all functions may be called from any thread; it has one of its own from `start` on.
// Lifetime: what it refers to outlives it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "infra/checkpoints/shard_checkpoints.hpp"

namespace infra {

// Where nodes show one another what they signed. Threads: one at a time, but `stop`.
class CheckpointBoard {
public:
    virtual ~CheckpointBoard() = default;
    // Nothing where there is none yet. Throws std::runtime_error when it cannot be asked now.
    virtual std::optional<std::string> last(journal::ShardNumber shard) = 0;
    // Shows it in the end, or one that comes after it.
    virtual void publish(journal::ShardNumber shard, const std::string& note) = 0;
    // Whoever waits shall wait no more. Threads: any.
    virtual void stop() = 0;
};

class Checkpoints {
public:
    struct Ports {
        const journal::Rows& rows;
        std::vector<projections::Freshness*> views;  // By shard.
        std::function<bool(journal::ShardNumber)> is_ours;
        // Do the views show all that the journal has, and ever had?
        std::function<bool(journal::ShardNumber)> has_all;
        journal::NoteSigner signer;
        std::filesystem::path directory;
        std::chrono::milliseconds interval{1000};
        std::uint64_t entries_max = 1000;
        std::unique_ptr<CheckpointBoard> board = nullptr;  // Null where one node signs alone.
        std::function<void(std::string_view)> report = [](std::string_view) {};
    };
    explicit Checkpoints(Ports ports);
    ~Checkpoints() { stop(); }
    Checkpoints(const Checkpoints&) = delete;
    Checkpoints& operator=(const Checkpoints&) = delete;

    void start();
    // Signs what is new, and ends. REQUIRES: the views move no more.
    void stop();

    bool is_ours(journal::ShardNumber shard) const { return ports_.is_ours(shard); }
    ShardCheckpoints& of(journal::ShardNumber shard) const { return *shards_[shard].checkpoints; }
    std::vector<SigningStatus> status() const;
    const journal::NoteSigner& signer() const { return ports_.signer; }

private:
    struct Shard {
        std::unique_ptr<ShardCheckpoints> checkpoints;
        bool was_ours = false;          // In the round before.
        bool is_due = false;            // After so many entries. REQUIRES: the lock.
        std::shared_ptr<void> waiting;  // For them.
    };
    void run();
    void sign(journal::ShardNumber number, bool is_last);
    bool take_over(journal::ShardNumber number);
    void wait_for_entries(journal::ShardNumber number);

    Ports ports_;
    std::vector<Shard> shards_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_due_ = false;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace infra
