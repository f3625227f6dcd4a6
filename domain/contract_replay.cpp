// How a contract takes in what happened to it.
#include <algorithm>
#include <cassert>
#include <utility>

#include "domain/contract.hpp"
#include "domain/contract_items.hpp"

namespace domain {
namespace {

// Each replay takes in a fact. It refuses nothing: what happened, happened. An impossible history
// is a programmer's error, hence an assertion.

// What a period costs; decide has refused what cannot be.
Minor sum_of(const Contract& contract, const std::vector<ContractItem>& items) {
    const auto amount = amount_of(items, contract.applied_discounts);
    assert(amount);
    return *amount;
}

bool holds_at(const std::optional<PlannedPrices>& planned, Timestamp start) {
    return planned && planned->effective_at <= start;
}

// What a period that begins then costs.
Minor amount_at(const Contract& contract, Timestamp start) {
    const auto& change = contract.planned_change;
    const bool is_changed = change && change->effective_at <= start;
    const auto& items = is_changed ? change->items : contract.items;
    return sum_of(contract, holds_at(contract.planned_prices, start)
                                ? at_prices(items, contract.planned_prices)
                                : items);
}

void set_items(Contract& contract, std::vector<ContractItem> items) {
    contract.items = std::move(items);
    contract.amount = sum_of(contract, contract.items);
    contract.price = to_decimal(contract.amount, contract.currency);
}

// A recurring contract is billed again at the end of its period, unless it ends by then.
void plan_next_bill(Contract& contract) {
    using enum ContractStatus;
    constexpr StatusSet<ContractStatus> is_running{pending, active};
    const auto& end = contract.current_period_end;
    const bool goes_on = is_running.contains(contract.status) && contract.auto_renew &&
                         contract.contract_duration == ContractDuration::recurring && end &&
                         !contract.will_cancel_at &&
                         (!contract.expires_at || *contract.expires_at > *end);
    contract.next_bill_at = goes_on ? end : std::nullopt;
    contract.next_price.reset();
    if (goes_on) contract.next_price = to_decimal(amount_at(contract, *end), contract.currency);
}

void end_at(Contract& contract, ContractStatus status, Timestamp at) {
    contract.status = status;
    contract.is_active = false;
    contract.ended_at = at;
    contract.will_cancel_at.reset();
    contract.resumes_at.reset();
    contract.planned_change.reset();
    contract.planned_prices.reset();
    plan_next_bill(contract);
}

Contract replay(Contract contract, const ContractDrafted& event) {
    assert(contract.status == ContractStatus::absent);
    static_cast<ContractTerms&>(contract) = event;
    contract.status = ContractStatus::draft;
    set_items(contract, event.items);
    contract.issues_remaining = event.issues_total;
    return contract;
}

Contract replay(Contract contract, const ContractConfirmed& event) {
    assert(contract.status == ContractStatus::draft);
    contract.status = ContractStatus::pending;
    contract.start_at = event.start_at;
    contract.anchor_at = event.anchor_at;
    contract.current_period_start = event.period_start;
    contract.current_period_end = event.period_end;
    contract.expires_at = event.expires_at;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractActivated& event) {
    assert(contract.status == ContractStatus::pending);
    contract.status = ContractStatus::active;
    contract.is_active = true;
    contract.started_at = event.started_at;
    contract.entitlement_ids = event.entitlement_ids;
    return contract;
}

Contract replay(Contract contract, const ContractCancellationScheduled& event) {
    assert(contract.status == ContractStatus::active);
    contract.will_cancel_at = event.will_cancel_at;
    contract.cancel_requested_at = event.requested_at;
    contract.cancel_reason = event.reason;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractCancellationWithdrawn&) {
    assert(contract.status == ContractStatus::active && contract.will_cancel_at);
    contract.will_cancel_at.reset();
    contract.cancel_requested_at.reset();
    contract.cancel_reason.reset();
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractCanceled& event) {
    assert(!contract.ended_at);
    contract.canceled_at = event.canceled_at;
    contract.cancel_reason = event.reason;
    end_at(contract, ContractStatus::canceled, event.canceled_at);
    return contract;
}

Contract replay(Contract contract, const ContractExpired& event) {
    assert(!contract.ended_at);
    end_at(contract, ContractStatus::expired, event.expired_at);
    return contract;
}

Contract replay(Contract contract, const ContractPaymentStateChanged& event) {
    contract.payment_state = event.payment_state;
    if (event.bill_id) note_trouble(contract.troubles, {*event.bill_id, event.bill_state});
    return contract;
}

Contract replay(Contract contract, const ContractFirstBillPaid&) {
    assert(contract.status == ContractStatus::pending);
    contract.is_first_bill_paid = true;
    return contract;
}

Contract replay(Contract contract, const ContractRenewed& event) {
    assert(contract.status == ContractStatus::active);
    assert(contract.current_period_end && *contract.current_period_end <= event.period_start);
    assert(event.period_start < event.period_end);
    contract.current_period_start = event.period_start;
    contract.current_period_end = event.period_end;
    if (!event.entitlement_ids.empty()) contract.entitlement_ids = event.entitlement_ids;
    contract.period_bill_ids.clear();
    contract.is_period_prepaid = false;
    if (holds_at(contract.planned_prices, event.period_start)) {
        set_items(contract, at_prices(contract.items, contract.planned_prices));
        contract.planned_prices.reset();
    }
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractItemsChanged& event) {
    assert(contract.status == ContractStatus::active);
    contract.recurring_interval = event.recurring_interval;
    contract.recurring_time = event.recurring_time;
    if (event.anchor_at) contract.anchor_at = event.anchor_at;
    set_items(contract, event.items);
    contract.current_period_start = event.period_start;
    contract.current_period_end = event.period_end;
    contract.entitlement_ids = event.entitlement_ids;
    if (event.bill_id) {
        contract.period_bill_ids = event.credited_bill_ids;
        contract.period_bill_ids.push_back(*event.bill_id);
    }
    contract.planned_change.reset();
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractItemsChangePlanned& event) {
    contract.planned_change = event;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractItemsChangeWithdrawn&) {
    assert(contract.planned_change);
    contract.planned_change.reset();
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractPriceChanged& event) {
    contract.planned_prices = event;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractPayerChanged& event) {
    contract.payer_id = event.payer_id;
    return contract;
}

Contract replay(Contract contract, const ContractDeliveryAddressChanged& event) {
    contract.former_address = event.effective_from_issue ? contract.delivery_address : std::nullopt;
    contract.delivery_address = event.delivery_address;
    contract.delivery_address_from_issue = event.effective_from_issue;
    return contract;
}

Contract replay(Contract contract, const ContractImported& event) {
    assert(contract.status == ContractStatus::absent);
    static_cast<ContractTerms&>(contract) = event;
    contract.status = ContractStatus::active;
    contract.is_active = true;
    set_items(contract, event.items);
    contract.started_at = event.started_at;
    contract.current_period_start = event.period_start;
    contract.current_period_end = event.period_end;
    contract.issues_remaining = event.issues_remaining;
    contract.entitlement_ids = event.entitlement_ids;
    contract.is_first_bill_paid = true;
    contract.is_period_prepaid = true;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractIssueConsumed& event) {
    assert(contract.status == ContractStatus::active);
    contract.issues_remaining = event.issues_remaining;
    contract.last_issue = event.issue_code;
    return contract;
}

Contract replay(Contract contract, const ContractDeliveryStopAdded& event) {
    assert(!contract.ended_at);
    contract.delivery_stops.push_back(event);
    if (event.expires_at) contract.expires_at = event.expires_at;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractDeliveryStopRemoved& event) {
    assert(!contract.ended_at);
    std::erase_if(contract.delivery_stops,
                  [&](const DeliveryStop& stop) { return stop.id == event.stop_id; });
    if (event.expires_at) contract.expires_at = event.expires_at;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractPaused& event) {
    assert(contract.status == ContractStatus::active && !contract.will_cancel_at);
    contract.status = ContractStatus::paused;
    contract.is_active = false;
    contract.paused_at = event.paused_at;
    contract.resumes_at = event.resumes_at;
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractResumed&) {
    assert(contract.status == ContractStatus::paused);
    contract.status = ContractStatus::active;
    contract.is_active = true;
    contract.paused_at.reset();
    contract.resumes_at.reset();
    plan_next_bill(contract);
    return contract;
}

Contract replay(Contract contract, const ContractRightsRestored& event) {
    assert(contract.status == ContractStatus::active);
    contract.entitlement_ids = event.entitlement_ids;
    return contract;
}

}  // namespace

void note_trouble(std::vector<BillTrouble>& troubles, const BillTrouble& noted) {
    const auto found = std::ranges::find(troubles, noted.bill_id, &BillTrouble::bill_id);
    const bool is_known = found != troubles.end();
    if (noted.state == PaymentState::ok) {
        if (is_known) troubles.erase(found);
    } else if (is_known) {
        found->state = noted.state;
    } else {
        troubles.push_back(noted);
    }
}

Contract ContractDecider::evolve(Contract contract, const ContractEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(contract), one); }, event);
}

}  // namespace domain
