// Events: /management/events and /management/event-schemas.
#pragma once

#include <vector>

#include "api/event_feed.hpp"
#include "api/event_schemas.hpp"
#include "api/http/router.hpp"

namespace api {

std::vector<http::Route> event_routes(EventFeed& feed, const EventSchemas& schemas);

}  // namespace api
