// Handler of what may be asked of tenants.
//
// A tenant's own stream lies in the tenant itself. REQUIRES: submitted for the tenant to create.
#pragma once

#include "commands/work.hpp"
#include "domain/tenant.hpp"

namespace commands {

Answer handle(Work& work, const Target& target, domain::CreateTenant wish);

}  // namespace commands
