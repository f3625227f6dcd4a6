// Handlers of what is asked of contracts; see work.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/naming.hpp"
#include "commands/work.hpp"
#include "domain/contract.hpp"
#include "domain/product.hpp"

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

Answer handle(Work& work, const Target& target, domain::ChangeContract wish);
Answer handle(Work& work, const Target& target, domain::ApplyContractChange wish);
Answer handle(Work& work, const Target& target, domain::ChangeContractPrice wish);
Answer handle(Work& work, const Target& target, domain::ChangeContractPayer wish);
Answer handle(Work& work, const Target& target, domain::ChangeDeliveryAddress wish);
Answer handle(Work& work, const Target& target, domain::ImportContract wish);
Answer handle(Work& work, const Target& target, domain::ConsumeContractIssue wish);
Answer handle(Work& work, const Target& target, domain::AddDeliveryStop wish);
Answer handle(Work& work, const Target& target, domain::RemoveDeliveryStop wish);

// A product and one of its options, as they are now.
domain::Offer offer_of(Work& work, const domain::ContractItemWish& wish);

// Looks up what a wish that makes a contract names: users, products, the vendor and its time zone.
template <class Wish>
void look_up(Checks& checks, Work& work, Wish& wish) {
    check_user(checks, work, wish.user_id, "/userId");
    if (wish.payer_id) check_user(checks, work, *wish.payer_id, "/payerId");
    for (std::size_t i = 0; i < wish.items.size(); ++i) {
        checks.existing<domain::ProductDecider>(work, wish.items[i].sku.view(),
                                                "/items/" + std::to_string(i) + "/sku", "product");
        wish.offers.push_back(offer_of(work, wish.items[i]));
    }
    if (checks.failed()) return;
    if (!wish.offers.empty()) {
        const auto& vendor = work.load<domain::VendorDecider>(wish.offers[0].vendor_id.view());
        wish.is_vendor_selling = vendor.state.status == domain::VendorStatus::active;
        wish.vendor_time_zone = vendor.state.time_zone;
    }
    wish.is_time_zone_known =
        work.zones().knows(wish.time_zone.value_or(wish.vendor_time_zone).view());
    wish.now = work.now();
}

// Ids of rights, one an item of the contract: those that it has, and new ones for those that ended.
std::vector<domain::EntitlementId> live_entitlement_ids(Work& work,
                                                        const domain::Contract& contract);

// The live bill of the period that runs, if there is one.
std::optional<domain::BillId> current_bill(Work& work, const domain::ContractId& id);

// All bills of the period that runs: that one, and those of changes within it.
std::vector<domain::BillId> period_bills(Work& work, const domain::ContractId& id);

// The contract's first bill, if there is a live one.
std::optional<domain::BillId> first_bill(Work& work, const domain::ContractId& id);

// Brings the contract into force if its start is reached; nothing to do if it is not.
std::optional<Fault> activate_if_due(Work& work, const domain::ContractId& id);

}  // namespace commands
