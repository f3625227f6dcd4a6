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

Followed note_payment(Work& work, const domain::Bill& bill, domain::PaymentState state) {
    if (!bill.contract_id) return std::nullopt;
    return decide_if_legal<ContractDecider>(work, bill.contract_id->view(),
                                            domain::NoteContractPayment{state});
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

// The rights that the bill paid for, its own or its contract's.
Followed revoke_rights(Work& work, const domain::Bill& bill, std::string_view reason) {
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
        domain::CancelContract{domain::CancelMode::immediate, std::move(reason), work.now()});
}

}  // namespace

Followed on(Work& work, const BillId& id, const domain::BillPaid&) {
    const domain::Bill& bill = bill_of(work, id);
    if (!bill.contract_id) return grant_lines(work, id, bill);
    if (auto fault = note_payment(work, bill, domain::PaymentState::ok)) return fault;
    if (!blocks_contract(work, bill)) return std::nullopt;
    return activate_if_due(work, *bill.contract_id);
}

Followed on(Work& work, const BillId& id, const domain::BillRetryScheduled&) {
    return note_payment(work, bill_of(work, id), domain::PaymentState::retrying);
}

Followed on(Work& work, const BillId& id, const domain::BillMarkedOverdue&) {
    return note_payment(work, bill_of(work, id), domain::PaymentState::overdue);
}

Followed on(Work& work, const BillId& id, const domain::BillCanceled&) {
    const domain::Bill& bill = bill_of(work, id);
    if (auto fault = note_payment(work, bill, domain::PaymentState::ok)) return fault;
    return cancel_contract(work, bill, "its first bill was canceled");
}

Followed on(Work& work, const BillId& id, const domain::BillExpired&) {
    const domain::Bill& bill = bill_of(work, id);
    if (!blocks_contract(work, bill)) return std::nullopt;
    return decide_if_legal<ContractDecider>(
        work, bill.contract_id->view(),
        domain::ExpireContract{domain::ContractExpiry::first_bill_expired, work.now()});
}

Followed on(Work& work, const BillId& id, const domain::BillVoided&) {
    const domain::Bill& bill = bill_of(work, id);
    if (auto fault = note_payment(work, bill, domain::PaymentState::ok)) return fault;
    // One that was not paid yet gave no rights; its contract's are another bill's.
    if (bill.paid_at) {
        if (auto fault = revoke_rights(work, bill, "its bill was voided")) return fault;
    }
    return cancel_contract(work, bill, "its first bill was voided");
}

Followed on(Work& work, const BillId& id, const domain::BillReopened&) {
    const domain::Bill& bill = bill_of(work, id);
    if (auto fault = note_payment(work, bill, domain::PaymentState::overdue)) return fault;
    return revoke_rights(work, bill, "its payment was reversed");
}

Followed on(Work& work, const BillId& id, const domain::BillRefundRecorded&) {
    const domain::Bill& bill = bill_of(work, id);
    if (bill.amount_refunded < bill.amount_paid) return std::nullopt;
    return revoke_rights(work, bill, "its bill was refunded");
}

}  // namespace commands
