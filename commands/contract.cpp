#include "commands/contract.hpp"

#include <algorithm>
#include <utility>

#include "domain/bill.hpp"

namespace commands {
namespace {

using domain::ContractDecider;
using domain::ContractStatus;

bool is_first_bill_settled(Work& work, const domain::ContractId& id) {
    const auto& contract = work.load<ContractDecider>(id.view()).state;
    if (has_invoice_terms(contract) || is_in_trial(contract)) return true;
    const auto bill = first_bill(work, id);
    if (!bill) return false;
    return work.load<domain::BillDecider>(bill->view()).state.status == domain::BillStatus::paid;
}

}  // namespace

domain::Offer offer_of(Work& work, const domain::ContractItemWish& wish) {
    domain::Offer offer;
    const auto* product = work.find<domain::ProductDecider>(wish.sku.view());
    if (product == nullptr) return offer;
    offer.is_for_sale = product->state.status == domain::ProductStatus::active;
    offer.vendor_id = product->state.vendor_id;
    offer.title = product->state.title;
    offer.cover = product->state.cover;
    if (const auto* option = find_option(product->state, wish.purchase_option_id)) {
        offer.option = *option;
    }
    return offer;
}

std::vector<domain::EntitlementId> live_entitlement_ids(Work& work,
                                                        const domain::Contract& contract) {
    using enum domain::EntitlementStatus;
    constexpr domain::StatusSet<domain::EntitlementStatus> live{pending, active, suspended};
    std::vector<domain::EntitlementId> ids = contract.entitlement_ids;
    for (domain::EntitlementId& id : ids) {
        const auto& right = work.load<domain::EntitlementDecider>(id.view()).state;
        if (!live.contains(right.status)) id = domain::EntitlementId{work.new_id()};
    }
    return ids;
}

std::optional<domain::BillId> current_bill(Work& work, const domain::ContractId& id) {
    const auto& contract = work.load<ContractDecider>(id.view()).state;
    const auto start =
        contract.current_period_start ? contract.current_period_start : contract.start_at;
    if (!start) return std::nullopt;
    for (const auto reason :
         {domain::BillingReason::contract_cycle, domain::BillingReason::contract_created}) {
        const auto holder = work.claimed_by(domain::period_claim(id, *start, reason));
        if (holder) return domain::BillId{holder->id};
    }
    return std::nullopt;
}

std::vector<domain::BillId> period_bills(Work& work, const domain::ContractId& id) {
    auto ids = work.load<ContractDecider>(id.view()).state.period_bill_ids;
    const auto first = current_bill(work, id);
    if (first && std::ranges::find(ids, *first) == ids.end()) ids.insert(ids.begin(), *first);
    return ids;
}

std::optional<domain::BillId> first_bill(Work& work, const domain::ContractId& id) {
    const auto& contract = work.load<ContractDecider>(id.view()).state;
    if (!contract.start_at) return std::nullopt;
    const auto start = contract.current_period_start.value_or(*contract.start_at);
    const auto holder =
        work.claimed_by(domain::period_claim(id, start, domain::BillingReason::contract_created));
    if (!holder) return std::nullopt;
    return domain::BillId{holder->id};
}

std::optional<Fault> activate_if_due(Work& work, const domain::ContractId& id) {
    const auto& contract = work.load<ContractDecider>(id.view()).state;
    if (contract.status != ContractStatus::pending || work.now() < *contract.start_at) {
        return std::nullopt;
    }
    domain::ActivateContract wish;
    wish.now = work.now();
    for (std::size_t i = 0; i < contract.items.size(); ++i) {
        wish.entitlement_ids.push_back({work.new_id()});
    }
    return decide_if_legal<ContractDecider>(work, id.view(), wish);
}

Answer handle(Work& work, const Target& target, domain::RenewContract wish) {
    const auto& contract = work.load<ContractDecider>(target.id()).state;
    wish.now = work.now();
    wish.period = next_period(contract, work.zones());
    wish.entitlement_ids = live_entitlement_ids(work, contract);
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::PauseContract wish) {
    wish.now = work.now();
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ResumeContract wish) {
    const auto& contract = work.load<ContractDecider>(target.id()).state;
    wish.now = work.now();
    wish.period = rest_of_period(contract, work.now(), work.zones());
    if (wish.period) wish.entitlement_ids = live_entitlement_ids(work, contract);
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::CreateContract wish) {
    Checks checks;
    look_up(checks, work, wish);
    if (checks.failed()) return checks.failure();
    const std::string id = id_for(work, target, wish.id);
    return work.decide<ContractDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ConfirmContract wish) {
    const auto& contract = work.load<ContractDecider>(target.id()).state;
    if (contract.status == ContractStatus::draft) {
        wish = confirm_at(work.now(), contract, work.zones());
    }
    return work.decide<ContractDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::ActivateContract wish) {
    const domain::ContractId id{std::string(target.id())};
    const auto& contract = work.load<ContractDecider>(target.id()).state;
    if (contract.status == ContractStatus::pending && !is_first_bill_settled(work, id)) {
        return domain::Failure(fault(FaultKind::conflict, "first_bill_not_paid",
                                     "the contract's first bill has to be paid first"));
    }
    wish.now = work.now();
    for (std::size_t i = 0; i < contract.items.size(); ++i) {
        wish.entitlement_ids.push_back({work.new_id()});
    }
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::CancelContract wish) {
    wish.now = work.now();
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::UncancelContract wish) {
    wish.now = work.now();
    return work.decide<ContractDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::CompleteCancellation wish) {
    wish.now = work.now();
    return work.decide<ContractDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::DiscardContract wish) {
    wish.now = work.now();
    return work.decide<ContractDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::ExpireContract wish) {
    wish.now = work.now();
    return work.decide<ContractDecider>(target.id(), wish);
}

}  // namespace commands
