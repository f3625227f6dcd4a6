// The query parameters of lists: what the list of a kind takes, and how that becomes a query.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/cursor.hpp"
#include "api/http/problem.hpp"
#include "api/http/request.hpp"
#include "api/http/router.hpp"
#include "domain/result.hpp"
#include "domain/time.hpp"
#include "projections/query.hpp"

namespace api {

inline constexpr std::size_t limit_max = 100;
inline constexpr std::size_t offset_max = 10'000;

// An RFC 3339 time, or a date for the beginning of that day in UTC.
std::optional<domain::Timestamp> parse_time_or_date(std::string_view text);

std::size_t default_limit(domain::Kind kind);

// For the route of the list. A list within a resource has no parameter for what its path names.
std::vector<http::QueryParameter> list_parameters(domain::Kind kind);
std::vector<http::QueryParameter> list_parameters(domain::Kind kind, projections::Filter in_path);

// All faults of the parameters at once. REQUIRES: the route declares list_parameters(kind).
domain::Result<projections::ListQuery, http::Problem> read_list_query(const http::Request& request,
                                                                      domain::Kind kind,
                                                                      const Cursors& cursors);

// Why a cursor is refused.
http::Problem cursor_problem(CursorRefusal refusal);

// Where the next page is: the same request with another cursor, as a value of Link. `parameter` is
// the one that carries it.
std::string next_link(const http::Request& request, std::string_view cursor,
                      std::string_view parameter = "cursor");

// The list that a cursor belongs to: the kind and all filters of the request, in any order.
std::string list_identity(const http::Request& request, domain::Kind kind);

}  // namespace api
