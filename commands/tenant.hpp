// Handlers of what may be asked of tenants.
//
// A tenant's own stream lies in the tenant itself. REQUIRES: submitted for the tenant.
#pragma once

#include "commands/work.hpp"
#include "domain/tenant.hpp"

namespace commands {

Answer handle(Work& work, const Target& target, domain::CreateTenant wish);
// The shard holds it until nothing is due before; see shard_clock.cpp.
Answer handle(Work& work, const Target& target, domain::AdvanceClock wish);

}  // namespace commands
