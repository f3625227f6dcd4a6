// What is asked of the event feed: from where on, which events, how many, in which format.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/problem.hpp"
#include "api/http/router.hpp"
#include "api/parameter_faults.hpp"
#include "domain/result.hpp"
#include "journal/journal.hpp"
#include "projections/feed.hpp"

namespace api {

inline constexpr std::size_t event_limit_max = 1000;

enum class EventFormat : std::uint8_t {
    ndjson,  // A line an event; an empty line is a heartbeat.
    sse      // Server-sent events: the id is the event's; a heartbeat moves the id on.
};
// In the order of EventFormat.
inline constexpr std::string_view event_media_types[] = {"application/x-ndjson",
                                                         "text/event-stream"};

struct EventRequest {
    projections::FeedPlace after;
    projections::FeedFilter filter;
    std::optional<std::size_t> limit;  // One page; without it there is no end.
    EventFormat format = EventFormat::ndjson;
};

// The parameter that names types of events, and what a request has for it.
using EventTypes = std::set<std::string, std::less<>>;
http::QueryParameter types_parameter();
void read_types(const http::Request& request, EventTypes& types, ParameterFaults& faults);

// For the route of the feed.
std::vector<http::QueryParameter> event_parameters();

// All faults of the parameters at once. `shard` is the tenant's.
domain::Result<EventRequest, http::Problem> read_event_request(const http::Request& request,
                                                               journal::ShardNumber shard);

void append_event(std::string& out, EventFormat format, const projections::CloudEvent& event);
void append_heartbeat(std::string& out, EventFormat format, const projections::FeedPlace& place);

}  // namespace api
