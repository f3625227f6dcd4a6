// Commands for shards, as fast as they are taken, without HTTP.
//
// A Pump belongs to one thread; at most so many commands are on their way at once. Lifetime: ends
// before its shards do, and waits then for what is on its way.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "commands/handlers.hpp"
#include "commands/shards.hpp"

namespace bench {

template <class Wish>
commands::Submission submission(const domain::TenantId& tenant, const domain::Subject& subject,
                                Wish wish, const std::function<void(commands::Outcome)>& done) {
    return {.tenant = tenant,
            .target = {.subject = subject, .expected_versions = {}},
            .command = commands::make_command(std::move(wish)),
            .actor = {"apiKey", "bench"},
            .done = done};
}

class Pump {
public:
    Pump(commands::Shards& shards, domain::TenantId tenant, std::size_t outstanding_max)
        : shards_(shards), tenant_(std::move(tenant)), outstanding_max_(outstanding_max) {}
    ~Pump() { wait_for(0); }
    Pump(const Pump&) = delete;
    Pump& operator=(const Pump&) = delete;

    // Throws std::runtime_error when a command before this one was refused.
    template <class Wish>
    void send(const domain::Subject& subject, Wish wish) {
        wait_for(outstanding_max_ - 1);
        {
            const std::lock_guard lock(mutex_);
            if (!refusal_.empty()) throw std::runtime_error(refusal_);
            ++outstanding_;
        }
        const auto done = [this](const commands::Outcome& outcome) { count(outcome); };
        if (shards_.submit(submission(tenant_, subject, std::move(wish), done))) return;
        const std::lock_guard lock(mutex_);
        --outstanding_;
        throw std::runtime_error("the queue is full");
    }

    // Waits until all are answered, and throws as `send` does.
    void drain() {
        wait_for(0);
        if (!refusal_.empty()) throw std::runtime_error(refusal_);
    }

private:
    void wait_for(std::size_t outstanding) {
        std::unique_lock lock(mutex_);
        if (outstanding_ <= outstanding) return;
        // Waking for each answer would cost more than the answer.
        const std::size_t enough = outstanding / 2;
        wanted_ = enough;
        changed_.wait(lock, [&] { return outstanding_ <= enough; });
    }

    void count(const commands::Outcome& outcome) {
        const std::lock_guard lock(mutex_);
        if (!outcome && refusal_.empty()) {
            refusal_ = outcome.error().code + ": " + outcome.error().detail;
        }
        --outstanding_;
        if (outstanding_ <= wanted_) changed_.notify_one();
    }

    commands::Shards& shards_;
    domain::TenantId tenant_;
    std::size_t outstanding_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t outstanding_ = 0;
    std::size_t wanted_ = 0;
    std::string refusal_;
};

}  // namespace bench
