// The routes of users.
#pragma once

#include <vector>

#include "api/customers.hpp"
#include "api/passwords.hpp"
#include "api/read.hpp"
#include "api/write.hpp"

namespace api {

// REQUIRES: all outlive the routes.
std::vector<http::Route> user_routes(const Reads& read, const Writes& write,
                                     const Passwords& passwords, const Customers& customers);

}  // namespace api
