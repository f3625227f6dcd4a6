// Handlers of what may be asked of fulfillments, by hand or by the clock, and what they share with
// policies: the title of a product, what of a contract is open, and what an item cost.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/work.hpp"
#include "domain/contract.hpp"
#include "domain/fulfillment.hpp"

namespace commands {

// REQUIRES: the wish has the SKU. Everything else that is left out follows from the product, the
// right, the contract and the user.
Answer handle(Work& work, const Target& target, domain::CreateFulfillment wish);
Answer handle(Work& work, const Target& target, domain::ReadyFulfillment wish);
Answer handle(Work& work, const Target& target, domain::FailFulfillment wish);
Answer handle(Work& work, const Target& target, domain::RevokeFulfillment wish);
Answer handle(Work& work, const Target& target, domain::CancelFulfillment wish);
Answer handle(Work& work, const Target& target, domain::IncludeFulfillment wish);
Answer handle(Work& work, const Target& target, domain::DispatchFulfillment wish);
Answer handle(Work& work, const Target& target, domain::DeliverFulfillment wish);
Answer handle(Work& work, const Target& target, domain::ReturnFulfillment wish);
Answer handle(Work& work, const Target& target, domain::ReportFulfillment wish);
Answer handle(Work& work, const Target& target, domain::ReshipFulfillment wish);
Answer handle(Work& work, const Target& target, domain::CreditFulfillment wish);
Answer handle(Work& work, const Target& target, domain::SettleStop wish);

// The publication that a product is, or is an issue of.
struct Title {
    std::optional<domain::Sku> sku;
    std::optional<domain::IssueCalendar> calendar;
    std::optional<domain::StopAction> stop_action;
    std::string zone;  // The vendor's; its calendar is by that.
};
Title title_of(Work& work, const domain::Sku& sku);

// The item of the contract that gives this product: itself, its publication, or a bundle of one of
// them. Null if there is none.
const domain::ContractItem* item_for(Work& work, const domain::Contract& contract,
                                     const domain::Sku& sku);

// What can still change; `open_of` says because of what.
std::vector<domain::FulfillmentId> open_fulfillments(Work& work, std::string_view open_of);

// The contract's delivery stop on the day of the issue, if it has effect on that.
std::optional<domain::StopNote> stop_of(const domain::Contract& contract,
                                        const domain::FulfillmentTerms& terms);

// What an item cost, tax included: an issue its share of the period.
struct ItemCost {
    domain::FulfillmentCredit usual;
    domain::Minor most = 0;  // More than `usual` where the share of an issue is not known.
};
// By a bill that asked for it.
std::optional<ItemCost> cost_by_bill(Work& work, const domain::FulfillmentTerms& terms,
                                     const domain::BillId& bill);
// The bill that asked for it, of its contract or right.
std::optional<domain::BillId> bill_of_item(Work& work, const domain::FulfillmentTerms& terms);

// What is given for an issue that was stopped; empty if nothing is.
std::optional<domain::FulfillmentCredit> stop_credit(Work& work,
                                                     const domain::FulfillmentTerms& terms,
                                                     const domain::StopNote& stop);

// The first issue whose delivery address can still be changed, from the wished one on; the wished
// one if nothing of the contract is scheduled.
std::optional<std::string> first_issue_to_readdress(Work& work, const domain::ContractId& id,
                                                    const std::optional<std::string>& wished);

}  // namespace commands
