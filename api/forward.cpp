#include "api/forward.hpp"

#include <utility>

#include "api/http/completion.hpp"
#include "api/preconditions.hpp"

namespace api {
namespace {

using http::Peers;
using http::Problem;
using http::Response;
using http::Status;
using http::Task;

Problem not_the_owner() {
    return http::try_again(Status::misdirected, "not_the_owner",
                           "Another node writes this tenant now. Nothing was done.");
}

}  // namespace

Task<std::optional<Response>> Forwards::forward(const http::Request& request,
                                                journal::ShardNumber shard) const {
    if (http::is_forwarded(request)) co_return not_the_owner();
    const auto owner = owner_of_(shard);
    if (!owner) co_return std::nullopt;
    std::function<void(http::Completion<Peers::Answer>)> start =
        [&](const http::Completion<Peers::Answer>& done) {
            peers_.forward(*owner, request,
                           [done](Peers::Answer answer) { done(std::move(answer)); });
        };
    auto answer = co_await http::completed<Peers::Answer>(request.deadline, std::move(start));
    if (!answer) co_return http::outcome_unknown();
    if (!*answer) {
        if (answer->error() == http::PeerError::unreachable) co_return std::nullopt;
        co_return http::outcome_unknown();
    }
    Response response = *std::move(*answer);
    if (response.status == Status::misdirected) co_return std::nullopt;
    if (const auto position = parse_position(response.field("Daybook-Position"))) {
        co_await reached(views_, *position, request.deadline);
    }
    co_return response;
}

}  // namespace api
