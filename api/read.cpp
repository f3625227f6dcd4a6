#include "api/read.hpp"

#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/as_of.hpp"
#include "api/kinds.hpp"
#include "api/list_parameters.hpp"
#include "api/preconditions.hpp"

namespace api {
namespace {

using http::Problem;
using http::Response;
using http::Status;
using http::Task;

constexpr std::chrono::seconds position_patience{2};

Problem position_not_reached() {
    return http::try_again(Status::unavailable, "position_not_reached",
                           "The views of this node have not reached Daybook-Min-Position yet.");
}

// What was erased is known to have been there, and nothing else.
bool is_erased(domain::Kind kind, std::string_view status) {
    return kind == domain::Kind::users && status == domain::name(domain::UserStatus::deleted);
}

// The position, if it is one that this tenant can have been given.
domain::Result<projections::Position, Problem> min_position(const http::Request& request,
                                                            const Views& views) {
    const auto position = parse_position(request.header("Daybook-Min-Position"));
    if (position && position->shard == views.shard_of(request.tenant())) return *position;
    return domain::Failure(
        Problem{Status::bad_request, "invalid_position",
                "Daybook-Min-Position must be a Daybook-Position as an answer gave it."});
}

}  // namespace

Problem erased(domain::Kind kind) {
    return {Status::gone, "erased", "This " + std::string(noun(kind)) + " was erased for ever."};
}

Problem no_such_resource(domain::Kind kind) {
    return {Status::not_found, "not_found",
            "There is no " + std::string(noun(kind)) + " with this id."};
}

http::Handler Reads::get(domain::Kind kind) const {
    return [this, kind](http::Request request) { return answer_get(std::move(request), kind); };
}

http::Handler Reads::list(domain::Kind kind) const {
    return [this, kind](http::Request request) {
        return answer_list(std::move(request), kind, std::nullopt);
    };
}

http::Handler Reads::list_of(domain::Kind owner, domain::Kind kind,
                             projections::Filter filter) const {
    return [this, owner, kind, filter](http::Request request) {
        return answer_list(std::move(request), kind, Owner{owner, filter});
    };
}

http::Handler Reads::part(domain::Kind kind, std::string_view member) const {
    return [this, kind, member](http::Request request) {
        return answer_part(std::move(request), kind, member);
    };
}

// The caller's request outlives this, as it awaits it.
Task<std::optional<Problem>> Reads::reach_position(const http::Request& request) const {
    const auto position = min_position(request, views_);
    if (!position) co_return position.error();
    const auto deadline =
        std::min(request.deadline, std::chrono::steady_clock::now() + position_patience);
    if (co_await reached(views_, *position, deadline)) co_return std::nullopt;
    co_return position_not_reached();
}

Task<Response> Reads::answer_get(http::Request request, domain::Kind kind) const {
    if (has_min_position(request)) {
        auto problem = co_await reach_position(request);
        if (problem) co_return *std::move(problem);
    }
    const projections::Position position = views_.position_of(request.tenant());
    const auto time = read_past_time(request, views_);
    if (!time) co_return time.error();
    const domain::Subject subject{kind, std::string(request.path_values[0])};
    const std::string_view known = request.header("If-None-Match");
    Response response;
    const auto show = [&](std::string_view json, std::uint64_t version, std::string_view status) {
        if (is_erased(kind, status)) {
            response = erased(kind);
            return;
        }
        const bool is_known = !known.empty() && is_known_version(known, version);
        if (is_known) {
            response = Response::empty(Status::not_modified);
        } else {
            response.body = json;
        }
        response.add("ETag", etag_of(version));
    };
    const bool is_found = time->is_now()
                              ? views_.queries.get(request.tenant(), subject, show)
                              : views_.queries.get(request.tenant(), subject, *time, show);
    if (!is_found) response = no_such_resource(kind);
    if (time->as_of) add_as_of(response, position, time->as_of->seq);
    add_position(response, views_, position);
    co_return response;
}

std::optional<Problem> Reads::missing(const http::Request& request, domain::Kind kind) const {
    const domain::Subject subject{kind, std::string(request.path_values[0])};
    bool is_gone = false;
    const bool is_found = views_.queries.get(
        request.tenant(), subject, [&](std::string_view, std::uint64_t, std::string_view status) {
            is_gone = is_erased(kind, status);
        });
    if (!is_found) return no_such_resource(kind);
    return is_gone ? std::optional(erased(kind)) : std::nullopt;
}

// The member as the resource shows it; empty lists are left out there.
Task<Response> Reads::answer_part(http::Request request, domain::Kind kind,
                                  std::string_view member) const {
    if (has_min_position(request)) {
        auto problem = co_await reach_position(request);
        if (problem) co_return *std::move(problem);
    }
    const projections::Position position = views_.position_of(request.tenant());
    const domain::Subject subject{kind, std::string(request.path_values[0])};
    Response response;
    const bool is_found = views_.queries.get(
        request.tenant(), subject,
        [&](std::string_view json, std::uint64_t version, std::string_view status) {
            if (is_erased(kind, status)) {
                response = erased(kind);
                return;
            }
            simdjson::dom::parser parser;
            simdjson::dom::element part;
            const bool has_it =
                parser.parse(json.data(), json.size())[member].get(part) == simdjson::SUCCESS;
            response = Response::json(Status::ok, has_it ? simdjson::minify(part) : "[]");
            response.add("ETag", etag_of(version));
        });
    if (!is_found) response = no_such_resource(kind);
    add_position(response, views_, position);
    co_return response;
}

Task<Response> Reads::answer_list(http::Request request, domain::Kind kind,
                                  std::optional<Owner> owner) const {
    auto query = read_list_query(request, kind, cursors_);
    if (!query) co_return query.error();
    if (has_min_position(request)) {
        auto problem = co_await reach_position(request);
        if (problem) co_return *std::move(problem);
    }
    const auto time = read_past_time(request, views_);
    if (!time) co_return time.error();
    query->time = *time;
    if (owner) {
        if (auto problem = missing(request, owner->kind)) {
            Response unknown = *std::move(problem);
            add_position(unknown, views_, views_.position_of(request.tenant()));
            co_return unknown;
        }
        query->equal.push_back({owner->filter, {std::string(request.path_values[0])}});
    }
    auto page = views_.queries.list(request.tenant(), kind, *query);
    if (!page) {
        co_return Problem{Status::bad_request, "invalid_cursor",
                          "This cursor is of another version of Daybook; begin without it."};
    }
    Response response = Response::json(Status::ok, std::move(page->json));
    if (!page->next.empty()) {
        const std::string cursor = cursors_.seal(list_identity(request, kind), page->next);
        response.add("Link", next_link(request, cursor));
    }
    if (query->with_count) response.add("Daybook-Count", page->count);
    add_as_of(response, page->position, page->as_of);
    add_position(response, views_, page->position);
    co_return response;
}

}  // namespace api
