// Completion<T>: how a handler waits for a value that another thread will bring.
//
//   auto outcome = co_await completed<Outcome>(request.deadline, [&](Completion<Outcome> done) {
//       shard.submit(command, [done](Outcome o) { done(std::move(o)); });
//   });
//   if (!outcome) co_return outcome_unknown();
//
// Threads: a Completion may be copied to and called on any thread, once; calls after the first,
// after the deadline or after the client has gone are dropped. The handler resumes on its own I/O
// thread. Lifetime: whoever may still call a Completion is stopped before the Server is destroyed.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace api::http {

// What is common to every T: a wake-up that happens at most once.
class WakeUp : public std::enable_shared_from_this<WakeUp> {
public:
    WakeUp();
    ~WakeUp();
    WakeUp(const WakeUp&) = delete;
    WakeUp& operator=(const WakeUp&) = delete;

    // True for the first caller, who then must call fire(). Any thread.
    bool claim() { return !claimed_.exchange(true, std::memory_order_acq_rel); }
    void fire();

    // Calls `start` on this thread, then waits. False when the deadline came first.
    static boost::asio::awaitable<bool> wait(std::shared_ptr<WakeUp> wake_up,
                                             std::chrono::steady_clock::time_point deadline,
                                             std::function<void()> start);

private:
    struct Waiter;
    std::atomic<bool> claimed_ = false;
    std::unique_ptr<Waiter> waiter_;
};

template <class T>
class Completion {
public:
    struct State : WakeUp {
        std::optional<T> value;
    };
    explicit Completion(std::shared_ptr<State> state) : state_(std::move(state)) {}

    void operator()(T value) const {
        if (!state_->claim()) return;
        state_->value.emplace(std::move(value));
        state_->fire();
    }

private:
    std::shared_ptr<State> state_;
};

// The value, or nothing when the deadline came first.
template <class T>
boost::asio::awaitable<std::optional<T>> completed(std::chrono::steady_clock::time_point deadline,
                                                   std::function<void(Completion<T>)> start) {
    auto state = std::make_shared<typename Completion<T>::State>();
    const bool came =
        co_await WakeUp::wait(state, deadline, [&state, &start] { start(Completion<T>(state)); });
    if (!came) co_return std::nullopt;
    co_return std::move(state->value);
}

// Waits without a value, for instance to look again later. The handler's thread is free meanwhile.
boost::asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point time);

}  // namespace api::http
