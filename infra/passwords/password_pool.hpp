// A pool of threads that hash and verify passwords, bounded in threads, memory and waiting jobs, so
// that many at once cannot starve anything else.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "infra/passwords/hashes.hpp"

namespace infra {

struct PasswordPoolOptions {
    Argon2Parameters parameters;
    std::size_t threads = 1;
    std::size_t memory_bytes_max = std::size_t{256} << 20U;  // Of all hashes that are made at once.
    std::size_t queue_max = 64;                              // Jobs that wait.
};

class PasswordPool {
public:
    explicit PasswordPool(const PasswordPoolOptions& options);
    ~PasswordPool() { stop(); }
    PasswordPool(const PasswordPool&) = delete;
    PasswordPool& operator=(const PasswordPool&) = delete;

    // Calls `done` with the hash, on a thread of the pool; with nothing when there is no memory.
    // False when the queue is full.
    bool hash(std::string password, std::function<void(std::optional<std::string> hash)> done);

    struct Verified {
        bool is_right = false;
        bool needs_rehash = false;
    };
    // The same work is done for no hash as for a wrong password. False when the queue is full.
    bool verify(std::string password, std::optional<std::string> hash,
                std::function<void(Verified)> done);

    // What an imported hash was made by, if it can be verified within the pool's bounds.
    std::optional<domain::PasswordAlgorithm> algorithm_of(const std::string& hash) const {
        return infra::algorithm_of(hash, share_);
    }
    std::size_t waiting() const;

    // Ends the jobs that run; those that wait are dropped, and so is what comes later.
    void stop();

private:
    bool submit(std::function<void()> job);
    void run();

    Argon2Parameters parameters_;
    std::size_t queue_max_;
    std::size_t share_;  // Of the memory, for one job.
    std::string nobodys_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace infra
