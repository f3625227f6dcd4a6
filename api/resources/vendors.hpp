// The routes of vendors.
#pragma once

#include <vector>

#include "api/read.hpp"
#include "api/write.hpp"

namespace api {

// REQUIRES: both outlive the routes.
std::vector<http::Route> vendor_routes(const Reads& read, const Writes& write);

}  // namespace api
