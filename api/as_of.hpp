// The parameters of gets and lists that say of what time they are: `asOf`, by what had been
// recorded, and `effectiveAt`, what is in effect.
#pragma once

#include <optional>
#include <vector>

#include "api/http/problem.hpp"
#include "api/http/request.hpp"
#include "api/http/response.hpp"
#include "api/http/router.hpp"
#include "api/views.hpp"
#include "domain/result.hpp"
#include "projections/moment.hpp"

namespace api {

// For routes of gets and lists; none for kinds that keep no versions.
std::vector<http::QueryParameter> past_parameters(domain::Kind kind);

// All faults of them at once. REQUIRES of the route: it declares past_parameters.
domain::Result<projections::PastTime, http::Problem> read_past_time(const http::Request& request,
                                                                    const Views& views);

// Says which moment it was, as a position.
void add_as_of(http::Response& response, projections::Position position,
               std::optional<journal::Seq> seq);

}  // namespace api
