#include "api/event_request.hpp"

#include <utility>

#include "api/http/fields.hpp"
#include "domain/numbers.hpp"
#include "journal/event_codec.hpp"

namespace api {
namespace {

using http::Problem;
using http::Status;
using projections::FeedPlace;

// The types that the feed can have, in the order of the documentation.
const std::vector<std::string_view>& published_types() {
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> names;
        for (const journal::EventType& type : journal::event_types()) {
            if (domain::is_published(type.kind)) names.push_back(type.name);
        }
        return names;
    }();
    return all;
}

bool is_published_type(std::string_view name) {
    const journal::EventType* type = journal::find_event_type(name);
    return type != nullptr && domain::is_published(type->kind);
}

// Last-Event-ID is what a browser sends when it connects again, to the same address as before.
FeedPlace read_place(const http::Request& request, journal::ShardNumber shard,
                     ParameterFaults& faults) {
    const bool has_last = request.has_header("Last-Event-ID");
    const std::string_view name = has_last ? "Last-Event-ID" : "after";
    const auto text = has_last ? std::optional(request.header(name)) : request.parameter(name);
    if (!text) return {.shard = shard};
    const auto place = projections::parse_feed_place(*text);
    if (place && place->shard == shard) return *place;
    faults.add(name, "Must be the id of an event, or a Daybook-Position as an answer gave it.");
    return {.shard = shard};
}

void read_subject(const http::Request& request, projections::FeedFilter& filter,
                  ParameterFaults& faults) {
    const auto text = request.parameter("subject");
    if (!text) return;
    filter.subject = domain::parse_subject(*text);
    if (filter.subject && domain::is_published(filter.subject->kind)) return;
    faults.add("subject", "Must be a kind and an id, such as bills/4711.");
}

std::optional<std::size_t> read_limit(const http::Request& request, ParameterFaults& faults) {
    const auto text = request.parameter("limit");
    if (!text) return std::nullopt;
    const std::size_t limit = domain::parse_whole<std::size_t>(*text).value_or(0);
    if (limit < 1 || limit > event_limit_max) {
        faults.add("limit", "Must be from 1 to " + std::to_string(event_limit_max) + ".");
    }
    return limit;
}

}  // namespace

void read_types(const http::Request& request, EventTypes& types, ParameterFaults& faults) {
    for (std::string_view rest : request.parameters("types")) {
        while (true) {
            const std::size_t comma = rest.find(',');
            const std::string_view type = rest.substr(0, comma);
            if (is_published_type(type)) {
                types.emplace(type);
            } else {
                faults.add("types", "'" + std::string(type) +
                                        "' is no type of event; see "
                                        "/management/event-schemas.");
            }
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
}

http::QueryParameter types_parameter() {
    return {.name = "types",
            .doc = "Only these; repeated, or with commas between.",
            .is_repeatable = true,
            .values = published_types()};
}

std::vector<http::QueryParameter> event_parameters() {
    return {
        {.name = "after",
         .doc = "Begin behind this event (its id) or this Daybook-Position; without it, with the "
                "first event of all."},
        types_parameter(),
        {.name = "subject", .doc = "Only the events of this one, such as bills/4711."},
        {.name = "limit",
         .type = http::ParameterType::integer,
         .doc = "At most so many events, and then the end. Without it the answer goes on with "
                "what happens."},
    };
}

domain::Result<EventRequest, Problem> read_event_request(const http::Request& request,
                                                         journal::ShardNumber shard) {
    ParameterFaults faults;
    EventRequest wanted;
    wanted.after = read_place(request, shard, faults);
    read_types(request, wanted.filter.types, faults);
    read_subject(request, wanted.filter, faults);
    wanted.limit = read_limit(request, faults);
    const std::size_t format = http::preferred(request.header("Accept"), event_media_types);
    wanted.format = static_cast<EventFormat>(format);
    if (faults.empty()) return wanted;
    return domain::Failure(faults.problem());
}

void append_event(std::string& out, EventFormat format, const projections::CloudEvent& event) {
    switch (format) {
        case EventFormat::ndjson:
            append_json(out, event);
            out += '\n';
            return;
        case EventFormat::sse:
            out.append("id: ").append(event.id).append("\ndata: ");
            append_json(out, event);
            out += "\n\n";
            return;
    }
}

void append_heartbeat(std::string& out, EventFormat format, const FeedPlace& place) {
    switch (format) {
        case EventFormat::ndjson: out += '\n'; return;
        case EventFormat::sse:
            // Without data nothing is dispatched, but the client's last id moves on.
            out.append(": heartbeat\nid: ").append(to_text(place)).append("\n\n");
            return;
    }
}

}  // namespace api
