// What changes while a contract runs.
#include "domain/contract_change.hpp"

#include <algorithm>
#include <utility>

#include "commands/contract.hpp"
#include "commands/fulfillment.hpp"
#include "domain/bill.hpp"

namespace commands {
namespace {

using domain::ContractDecider;

// Has all of the running period been paid, and nothing of it come back?
bool is_period_paid(Work& work, const domain::Contract& contract,
                    const std::vector<domain::BillId>& bills) {
    if (!contract.troubles.empty()) return false;
    if (bills.empty()) return contract.is_period_prepaid;
    return std::ranges::all_of(bills, [&](const domain::BillId& id) {
        const auto& bill = work.load<domain::BillDecider>(id.view()).state;
        return bill.status == domain::BillStatus::paid && bill.amount_refunded == 0;
    });
}

domain::ChangeMoment moment_of(Work& work, const domain::ContractId& id,
                               const domain::ChangedTerms& terms, domain::Timestamp at) {
    const domain::Contract& contract = work.load<ContractDecider>(id.view()).state;
    domain::ChangeMoment moment;
    moment.at = at;
    moment.periods = change_periods(contract, terms, at, work.zones());
    moment.period_bill_ids = period_bills(work, id);
    moment.is_period_paid = is_period_paid(work, contract, moment.period_bill_ids);
    moment.bill_id = domain::BillId{work.new_id()};
    const auto live = live_entitlement_ids(work, contract);
    // A right that goes beyond the new end of the period ends, and another one begins.
    const auto goes_on = [&](std::size_t item) {
        const auto& right_id = contract.entitlement_ids[item];
        const auto& right = work.load<domain::EntitlementDecider>(right_id.view()).state;
        const bool is_too_long =
            moment.periods && (!right.ends_at || *right.ends_at > moment.periods->new_rest.end);
        return live[item] == right_id && !is_too_long;
    };
    moment.entitlement_ids = rights_after(contract, terms.items, goes_on,
                                          [&] { return domain::EntitlementId{work.new_id()}; });
    return moment;
}

}  // namespace

Answer handle(Work& work, const Target& target, domain::ChangeContract wish) {
    const auto& contract = work.load<ContractDecider>(target.id()).state;
    wish.now = work.now();
    Checks checks;
    for (std::size_t i = 0; i < wish.items.size(); ++i) {
        checks.existing<domain::ProductDecider>(work, wish.items[i].sku.view(),
                                                "/items/" + std::to_string(i) + "/sku", "product");
        wish.offers.push_back(offer_of(work, wish.items[i]));
    }
    const bool is_legal = domain::is_legal<ContractDecider>(contract.status, "ChangeContract");
    if (is_legal && checks.failed()) return checks.failure();
    if (is_legal) {
        const domain::ContractId id{std::string(target.id())};
        const auto terms = changed_terms(contract, wish);
        if (terms) wish.moment = moment_of(work, id, *terms, wish.now);
    }
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ApplyContractChange wish) {
    const auto& contract = work.load<ContractDecider>(target.id()).state;
    wish.now = work.now();
    if (const auto& planned = contract.planned_change) {
        const domain::ContractId id{std::string(target.id())};
        wish.moment = moment_of(work, id, *planned, planned->effective_at);
    }
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ChangeContractPrice wish) {
    wish.now = work.now();
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ChangeContractPayer wish) {
    const bool is_there = work.find<ContractDecider>(target.id()) != nullptr;
    Checks checks;
    check_user(checks, work, wish.payer_id, "/payerId");
    if (is_there && checks.failed()) return checks.failure();
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ChangeDeliveryAddress wish) {
    wish.effective_from_issue = first_issue_to_readdress(
        work, domain::ContractId{std::string(target.id())}, wish.effective_from_issue);
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ImportContract wish) {
    Checks checks;
    look_up(checks, work, wish);
    if (checks.failed()) return checks.failure();
    for (std::size_t i = 0; i < wish.items.size(); ++i) {
        wish.entitlement_ids.push_back({work.new_id()});
    }
    const std::string id = id_for(work, target, wish.id);
    return work.decide<ContractDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ConsumeContractIssue wish) {
    wish.now = work.now();
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

}  // namespace commands
