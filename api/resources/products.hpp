// The routes of products.
#pragma once

#include <vector>

#include "api/read.hpp"
#include "api/write.hpp"

namespace api {

// REQUIRES: both outlive the routes.
std::vector<http::Route> product_routes(const Reads& read, const Writes& write);

}  // namespace api
