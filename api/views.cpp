#include "api/views.hpp"

#include <memory>
#include <string>
#include <utility>

#include "api/http/completion.hpp"
#include "api/preconditions.hpp"

namespace api {

http::Task<bool> reached(const Views& views, projections::Position position,
                         std::chrono::steady_clock::time_point deadline) {
    if (position.shard >= views.freshness.size()) co_return false;
    std::shared_ptr<void> waiting;
    projections::Freshness& freshness = *views.freshness[position.shard];
    std::function<void(http::Completion<bool>)> start = [&](const http::Completion<bool>& done) {
        waiting = freshness.when_applied(position.seq, [done] { done(true); });
    };
    co_return (co_await http::completed<bool>(deadline, std::move(start))).has_value();
}

void add_position(http::Response& response, const Views& views,
                  const projections::Position& position) {
    response.add("Daybook-Position", to_text(position));
    if (const auto lag = views.lag(position.shard)) {
        response.add("Daybook-Lag", std::to_string(lag->count() / 1000));
    }
}

}  // namespace api
