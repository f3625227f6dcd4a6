// What a worker finds out comes to the handler that waits for it, faults included.
#include "api/http/on_worker.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "tests/api/http/loopback.hpp"

namespace api::http {
namespace {

using loopback::Answer;
using loopback::get;
using loopback::Running;

Route route(Workers& workers, std::string_view path, std::function<Response()> job) {
    const Handler handler = [&workers, job](const Request& request) -> Task<Response> {
        return [](Workers& on, std::chrono::steady_clock::time_point deadline,
                  std::function<Response()> work) -> Task<Response> {
            auto response = co_await on_worker(on, deadline, std::move(work));
            if (!response) co_return Response::json(Status::unavailable, "{}");
            co_return *std::move(response);
        }(workers, request.deadline, job);
    };
    return {Verb::get, path, public_access, handler, {.operation = "x", .summary = ""}};
}

TEST(OnWorker, BringsWhatTheJobGives) {
    Workers workers(1);
    const Running running(
        {}, {route(workers, "/job", [] { return Response::json(Status::ok, "[7]"); })});
    EXPECT_EQ(running.ask(get("/job")).body, "[7]");
}

TEST(OnWorker, ThrowsInTheHandlerWhatTheJobThrows) {
    Workers workers(1);
    const Running running(
        {},
        {route(workers, "/job", []() -> Response { throw std::runtime_error("the disk fails"); })});
    EXPECT_EQ(running.ask(get("/job")).status, 500);
    EXPECT_EQ(running.ask(get("/job")).status, 500);  // The worker goes on.
}

TEST(OnWorker, BringsNothingOnceTheDeadlineHasPassed) {
    std::mutex mutex;
    std::condition_variable changed;
    bool may_end = false;
    Workers workers(1);
    ServerConfig config;
    config.request_timeout = std::chrono::milliseconds(10);
    const Running running(config, {route(workers, "/job", [&] {
                              std::unique_lock lock(mutex);
                              changed.wait(lock, [&may_end] { return may_end; });
                              return Response::json(Status::ok, "[7]");
                          })});
    EXPECT_EQ(running.ask(get("/job")).status, 503);
    {
        const std::scoped_lock lock(mutex);
        may_end = true;
    }
    changed.notify_one();
    workers.stop();
}

}  // namespace
}  // namespace api::http
