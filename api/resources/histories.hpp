// The routes of histories: what happened to a resource of any kind, and to all that is one user's.
#pragma once

#include <vector>

#include "api/history.hpp"
#include "api/http/router.hpp"

namespace api {

// REQUIRES: `histories` outlives the routes.
std::vector<http::Route> history_routes(const Histories& histories);

}  // namespace api
