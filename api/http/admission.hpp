// Admission: what is checked between a request's head and its body, in this order: path and method,
// credentials, scope, query parameters, Accept, If-Match, body allowed, Content-Type.
#pragma once

#include <optional>

#include "api/auth.hpp"
#include "api/http/request.hpp"
#include "api/http/response.hpp"
#include "api/http/router.hpp"
#include "api/http/target.hpp"

namespace api::http {

// Sets the request's route, path values and principal; then nothing, when the handler may run, or
// what is to be answered instead.
std::optional<Response> admit(const Router& router, Authenticator& authenticator,
                              const Target& target, bool has_body, Request& request);

}  // namespace api::http
