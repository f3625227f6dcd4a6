// The routes of fulfillments, of a product's fulfillments and of contracts' delivery stops.
#pragma once

#include <vector>

#include "api/read.hpp"
#include "api/write.hpp"

namespace api {

// REQUIRES: all outlive the routes.
std::vector<http::Route> fulfillment_routes(const Reads& read, const Writes& write);

}  // namespace api
