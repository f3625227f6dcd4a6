// Handlers of what may be asked of entitlements, by hand or by the clock. Policies decide for
// entitlements of contracts and bills themselves.
#pragma once

#include "commands/work.hpp"
#include "domain/entitlement.hpp"

namespace commands {

// The source and the bought product are taken as the wish has them: of a client's, a grant.
Answer handle(Work& work, const Target& target, domain::GrantEntitlement wish);
Answer handle(Work& work, const Target& target, domain::StartEntitlement wish);
Answer handle(Work& work, const Target& target, domain::SuspendEntitlement wish);
Answer handle(Work& work, const Target& target, domain::ReinstateEntitlement wish);
Answer handle(Work& work, const Target& target, domain::ExtendEntitlement wish);
Answer handle(Work& work, const Target& target, domain::ExpireEntitlement wish);
Answer handle(Work& work, const Target& target, domain::RevokeEntitlement wish);

}  // namespace commands
