// The header fields that make a request safe to repeat: entity tags, idempotency keys, positions.
//
// An entity tag is the version in quotes, "7". A position is SHARD-SEQ, 0-1201.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/problem.hpp"
#include "api/http/request.hpp"
#include "domain/result.hpp"
#include "projections/query.hpp"

namespace api {

std::string etag_of(std::uint64_t version);

// The versions that If-Match names; nothing for a request without it and for `*`. A tag that is
// none of ours gives a version that nothing has. A single version may stand without quotes.
using Versions = std::optional<std::vector<std::uint64_t>>;
domain::Result<Versions, http::Problem> expected_versions(const http::Request& request);

// Does If-None-Match name this version?
bool is_known_version(std::string_view if_none_match, std::uint64_t version);

// The Idempotency-Key, bare or quoted, without the quotes.
domain::Result<std::optional<std::string>, http::Problem> idempotency_key(
    const http::Request& request);

std::string to_text(projections::Position position);
std::optional<projections::Position> parse_position(std::string_view text);

}  // namespace api
