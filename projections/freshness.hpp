// How far a shard's views are, and who waits for them: what makes a write visible to its writer.
//
// Threads: `applied` and `when_applied` may be called from any thread; `advance` by the projector
// only. Callbacks run one after another on the thread that calls `advance`, and hold it up: they
// must be quick.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "journal/entry.hpp"

namespace projections {

class Freshness {
public:
    explicit Freshness(journal::Seq applied) : applied_(applied) {}
    Freshness(const Freshness&) = delete;
    Freshness& operator=(const Freshness&) = delete;

    journal::Seq applied() const { return applied_.load(std::memory_order_acquire); }

    // Calls `call` once when everything up to `seq` is applied: before it returns if it is already,
    // later otherwise. Destroying the handle cancels: afterwards `call` is not called and not
    // running, unless it destroys the handle itself. A handle may outlive this object.
    [[nodiscard]] std::shared_ptr<void> when_applied(journal::Seq seq, std::function<void()> call);

    // Everything up to `seq` is applied. REQUIRES: seq does not go back.
    void advance(journal::Seq seq);

private:
    // Shared with the handles.
    struct Waiting;

    std::atomic<journal::Seq> applied_;
    std::shared_ptr<Waiting> waiting_ = make_waiting();
    static std::shared_ptr<Waiting> make_waiting();
};

}  // namespace projections
