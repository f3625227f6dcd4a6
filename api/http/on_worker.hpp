// on_worker(): how a handler waits for what a worker finds out.
//
//   std::function<Page()> job = [this, query] { return read(query); };
//   const auto page = co_await on_worker(workers, request.deadline, std::move(job));
//   if (!page) co_return journal_unavailable();
//
// What the job throws is thrown to the handler, as if it had done the work itself. The client may
// go meanwhile: the job holds all that it needs.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "api/http/completion.hpp"
#include "api/http/response.hpp"
#include "api/http/workers.hpp"

namespace api::http {

// Nothing when the deadline came first.
template <class T>
Task<std::optional<T>> on_worker(Workers& workers, std::chrono::steady_clock::time_point deadline,
                                 std::function<T()> job) {
    struct Outcome {
        std::optional<T> value;
        std::exception_ptr failure;
    };
    using Shared = std::shared_ptr<Outcome>;
    std::function<void(Completion<Shared>)> start = [&](const Completion<Shared>& done) {
        workers.submit([job = std::move(job), done] {
            auto outcome = std::make_shared<Outcome>();
            try {
                outcome->value.emplace(job());
            } catch (...) {
                outcome->failure = std::current_exception();
            }
            done(std::move(outcome));
        });
    };
    const auto outcome = co_await completed<Shared>(deadline, std::move(start));
    if (!outcome) co_return std::nullopt;
    if ((*outcome)->failure) std::rethrow_exception((*outcome)->failure);
    co_return std::move((*outcome)->value);
}

}  // namespace api::http
