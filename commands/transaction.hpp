// Handlers of what providers report about transactions; see work.hpp.
#pragma once

#include "commands/work.hpp"
#include "domain/transaction.hpp"

namespace commands {

// A notice that was recorded before, by (vendor, provider, reference, type), records nothing again;
// if it says more about a transaction without an outcome, it resolves it.
Answer handle(Work& work, const Target& target, domain::RecordTransaction wish);
Answer handle(Work& work, const Target& target, domain::ResolveTransaction wish);

}  // namespace commands
