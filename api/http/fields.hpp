// Header fields that the front itself reads, by pure functions.
// Those of preconditions and idempotency are in api/preconditions.hpp.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/http/request.hpp"

namespace api::http {

// X-Request-Id, if it is 1 to 128 visible ASCII characters.
std::optional<std::string_view> request_id(std::string_view value);

std::optional<TraceParent> trace_parent(std::string_view value);

// True when Accept, absent or not, lets one of the types through.
bool accepts(std::string_view accept, std::span<const std::string_view> types);

// Which of the types Accept prefers: the one with the highest quality, then the one that is named
// most closely, then the first. REQUIRES: accepts(accept, types).
std::size_t preferred(std::string_view accept, std::span<const std::string_view> types);

// True when Content-Type is the type, with no parameter but charset=utf-8.
bool is_media_type(std::string_view content_type, std::string_view type);

}  // namespace api::http
