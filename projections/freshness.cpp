#include "projections/freshness.hpp"

#include <cassert>
#include <utility>

namespace projections {

struct Freshness::Waiting {
    struct Waiter {
        std::function<void()> call;
        std::uint64_t id = 0;
    };
    using Waiters = std::multimap<journal::Seq, Waiter>;

    std::mutex mutex;
    std::condition_variable call_ended;
    Waiters waiters;
    std::uint64_t last_id = 0;
    std::uint64_t running_id = 0;  // 0: none.
    std::thread::id running_on;

    void cancel(journal::Seq seq, std::uint64_t id) {
        std::function<void()> dropped;  // Ends after the lock: it may hold handles itself.
        std::unique_lock lock(mutex);
        const auto [first, last] = waiters.equal_range(seq);
        for (auto at = first; at != last; ++at) {
            if (at->second.id != id) continue;
            dropped = std::move(at->second.call);
            waiters.erase(at);
            break;
        }
        if (running_on == std::this_thread::get_id()) return;
        call_ended.wait(lock, [&] { return running_id != id; });
    }
};

std::shared_ptr<Freshness::Waiting> Freshness::make_waiting() {
    return std::make_shared<Waiting>();
}

std::shared_ptr<void> Freshness::when_applied(journal::Seq seq, std::function<void()> call) {
    if (applied() < seq) {
        const std::scoped_lock lock(waiting_->mutex);
        // Looked at again: `advance` stores it before it takes the lock.
        if (applied() < seq) {
            const std::uint64_t id = ++waiting_->last_id;
            waiting_->waiters.emplace(seq, Waiting::Waiter{std::move(call), id});
            return {waiting_.get(),
                    [waiting = waiting_, seq, id](void*) { waiting->cancel(seq, id); }};
        }
    }
    call();
    return nullptr;
}

void Freshness::advance(journal::Seq seq) {
    assert(seq >= applied());
    applied_.store(seq, std::memory_order_release);
    Waiting& waiting = *waiting_;
    std::unique_lock lock(waiting.mutex);
    while (!waiting.waiters.empty() && waiting.waiters.begin()->first <= seq) {
        auto next = waiting.waiters.extract(waiting.waiters.begin());
        waiting.running_id = next.mapped().id;
        waiting.running_on = std::this_thread::get_id();
        lock.unlock();
        next.mapped().call();
        next = {};
        lock.lock();
        waiting.running_id = 0;
        waiting.running_on = {};
        waiting.call_ended.notify_all();
    }
}

}  // namespace projections
