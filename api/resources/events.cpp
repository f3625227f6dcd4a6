#include "api/resources/events.hpp"

namespace api {

std::vector<http::Route> event_routes(EventFeed& feed, const EventSchemas& schemas) {
    using enum http::Verb;
    using enum Scope;
    return {
        {get,
         "/management/events",
         events_read,
         feed.events(),
         {.operation = "listEvents",
          .summary = "What happened, as CloudEvents in the order of the journal, and what happens.",
          .tag = "events",
          .query = event_parameters(),
          .produces = {std::begin(event_media_types), std::end(event_media_types)}}},
        {get,
         "/management/event-schemas",
         events_read,
         schemas.list(),
         {.operation = "listEventSchemas",
          .summary = "The JSON Schema of the data of each type of event.",
          .tag = "events"}},
        {get,
         "/management/event-schemas/{type}",
         events_read,
         schemas.one(),
         {.operation = "getEventSchema",
          .summary = "The JSON Schema of the data of one type of event.",
          .tag = "events",
          .produces = {"application/schema+json"}}},
    };
}

}  // namespace api
