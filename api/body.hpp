// Reading a body into a described value: what is no JSON is a 400, what breaks the description a
// 422 that names every fault at once.
#pragma once

#include <optional>
#include <string_view>

#include "api/http/problem.hpp"
#include "codec/type.hpp"

namespace api {

// `resource` tells read-only fields from unknown ones; it may be null. `limits` are those of the
// whole value. REQUIRES: `value` is of the type.
std::optional<http::Problem> read_body(std::string_view body, const codec::Type& type, void* value,
                                       const codec::Type* resource,
                                       const domain::Limits& limits = {});

// Has the type a member that must be given? If not, an empty body stands for {}.
bool has_required_members(const codec::Type& type);

}  // namespace api
