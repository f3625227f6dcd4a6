#include "projections/runner.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace projections {
namespace {

using namespace std::chrono_literals;

constexpr auto back_off_min = 10ms;
constexpr std::chrono::milliseconds back_off_max = 2s;

}  // namespace

Runner::Runner(std::function<Step()> step, journal::ShardNumber shard, journal::Journal& journal)
    : step_(std::move(step)),
      subscription_(journal.subscribe(shard, [this] { wake(); })),
      thread_([this] { run(); }) {}

Runner::~Runner() { stop(); }

void Runner::stop() {
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    condition_.notify_one();
    subscription_.reset();
    if (thread_.joinable()) thread_.join();
}

void Runner::wake() {
    {
        const std::scoped_lock lock(mutex_);
        is_woken_ = true;
    }
    condition_.notify_one();
}

void Runner::run() {
    std::chrono::milliseconds back_off = back_off_min;
    while (true) {
        {
            const std::scoped_lock lock(mutex_);
            if (is_stopping_) return;
            is_woken_ = false;  // Before the step: what comes during it wakes it again.
        }
        const Step step = step_();
        if (step == Step::stopped) return;
        if (step == Step::advanced) back_off = back_off_min;
        std::unique_lock lock(mutex_);
        if (step == Step::idle) {
            condition_.wait(lock, [this] { return is_woken_ || is_stopping_; });
        } else if (step == Step::refused) {
            condition_.wait_for(lock, back_off, [this] { return is_stopping_; });
            back_off = std::min(2 * back_off, back_off_max);
        }
    }
}

}  // namespace projections
