// The routes of entitlements.
#pragma once

#include <vector>

#include "api/access.hpp"
#include "api/read.hpp"
#include "api/write.hpp"

namespace api {

// REQUIRES: all outlive the routes.
std::vector<http::Route> entitlement_routes(const Reads& read, const Writes& write,
                                            const AccessChecks& access);

}  // namespace api
