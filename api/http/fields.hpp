// Header fields that carry meaning of ours, read by pure functions with one clear error each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/problem.hpp"
#include "api/http/request.hpp"
#include "domain/result.hpp"

namespace api::http {

// Idempotency-Key: 1 to 255 visible ASCII characters, bare or in double quotes. Nothing when the
// field is absent. Error: 400 invalid_idempotency_key.
domain::Result<std::optional<std::string>, Problem> idempotency_key(const Request& request);

// The versions that If-Match or If-None-Match names.
struct VersionMatch {
    bool any = false;  // "*".
    std::vector<std::uint64_t> versions;

    bool matches(std::uint64_t version) const;
};

// If-Match: `*` or a list of "<version>"; a weak tag is refused. Error: 400 invalid_if_match.
domain::Result<std::optional<VersionMatch>, Problem> if_match(const Request& request);

// If-None-Match: weak tags count as strong ones, and a tag that is none of ours matches nothing.
std::optional<VersionMatch> if_none_match(const Request& request);

// The ETag of a version, quotes included.
std::string etag(std::uint64_t version);

// X-Request-Id, if it is 1 to 128 visible ASCII characters.
std::optional<std::string_view> request_id(std::string_view value);

std::optional<TraceParent> trace_parent(std::string_view value);

// True when Accept, absent or not, lets one of the types through.
bool accepts(std::string_view accept, std::span<const std::string_view> types);

// True when Content-Type is the type, with no parameter but charset=utf-8.
bool is_media_type(std::string_view content_type, std::string_view type);

}  // namespace api::http
