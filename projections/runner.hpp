// Runs a projector or a relay on a thread of its own: wakes with the journal, backs off when the
// outside refuses.
//
// Lifetime: what steps and the journal outlive the runner. `stop` and the destructor wait for the
// step that runs; afterwards nothing is called any more.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "journal/journal.hpp"
#include "projections/projector.hpp"

namespace projections {

class Runner {
public:
    Runner(std::function<Step()> step, journal::ShardNumber shard, journal::Journal& journal);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    // There may be something to do. Threads: any.
    void wake();
    void stop();

private:
    void run();

    std::function<Step()> step_;
    std::mutex mutex_;
    std::condition_variable condition_;
    bool is_woken_ = true;
    bool is_stopping_ = false;
    std::shared_ptr<void> subscription_;
    std::thread thread_;
};

class ProjectorRunner : public Runner {
public:
    ProjectorRunner(Projector& projector, journal::Journal& journal)
        : Runner([&projector] { return projector.step(); }, projector.shard(), journal) {}
};

}  // namespace projections
