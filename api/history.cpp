#include "api/history.hpp"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "api/event_request.hpp"
#include "api/http/on_worker.hpp"
#include "api/list_parameters.hpp"
#include "api/route_docs.hpp"
#include "codec/reflect.hpp"
#include "domain/numbers.hpp"

namespace api {
namespace {

using http::Problem;
using http::Response;
using http::Status;
using http::Task;
using projections::HistoryPage;
using projections::HistoryQuery;

using Result = domain::Result<HistoryPage, journal::JournalError>;

Result read_page(const projections::History& history, const domain::TenantId& tenant,
                 const HistoryQuery& query) try {
    return history.read(tenant, query);
} catch (const std::runtime_error&) {
    return domain::Failure(journal::JournalError::unavailable);  // The views' disk fails.
}

// Other than that of a list within the resource.
std::string identity_of(const http::Request& request, domain::Kind kind) {
    return list_identity(request, kind) + "\nhistory";
}

}  // namespace

http::Handler Histories::of(domain::Kind kind) const {
    return [this, kind](http::Request request) { return answer(std::move(request), kind); };
}

http::RouteDoc Histories::doc(domain::Kind kind, std::string_view operation,
                              std::string_view summary) {
    return {.operation = operation,
            .summary = summary,
            .tag = domain::name(kind),
            .query = {types_parameter(),
                      {.name = "limit",
                       .type = http::ParameterType::integer,
                       .doc = "How many at most."},
                      {.name = "cursor", .doc = "From the Link of the page before."}},
            .response = value_schema<std::vector<projections::PastEvent>>()};
}

domain::Result<HistoryQuery, Problem> Histories::read_query(const http::Request& request,
                                                            domain::Kind kind) const {
    ParameterFaults faults;
    HistoryQuery query{.subject = {kind, std::string(request.path_values[0])},
                       .types = {},
                       .after = {.shard = reads_.views().shard_of(request.tenant())},
                       .limit = default_limit(kind)};
    read_types(request, query.types, faults);
    if (const auto text = request.parameter("limit")) {
        query.limit = domain::parse_whole<std::size_t>(*text).value_or(0);
        if (query.limit < 1 || query.limit > limit_max) {
            faults.add("limit", "Must be an integer from 1 to " + std::to_string(limit_max) + '.');
        }
    }
    if (!faults.empty()) return domain::Failure(faults.problem());
    const auto cursor = request.parameter("cursor");
    if (!cursor) return query;
    const auto place = cursors_.open(identity_of(request, kind), *cursor);
    if (!place) return domain::Failure(cursor_problem(place.error()));
    const auto after = projections::parse_feed_place(*place);
    if (!after) return domain::Failure(cursor_problem(CursorRefusal::invalid_cursor));
    query.after = *after;
    return query;
}

// The worker has copies of all that it reads: the client may go meanwhile.
Task<Response> Histories::answer(http::Request request, domain::Kind kind) const {
    auto query = read_query(request, kind);
    if (!query) co_return query.error();
    if (has_min_position(request)) {
        auto behind = co_await reads_.reach_position(request);
        if (behind) co_return *std::move(behind);
    }
    const projections::Position position = reads_.views().position_of(request.tenant());
    if (auto missing = reads_.missing(request, kind)) {
        Response response = *std::move(missing);
        add_position(response, reads_.views(), position);
        co_return response;
    }
    std::function<Result()> job = [this, tenant = request.tenant(), wanted = *query] {
        return read_page(history_, tenant, wanted);
    };
    const auto page = co_await http::on_worker(workers_, request.deadline, std::move(job));
    if (!page || !*page) co_return http::journal_unavailable();
    Response response = shown(request, kind, **page);
    add_position(response, reads_.views(), position);
    co_return response;
}

Response Histories::shown(const http::Request& request, domain::Kind kind,
                          const HistoryPage& page) const {
    std::string body;
    codec::write(body, page.events, codec::Audience::client);
    Response response = Response::json(Status::ok, std::move(body));
    if (page.next) {
        const std::string cursor =
            cursors_.seal(identity_of(request, kind), projections::to_text(*page.next));
        response.add("Link", next_link(request, cursor));
    }
    return response;
}

}  // namespace api
