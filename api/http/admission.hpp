// Admission: what is checked between a request's head and its body, in this order: the address's
// limit, path and method, credentials, limits of key and tenant, scope, query parameters, Accept,
// If-Match, body allowed, Content-Type.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/auth.hpp"
#include "api/http/limits.hpp"
#include "api/http/request.hpp"
#include "api/http/response.hpp"
#include "api/http/router.hpp"
#include "api/http/target.hpp"

namespace api::http {

// Who decides, and by what the caller's address is counted (Limits::place_of).
struct Gatekeepers {
    const Router& router;
    Authenticator& authenticator;
    Limits& limits;
    std::string_view place;
};

struct Admitted {
    std::optional<Response> refusal;  // What is answered instead of the handler's answer.
    std::optional<Denied> denied;     // Why the caller was not let in, if that is it.
    std::string fields;               // Of whatever is answered; each with its line end.
};

// Sets the request's route, path values and principal. What another node sent on was counted there.
Admitted admit(const Gatekeepers& keepers, const Target& target, bool has_body, Request& request);

}  // namespace api::http
