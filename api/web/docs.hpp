// The page that shows the API, with all that it loads: no network but this server, no inline
// script.
#pragma once

#include <vector>

#include "api/http/router.hpp"

namespace api::web {

// /docs and the files under it.
std::vector<http::Route> docs_routes();

}  // namespace api::web
