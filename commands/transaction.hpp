// Handlers of what providers report about transactions; see work.hpp.
#pragma once

#include <string>
#include <string_view>

#include "commands/work.hpp"
#include "domain/transaction.hpp"

namespace commands {

// A notice that was recorded before, by (vendor, provider, reference, type), records nothing again;
// if it says more about a transaction without an outcome, it resolves it.
Answer handle(Work& work, const Target& target, domain::RecordTransaction wish);
Answer handle(Work& work, const Target& target, domain::ResolveTransaction wish);

// What follows the target: the answer is the new transaction, or the one with the same reference.
Answer handle(Work& work, const Target& target, domain::CaptureTransaction wish);
Answer handle(Work& work, const Target& target, domain::VoidTransaction wish);
Answer handle(Work& work, const Target& target, domain::RefundTransaction wish);
Answer handle(Work& work, const Target& target, domain::OpenChargeback wish);

Answer handle(Work& work, const Target& target, domain::AllocateCredit wish);
Answer handle(Work& work, const Target& target, domain::PollTransaction wish);

// The notice is about a transaction that is there: it may bring its outcome, and nothing else.
Answer record_again(Work& work, const domain::Subject& known,
                    const domain::RecordTransaction& wish);

// Of something that its provider does not know yet: who asks for it uses this as the request's key.
std::string own_reference(std::string_view id);

}  // namespace commands
