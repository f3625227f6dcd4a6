// What changes while a contract runs: its items, now or later, its prices, and days without
// delivery; and contracts that come from another system.
//
// A change of items that comes within a period is billed: credit for what was not used of the old
// items, a charge for the rest of the period of the new ones. If the credit is more, the bill is
// about nothing and the rest is customer credit. One that comes at the end of a period costs
// nothing: the next bill is for the new items.
#pragma once

#include "domain/contract.hpp"

namespace domain {

Decision<ContractDecider> decide_on(const Contract& contract, const ChangeContract& command);
Decision<ContractDecider> decide_on(const Contract& contract, const ApplyContractChange& command);
Decision<ContractDecider> decide_on(const Contract& contract, const ChangeContractPrice& command);
Decision<ContractDecider> decide_on(const Contract& contract, const ImportContract& command);
Decision<ContractDecider> decide_on(const Contract& contract, const AddDeliveryStop& command);
Decision<ContractDecider> decide_on(const Contract& contract, const RemoveDeliveryStop& command);

// What the change sets, or why it is refused whenever it comes.
Result<ChangedTerms, ContractRejection> changed_terms(const Contract& contract,
                                                      const ChangeContract& command);

// The parts of the periods that a change at this time bears on; empty when nothing that costs
// anything is left of the one that runs.
std::optional<ChangeMoment::Periods> change_periods(const Contract& contract,
                                                    const ChangedTerms& terms, Timestamp at,
                                                    const Zones& zones);

// Ids of the rights to these items: `kept` says of an item of the contract whether its right goes
// on; the others get those that `fresh` makes.
template <class Kept, class Fresh>
std::vector<EntitlementId> rights_after(const Contract& contract,
                                        const std::vector<ContractItem>& items, Kept kept,
                                        Fresh fresh) {
    std::vector<bool> is_used(contract.entitlement_ids.size(), false);
    std::vector<EntitlementId> ids;
    for (const ContractItem& item : items) {
        std::size_t at = 0;
        while (at < is_used.size() &&
               (is_used[at] || contract.items[at].sku != item.sku || !kept(at))) {
            ++at;
        }
        if (at == is_used.size()) {
            ids.push_back(fresh());
        } else {
            is_used[at] = true;
            ids.push_back(contract.entitlement_ids[at]);
        }
    }
    return ids;
}

}  // namespace domain
