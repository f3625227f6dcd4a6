// The routes of what auditors ask for: checkpoints and proofs.
#pragma once

#include <vector>

#include "api/audit.hpp"
#include "api/http/router.hpp"

namespace api {

// REQUIRES: `audit` outlives the routes.
std::vector<http::Route> audit_routes(const Audit& audit);
// Those that need views.
std::vector<http::Route> evidence_routes(const Audit& audit);

}  // namespace api
