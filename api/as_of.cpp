#include "api/as_of.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "api/list_parameters.hpp"
#include "api/parameter_faults.hpp"
#include "api/preconditions.hpp"
#include "domain/effective.hpp"

namespace api {
namespace {

using projections::Moment;
using projections::PastTime;
using projections::Position;

constexpr std::string_view as_of = "asOf";
constexpr std::string_view effective_at = "effectiveAt";

std::optional<Moment> read_position(const http::Request& request, const Views& views,
                                    Position position, ParameterFaults& faults) {
    const Position reached = views.position_of(request.tenant());
    if (position.shard != reached.shard) {
        faults.add(as_of, "Is not a position of this tenant's, which begin with " +
                              std::to_string(reached.shard) + "-.");
    } else if (position.seq < 1) {
        faults.add(as_of, "Is before the first position.");
    } else if (position.seq > reached.seq) {
        faults.add(as_of, "Is behind what this node has, " + to_text(reached) +
                              "; with Daybook-Min-Position it is waited for.");
    } else {
        return views.queries.moment_at(request.tenant(), position.seq);
    }
    return std::nullopt;
}

std::optional<Moment> read_moment(const http::Request& request, const Views& views,
                                  std::string_view text, ParameterFaults& faults) {
    if (const auto position = parse_position(text)) {
        return read_position(request, views, *position, faults);
    }
    const auto time = parse_time_or_date(text);
    if (!time) {
        faults.add(as_of, "Must be an RFC 3339 time, a date, or a Daybook-Position.");
        return std::nullopt;
    }
    if (*time > views.now()) {
        faults.add(as_of, "Is in the future.");
        return std::nullopt;
    }
    const auto moment = views.queries.moment_at(request.tenant(), *time);
    if (!moment) faults.add(as_of, "Is before anything of this tenant was recorded.");
    return moment;
}

}  // namespace

std::vector<http::QueryParameter> past_parameters(domain::Kind kind) {
    if (!projections::keeps_versions(kind)) return {};
    std::vector<http::QueryParameter> parameters{
        {.name = as_of,
         .doc = "As it was when that had been recorded: a time, a date for its beginning, or a "
                "Daybook-Position."}};
    if (domain::has_status_at(kind)) {
        parameters.push_back({.name = effective_at,
                              .type = http::ParameterType::date_time,
                              .doc = "What was, or will be, in effect at this time or at the "
                                     "beginning of this date."});
    }
    return parameters;
}

domain::Result<PastTime, http::Problem> read_past_time(const http::Request& request,
                                                       const Views& views) {
    PastTime time;
    ParameterFaults faults;
    if (const auto text = request.parameter(as_of)) {
        time.as_of = read_moment(request, views, *text, faults);
    }
    if (const auto text = request.parameter(effective_at)) {
        time.effective_at = parse_time_or_date(*text);
        if (!time.effective_at) faults.add(effective_at, "Must be an RFC 3339 time or a date.");
    }
    if (!faults.empty()) return domain::Failure(faults.problem());
    return time;
}

void add_as_of(http::Response& response, Position position, std::optional<journal::Seq> seq) {
    if (seq) response.add("Daybook-As-Of", to_text(Position{position.shard, *seq}));
}

}  // namespace api
