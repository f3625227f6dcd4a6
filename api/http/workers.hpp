// Workers: threads for what must not hold up an I/O thread, such as reading much from disk.
//
// Handlers wait for one by on_worker.hpp.
//
// Jobs run in the order in which they came, and are not to throw. Whoever submits bounds how many
// there can be. Threads: all functions may be called from any thread.
// Lifetime: stopped before the Server whose handlers wait for it is destroyed (completion.hpp).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace api::http {

class Workers {
public:
    explicit Workers(std::size_t threads);
    ~Workers() { stop(); }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    void submit(std::function<void()> job);

    // Waits for the jobs that run; those that wait are dropped, and so is what comes later.
    void stop();

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace api::http
