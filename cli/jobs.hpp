// The commands that take long: in a server they run on a thread of their own, one at a time, while
// the command line that asked looks again and again how far they are.
//
// The thread gives way to those that answer requests. Whoever asks for what is running already
// looks on. A job goes on when nobody looks, unless what it prints is not read for a minute.
// Threads: all functions may be called from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <thread>

#include "cli/console.hpp"
#include "cli/node.hpp"
#include "cli/operator.hpp"
#include "infra/log.hpp"

namespace cli {

bool is_job(OperatorAction action);

// Does it on this thread. Throws Exit. REQUIRES: a job; the node's views have been started.
void run_job(Node& node, const OperatorRequest& request, Console& console);

class Jobs {
public:
    // REQUIRES: both outlive this.
    Jobs(Node& node, infra::Log& log) : node_(node), log_(log) {}
    ~Jobs() { stop(); }
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    // REQUIRES: a job, or the wish to look.
    OperatorReply answer(const OperatorRequest& request);
    // Cancels what runs and waits for it. Nothing is begun any more.
    void stop();

private:
    class Running;
    OperatorReply start(const OperatorRequest& request);
    OperatorReply look();

    Node& node_;
    infra::Log& log_;
    std::mutex mutex_;  // Of all below.
    bool is_stopping_ = false;
    std::shared_ptr<Running> running_;  // Or what ended last.
    std::thread thread_;
};

}  // namespace cli
