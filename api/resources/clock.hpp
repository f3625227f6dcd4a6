// The routes of the tenant's clock: what it shows, and of a sandbox to move it.
#pragma once

#include <functional>
#include <vector>

#include "api/http/router.hpp"
#include "api/write.hpp"
#include "domain/tenant.hpp"

namespace api {

// What a tenant's clock shows: the world's, or the sandbox's own.
struct ClockReading {
    domain::Timestamp now;
};
constexpr auto describe(const ClockReading*) {
    return domain::fields(
        domain::field<&ClockReading::now>("now", "What the tenant's clock shows.").required());
}

// REQUIRES: `now` may be called from any thread, and `write` outlives the routes.
std::vector<http::Route> clock_routes(
    const Writes& write, std::function<domain::Timestamp(const domain::TenantId&)> now);

}  // namespace api
