// The OpenAPI 3.1 document, made from the table of routes and the descriptions of their bodies, so
// that it cannot say anything but what is served.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/http/router.hpp"

namespace api {

// REQUIRES: every route has an operation.
std::string openapi_document(std::span<const http::Route> routes, std::string_view version);

}  // namespace api
