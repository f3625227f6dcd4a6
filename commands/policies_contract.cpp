#include <algorithm>
#include <utility>

#include "commands/bill.hpp"
#include "commands/contract.hpp"
#include "commands/naming.hpp"
#include "commands/policies.hpp"

namespace commands {
namespace {

using domain::ContractDecider;
using domain::ContractId;

const domain::Contract& contract_of(Work& work, const ContractId& id) {
    return work.load<ContractDecider>(id.view()).state;
}

// What an amount for a whole period is in the one that runs: the trial is free, and of a period
// that a pause cut short its share is billed.
domain::Minor share_of(domain::Minor amount, Work& work, const domain::Contract& contract) {
    const auto& start = contract.current_period_start;
    const auto& end = contract.current_period_end;
    if (!start || !end) return amount;
    if (contract.trial_end == end) return 0;
    const auto whole = whole_period(contract, work.zones());
    const bool is_cut = whole && whole->start < *start && contract.started_at;
    return is_cut ? domain::prorate(amount, {*start, *end}, *whole) : amount;
}

// The bill of the period that runs.
domain::CreateBill bill_of(Work& work, const ContractId& id, domain::BillingReason reason) {
    const domain::Contract& contract = contract_of(work, id);
    domain::CreateBill wish;
    wish.contract_id = id;
    wish.user_id = contract.payer_id;
    wish.vendor_id = contract.vendor_id;
    wish.currency = contract.currency;
    wish.billing_reason = reason;
    wish.collection_method = contract.collection_method;
    if (contract.payment_data) wish.payment_method = contract.payment_data->method;
    domain::Wide sum = 0;
    for (const domain::ContractItem& item : contract.items) {
        domain::BillLineWish line;
        line.sku = item.sku;
        line.title = item.name;
        line.purchase_option_id = item.purchase_option_id;
        line.quantity = item.quantity;
        line.unit_amount = share_of(item.unit_amount, work, contract);
        line.tax_rate = item.tax_rate;
        line.period_start = contract.current_period_start.value_or(*contract.start_at);
        line.period_end = contract.current_period_end;
        sum += domain::Wide{line.quantity} * line.unit_amount;
        wish.items.push_back(std::move(line));
    }
    for (const auto& discount : contract.applied_discounts) {
        wish.discount_amount += share_of(discount.amount, work, contract);
    }
    // Rounding must not make the discount larger than what it is taken off.
    if (wish.discount_amount > sum) wish.discount_amount = static_cast<domain::Minor>(sum);
    return wish;
}

Followed issue_bill(Work& work, const ContractId& id, domain::BillingReason reason) {
    const Target bill{{domain::Kind::bills, work.new_id()}, std::nullopt};
    auto answer = handle(work, bill, bill_of(work, id, reason));
    if (answer) answer = handle(work, bill, domain::IssueBill{});
    return answer ? std::nullopt : Followed(answer.error());
}

// The open first bill of a contract that has not begun is withdrawn with it; if it cannot be,
// because money came or may come, nor can the contract.
Followed cancel_first_bill(Work& work, const ContractId& id, std::string reason) {
    if (contract_of(work, id).started_at) return std::nullopt;
    const auto bill = first_bill(work, id);
    if (!bill) return std::nullopt;
    return decide_if_legal<domain::BillDecider>(work, bill->view(),
                                                domain::CancelBill{std::move(reason)});
}

Followed grant_item(Work& work, const ContractId& id, std::size_t item, domain::Timestamp start) {
    const domain::Contract& contract = contract_of(work, id);
    domain::GrantEntitlement wish;
    wish.user_id = contract.user_id;
    wish.sku = contract.items[item].sku;
    wish.starts_at = start;
    wish.ends_at = contract.current_period_end;
    wish.source.kind = domain::EntitlementSourceKind::contract;
    wish.source.contract_id = id;
    wish.source.bill_id = current_bill(work, id);
    return grant(work, contract.entitlement_ids[item], std::move(wish));
}

// Nothing to do if it goes on for longer already, or for ever.
Followed extend_right(Work& work, const domain::EntitlementId& id, domain::Timestamp end) {
    const auto& right = work.load<domain::EntitlementDecider>(id.view()).state;
    if (!right.ends_at || *right.ends_at >= end) return std::nullopt;
    domain::ExtendEntitlement wish;
    wish.ends_at = end;
    if (right.grace_until && *right.grace_until > end) wish.grace_until = right.grace_until;
    return decide_if_legal<domain::EntitlementDecider>(work, id.view(), std::move(wish));
}

// Rights that go on are extended to the end of the period; those that have ended are given anew.
Followed extend_rights(Work& work, const ContractId& id) {
    const domain::Contract& contract = contract_of(work, id);
    for (std::size_t i = 0; i < contract.entitlement_ids.size(); ++i) {
        const auto& right_id = contract.entitlement_ids[i];
        const auto* right = work.find<domain::EntitlementDecider>(right_id.view());
        auto fault = right == nullptr ? grant_item(work, id, i, *contract.current_period_start)
                                      : extend_right(work, right_id, *contract.current_period_end);
        if (fault) return fault;
    }
    return std::nullopt;
}

// What a cancellation at once pays back of the period that runs. An open bill of it, of which
// nothing was paid, is withdrawn if all would be paid back.
Followed pay_back(Work& work, const ContractId& id, domain::RefundMode mode) {
    const auto bill_id = current_bill(work, id);
    if (mode == domain::RefundMode::none || !bill_id) return std::nullopt;
    const domain::Contract& contract = contract_of(work, id);
    const domain::Bill& bill = work.load<domain::BillDecider>(bill_id->view()).state;
    const bool is_all = mode == domain::RefundMode::full;
    if (bill.amount_paid == 0 && domain::open_bill.contains(bill.status)) {
        if (!is_all || !bill.in_flight.empty()) return std::nullopt;
        return decide_if_legal<domain::BillDecider>(
            work, bill_id->view(), domain::CancelBill{"its contract was canceled"});
    }
    domain::Minor amount = bill.amount_paid - bill.amount_refunded;
    if (!is_all) {
        if (!contract.current_period_end) return std::nullopt;
        const domain::Period whole{*contract.current_period_start, *contract.current_period_end};
        const auto from = std::clamp(work.now(), whole.start, whole.end);
        amount = std::min(amount, domain::prorate(bill.amount_paid, {from, whole.end}, whole));
    }
    return ask_refund(work, *bill_id, amount);
}

}  // namespace

Followed suspend_rights(Work& work, const ContractId& id, domain::SuspensionCause cause,
                        std::string_view reason) {
    for (const auto& right : contract_of(work, id).entitlement_ids) {
        const domain::SuspendEntitlement wish{cause, std::string(reason)};
        if (auto fault = decide_if_legal<domain::EntitlementDecider>(work, right.view(), wish)) {
            return fault;
        }
    }
    return std::nullopt;
}

Followed reinstate_rights(Work& work, const ContractId& id, domain::SuspensionCause cause) {
    for (const auto& right : contract_of(work, id).entitlement_ids) {
        domain::ReinstateEntitlement wish;
        wish.only_if = cause;
        if (auto fault = decide_if_legal<domain::EntitlementDecider>(work, right.view(), wish)) {
            return fault;
        }
    }
    return std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractConfirmed&) {
    if (auto fault = issue_bill(work, id, domain::BillingReason::contract_created)) return fault;
    // A free first bill is paid by now, and the contract has begun.
    return has_invoice_terms(contract_of(work, id)) ? activate_if_due(work, id) : std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractActivated&) {
    const domain::Contract& contract = contract_of(work, id);
    for (std::size_t i = 0; i < contract.entitlement_ids.size(); ++i) {
        if (auto fault = grant_item(work, id, i, *contract.start_at)) return fault;
    }
    return std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractRenewed&) {
    if (auto fault = issue_bill(work, id, domain::BillingReason::contract_cycle)) return fault;
    return extend_rights(work, id);
}

Followed on(Work& work, const ContractId& id, const domain::ContractPaused&) {
    return suspend_rights(work, id, domain::SuspensionCause::pause, "its contract is paused");
}

Followed on(Work& work, const ContractId& id, const domain::ContractResumed&) {
    return reinstate_rights(work, id, domain::SuspensionCause::pause);
}

Followed on(Work& work, const ContractId& id, const domain::ContractRightsRestored&) {
    const domain::Contract& contract = contract_of(work, id);
    for (std::size_t i = 0; i < contract.entitlement_ids.size(); ++i) {
        if (work.find<domain::EntitlementDecider>(contract.entitlement_ids[i].view())) continue;
        if (auto fault = grant_item(work, id, i, work.now())) return fault;
    }
    return std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractCanceled& event) {
    const domain::Contract& contract = contract_of(work, id);
    if (auto fault = cancel_first_bill(work, id, "its contract was canceled")) return fault;
    if (auto fault = pay_back(work, id, event.refund)) return fault;
    return revoke(work, contract.entitlement_ids, "its contract was canceled");
}

Followed on(Work& work, const ContractId& id, const domain::ContractExpired&) {
    return revoke(work, contract_of(work, id).entitlement_ids, "its contract has expired");
}

}  // namespace commands
