// Runs a projector on a thread of its own: wakes with the journal, backs off when the disk refuses.
//
// Lifetime: the projector and the journal outlive the runner. `stop` and the destructor wait for
// the step that runs; afterwards no callback of the projector runs.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "journal/journal.hpp"
#include "projections/projector.hpp"

namespace projections {

class ProjectorRunner {
public:
    ProjectorRunner(Projector& projector, journal::Journal& journal);
    ~ProjectorRunner();
    ProjectorRunner(const ProjectorRunner&) = delete;
    ProjectorRunner& operator=(const ProjectorRunner&) = delete;

    void stop();

private:
    void run();
    void wake();

    Projector& projector_;
    std::mutex mutex_;
    std::condition_variable condition_;
    bool is_woken_ = true;
    bool is_stopping_ = false;
    std::shared_ptr<void> subscription_;
    std::thread thread_;
};

}  // namespace projections
