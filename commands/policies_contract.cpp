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

constexpr std::string_view unpaid_reason = "a bill is not paid";

const domain::Contract& contract_of(Work& work, const ContractId& id) {
    return work.load<ContractDecider>(id.view()).state;
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

Followed suspend_right(Work& work, const domain::EntitlementId& id, domain::SuspensionCause cause,
                       std::string_view reason) {
    const domain::SuspendEntitlement wish{cause, std::string(reason)};
    return decide_if_legal<domain::EntitlementDecider>(work, id.view(), wish);
}

// Where a bill is unpaid past its grace, what is new is suspended like what there was.
Followed grant_item(Work& work, const ContractId& id, std::size_t item, domain::Timestamp start) {
    const domain::Contract& contract = contract_of(work, id);
    const domain::EntitlementId& right = contract.entitlement_ids[item];
    domain::GrantEntitlement wish;
    wish.user_id = contract.user_id;
    wish.sku = contract.items[item].sku;
    wish.starts_at = start;
    wish.ends_at = contract.current_period_end;
    wish.source.kind = domain::EntitlementSourceKind::contract;
    wish.source.contract_id = id;
    wish.source.bill_id = current_bill(work, id);
    if (auto fault = grant(work, right, std::move(wish))) return fault;
    if (!is_past_grace(work, contract)) return std::nullopt;
    return suspend_right(work, right, domain::SuspensionCause::payment, unpaid_reason);
}

// Rights that go on are extended to the end of the period; the others are given from `start` on.
Followed extend_rights(Work& work, const ContractId& id, domain::Timestamp start) {
    const domain::Contract& contract = contract_of(work, id);
    for (std::size_t i = 0; i < contract.entitlement_ids.size(); ++i) {
        const auto& right_id = contract.entitlement_ids[i];
        const auto* right = work.find<domain::EntitlementDecider>(right_id.view());
        auto fault = right == nullptr ? grant_item(work, id, i, start)
                                      : extend_right(work, right_id, *contract.current_period_end);
        if (fault) return fault;
    }
    return std::nullopt;
}

}  // namespace

Followed extend_right(Work& work, const domain::EntitlementId& id, domain::Timestamp end) {
    const auto& right = work.load<domain::EntitlementDecider>(id.view()).state;
    if (!right.ends_at || *right.ends_at >= end) return std::nullopt;
    domain::ExtendEntitlement wish;
    wish.ends_at = end;
    if (right.grace_until && *right.grace_until > end) wish.grace_until = right.grace_until;
    return decide_if_legal<domain::EntitlementDecider>(work, id.view(), std::move(wish));
}

Followed suspend_rights(Work& work, const ContractId& id, domain::SuspensionCause cause,
                        std::string_view reason) {
    for (const auto& right : contract_of(work, id).entitlement_ids) {
        if (auto fault = suspend_right(work, right, cause, reason)) return fault;
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
    // A trial is not billed: the first bill comes at its end.
    if (is_in_trial(contract_of(work, id))) return activate_if_due(work, id);
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
    return extend_rights(work, id, *contract_of(work, id).current_period_start);
}

Followed on(Work& work, const ContractId& id, const domain::ContractItemsChanged& event) {
    if (auto fault = revoke(work, event.ended_entitlement_ids, "its contract has other items")) {
        return fault;
    }
    // At the end of a period it is the renewal that gives what comes then.
    const domain::Contract& contract = contract_of(work, id);
    if (*contract.current_period_end > event.effective_at) {
        if (auto fault = extend_rights(work, id, event.effective_at)) return fault;
    }
    return event.bill_id ? bill_change(work, id, event) : std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractImported&) {
    const domain::Contract& contract = contract_of(work, id);
    const auto start = contract.current_period_start.value_or(*contract.start_at);
    for (std::size_t i = 0; i < contract.entitlement_ids.size(); ++i) {
        if (auto fault = grant_item(work, id, i, start)) return fault;
    }
    return std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractPaused& event) {
    constexpr std::string_view reason = "its contract is paused";
    if (auto fault = cancel_shipments(work, id, event.paused_at, event.resumes_at, reason))
        return fault;
    return suspend_rights(work, id, domain::SuspensionCause::pause, reason);
}

// What was not paid in time meanwhile gives no access after the pause either.
Followed on(Work& work, const ContractId& id, const domain::ContractResumed&) {
    auto fault = reinstate_rights(work, id, domain::SuspensionCause::pause);
    if (fault || !is_past_grace(work, contract_of(work, id))) return fault;
    return suspend_rights(work, id, domain::SuspensionCause::payment, unpaid_reason);
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
    constexpr std::string_view reason = "its contract was canceled";
    if (auto fault = cancel_shipments(work, id, event.canceled_at, {}, reason)) return fault;
    return revoke(work, contract.entitlement_ids, reason);
}

Followed on(Work& work, const ContractId& id, const domain::ContractExpired& event) {
    constexpr std::string_view reason = "its contract has expired";
    if (auto fault = cancel_shipments(work, id, event.expired_at, {}, reason)) return fault;
    return revoke(work, contract_of(work, id).entitlement_ids, reason);
}

}  // namespace commands
