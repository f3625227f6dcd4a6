// Handlers of what is asked of contracts; see work.hpp.
#pragma once

#include "commands/work.hpp"
#include "domain/contract.hpp"

namespace commands {

Answer handle(Work& work, const Target& target, domain::CreateContract wish);
Answer handle(Work& work, const Target& target, domain::ConfirmContract wish);
// For contracts that begin later: legal when the start is reached and the first bill is paid, free,
// or to be paid by invoice.
Answer handle(Work& work, const Target& target, domain::ActivateContract wish);
Answer handle(Work& work, const Target& target, domain::CancelContract wish);
Answer handle(Work& work, const Target& target, domain::UncancelContract wish);
Answer handle(Work& work, const Target& target, domain::CompleteCancellation wish);
Answer handle(Work& work, const Target& target, domain::DiscardContract wish);
Answer handle(Work& work, const Target& target, domain::ExpireContract wish);

Answer handle(Work& work, const Target& target, domain::RenewContract wish);
Answer handle(Work& work, const Target& target, domain::PauseContract wish);
Answer handle(Work& work, const Target& target, domain::ResumeContract wish);

// Ids of rights, one an item of the contract: those that it has, and new ones for those that ended.
std::vector<domain::EntitlementId> live_entitlement_ids(Work& work,
                                                        const domain::Contract& contract);

// The live bill of the period that runs, if there is one.
std::optional<domain::BillId> current_bill(Work& work, const domain::ContractId& id);

// The contract's first bill, if there is a live one.
std::optional<domain::BillId> first_bill(Work& work, const domain::ContractId& id);

// Brings the contract into force if its start is reached; nothing to do if it is not.
std::optional<Fault> activate_if_due(Work& work, const domain::ContractId& id);

}  // namespace commands
