#include <algorithm>
#include <utility>

#include "commands/contract.hpp"
#include "commands/naming.hpp"
#include "commands/policies.hpp"

namespace commands {
namespace {

using domain::BillDecider;
using domain::BillId;
using domain::ContractDecider;

const domain::Bill& bill_of(Work& work, const BillId& id) {
    return work.load<BillDecider>(id.view()).state;
}

Followed note_payment(Work& work, const BillId& id, const domain::Bill& bill,
                      domain::PaymentState state) {
    if (!bill.contract_id) return std::nullopt;
    return decide_if_legal<ContractDecider>(work, bill.contract_id->view(),
                                            domain::NoteContractPayment{state, id});
}

// Nothing is wrong with this bill any more; if with no other of the contract, there is access
// again.
Followed end_trouble(Work& work, const BillId& id, const domain::Bill& bill) {
    if (!bill.contract_id) return std::nullopt;
    if (auto fault = note_payment(work, id, bill, domain::PaymentState::ok)) return fault;
    const auto& contract = work.load<ContractDecider>(bill.contract_id->view()).state;
    if (is_past_grace(work, contract)) return std::nullopt;
    auto fault = reinstate_rights(work, *bill.contract_id, domain::SuspensionCause::payment);
    if (fault || contract.status != domain::ContractStatus::paused) return fault;
    return suspend_rights(work, *bill.contract_id, domain::SuspensionCause::pause,
                          "its contract is paused");
}

// Of a bill whose payment was reversed the rights were revoked: the money is there again.
Followed restore_rights(Work& work, const domain::Bill& bill) {
    const auto& contract = work.load<ContractDecider>(bill.contract_id->view()).state;
    if (!bill.is_reopened || contract.status != domain::ContractStatus::active) {
        return std::nullopt;
    }
    const auto start = contract.current_period_start.value_or(*contract.start_at);
    const auto& end = contract.current_period_end;
    const bool is_of_this_period = !bill.items.empty() &&
                                   bill.items.front().period_start == start &&
                                   (!end || *end > work.now());
    if (!is_of_this_period) return std::nullopt;
    domain::RestoreContractRights wish{live_entitlement_ids(work, contract)};
    if (wish.entitlement_ids == contract.entitlement_ids) return std::nullopt;
    return decide_if_legal<ContractDecider>(work, bill.contract_id->view(), std::move(wish));
}

Followed grant_lines(Work& work, const BillId& id, const domain::Bill& bill) {
    for (std::size_t i = 0; i < bill.entitlement_ids.size(); ++i) {
        const domain::BillLine& line = bill.items[i];
        domain::GrantEntitlement wish;
        wish.user_id = bill.user_id;
        wish.sku = line.sku;
        wish.starts_at = line.period_start.value_or(work.now());
        wish.ends_at = line.period_end;
        wish.source.kind = domain::EntitlementSourceKind::purchase;
        wish.source.bill_id = id;
        if (auto fault = grant(work, bill.entitlement_ids[i], std::move(wish))) return fault;
    }
    return std::nullopt;
}

// The rights that the bill paid for, its own or its contract's. The bill of a change of items paid
// for a difference only: for want of it rights are suspended after the days of grace.
Followed revoke_rights(Work& work, const domain::Bill& bill, std::string_view reason) {
    if (bill.billing_reason == domain::BillingReason::contract_update) return std::nullopt;
    if (!bill.contract_id) return revoke(work, bill.entitlement_ids, reason);
    const auto& contract = work.load<ContractDecider>(bill.contract_id->view()).state;
    return revoke(work, contract.entitlement_ids, reason);
}

// Without its first bill a contract does not begin.
bool blocks_contract(Work& work, const domain::Bill& bill) {
    if (!bill.contract_id || bill.billing_reason != domain::BillingReason::contract_created) {
        return false;
    }
    const auto& contract = work.load<ContractDecider>(bill.contract_id->view()).state;
    return contract.status == domain::ContractStatus::pending;
}

Followed cancel_contract(Work& work, const domain::Bill& bill, std::string reason) {
    if (!blocks_contract(work, bill)) return std::nullopt;
    return decide_if_legal<ContractDecider>(
        work, bill.contract_id->view(),
        domain::CancelContract{.mode = domain::CancelMode::immediate,
                               .reason = std::move(reason),
                               .refund = domain::RefundMode::none,
                               .now = work.now()});
}

}  // namespace

bool is_past_grace(Work& work, const domain::Contract& contract) {
    return std::ranges::any_of(contract.troubles, [&](const domain::BillTrouble& trouble) {
        return bill_of(work, trouble.bill_id).is_past_grace;
    });
}

Followed on(Work& work, const BillId& id, const domain::BillIssued&) {
    for (const domain::UsedCredit& credit : bill_of(work, id).credits) {
        const auto answer = work.decide<domain::TransactionDecider>(
            credit.transaction_id.view(), domain::AdjustCredit{id, -credit.amount});
        if (!answer) return answer.error();
    }
    return std::nullopt;
}

Followed on(Work& work, const BillId& id, const domain::CreditRestored&) {
    for (const domain::UsedCredit& credit : bill_of(work, id).credits) {
        const auto answer = work.decide<domain::TransactionDecider>(
            credit.transaction_id.view(), domain::AdjustCredit{id, credit.amount});
        if (!answer) return answer.error();
        if (auto fault = withdraw_what_is_gone(work, credit.transaction_id)) return fault;
    }
    return std::nullopt;
}

Followed on(Work& work, const BillId& id, const domain::BillPaid&) {
    const domain::Bill& bill = bill_of(work, id);
    if (!bill.contract_id) return grant_lines(work, id, bill);
    if (auto fault = end_trouble(work, id, bill)) return fault;
    if (!blocks_contract(work, bill)) return restore_rights(work, bill);
    if (auto fault = activate_if_due(work, *bill.contract_id)) return fault;
    return decide_if_legal<ContractDecider>(work, bill.contract_id->view(),
                                            domain::NoteFirstBillPaid{});
}

Followed on(Work& work, const BillId& id, const domain::BillRetryScheduled&) {
    return note_payment(work, id, bill_of(work, id), domain::PaymentState::retrying);
}

Followed on(Work& work, const BillId& id, const domain::BillMarkedOverdue&) {
    return note_payment(work, id, bill_of(work, id), domain::PaymentState::overdue);
}

Followed on(Work& work, const BillId& id, const domain::BillGraceEnded&) {
    const domain::Bill& bill = bill_of(work, id);
    if (!bill.contract_id) return std::nullopt;
    return suspend_rights(work, *bill.contract_id, domain::SuspensionCause::payment,
                          "its bill is not paid");
}

Followed on(Work& work, const BillId& id, const domain::BillCanceled&) {
    const domain::Bill& bill = bill_of(work, id);
    if (auto fault = end_trouble(work, id, bill)) return fault;
    return cancel_contract(work, bill, "its first bill was canceled");
}

// Of a bill that was given up by hand the contract goes on; by the clock it does not.
Followed on(Work& work, const BillId& id, const domain::BillExpired& event) {
    const domain::Bill& bill = bill_of(work, id);
    const bool is_by_clock = event.reason == domain::ExpireReason::uncollectible &&
                             bill.write_off_at && *bill.write_off_at <= work.now();
    if (auto fault = is_by_clock ? std::nullopt : end_trouble(work, id, bill)) return fault;
    if (!bill.contract_id) return std::nullopt;
    const bool is_first = blocks_contract(work, bill);
    if (!is_first && !is_by_clock) return std::nullopt;
    const auto reason =
        is_first ? domain::ContractExpiry::first_bill_expired : domain::ContractExpiry::unpaid;
    return decide_if_legal<ContractDecider>(work, bill.contract_id->view(),
                                            domain::ExpireContract{reason, work.now()});
}

Followed on(Work& work, const BillId& id, const domain::BillReinstated&) {
    const domain::Bill& bill = bill_of(work, id);
    if (auto fault = note_payment(work, id, bill, domain::PaymentState::overdue)) return fault;
    if (!bill.contract_id || !bill.is_past_grace) return std::nullopt;
    return suspend_rights(work, *bill.contract_id, domain::SuspensionCause::payment,
                          "its bill is not paid");
}

Followed on(Work& work, const BillId& id, const domain::BillVoided&) {
    const domain::Bill& bill = bill_of(work, id);
    // One that was not paid yet gave no rights; its contract's are another bill's.
    if (bill.paid_at) {
        if (auto fault = revoke_rights(work, bill, "its bill was voided")) return fault;
    }
    if (auto fault = end_trouble(work, id, bill)) return fault;
    return cancel_contract(work, bill, "its first bill was voided");
}

Followed on(Work& work, const BillId& id, const domain::BillReopened&) {
    const domain::Bill& bill = bill_of(work, id);
    if (auto fault = note_payment(work, id, bill, domain::PaymentState::overdue)) return fault;
    return revoke_rights(work, bill, "its payment was reversed");
}

Followed on(Work& work, const BillId& id, const domain::BillRefundRecorded&) {
    const domain::Bill& bill = bill_of(work, id);
    if (bill.amount_refunded < bill.amount_paid) return std::nullopt;
    return revoke_rights(work, bill, "its bill was refunded");
}

}  // namespace commands
