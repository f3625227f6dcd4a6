#include "api/http/completion.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace api::http {
namespace net = boost::asio;

// All but the executor is touched on the I/O thread only. The timer itself is in the coroutine's
// frame, because it must not outlive its io_context, as a Completion may.
struct WakeUp::Waiter {
    net::any_io_executor executor;
    net::steady_timer* timer = nullptr;
    bool fired = false;
};

WakeUp::WakeUp() = default;
WakeUp::~WakeUp() = default;

void WakeUp::fire() {
    net::post(waiter_->executor, [self = shared_from_this()] {
        self->waiter_->fired = true;
        if (self->waiter_->timer != nullptr) self->waiter_->timer->cancel();
    });
}

net::awaitable<bool> WakeUp::wait(std::shared_ptr<WakeUp> wake_up,
                                  std::chrono::steady_clock::time_point deadline,
                                  std::function<void()> start) {
    const net::any_io_executor executor = co_await net::this_coro::executor;
    net::steady_timer timer(executor, deadline);
    wake_up->waiter_ = std::make_unique<Waiter>(Waiter{executor, &timer});
    struct Forget {
        Waiter& waiter;
        ~Forget() { waiter.timer = nullptr; }
    };
    const Forget forget{*wake_up->waiter_};

    // A call during `start` posts behind us, so it cannot cancel a wait that has not begun.
    start();
    while (!wake_up->waiter_->fired) {
        boost::system::error_code error;
        co_await timer.async_wait(net::redirect_error(net::use_awaitable, error));
        if (error) continue;
        if (wake_up->claim()) co_return false;
        // Someone claimed it just before the deadline and is about to fire.
        timer.expires_at(std::chrono::steady_clock::time_point::max());
    }
    co_return true;
}

net::awaitable<void> sleep_until(std::chrono::steady_clock::time_point time) {
    net::steady_timer timer(co_await net::this_coro::executor, time);
    co_await timer.async_wait(net::use_awaitable);
}

}  // namespace api::http
