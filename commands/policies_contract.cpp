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

// The first bill: the first period, or the trial, which is free.
domain::CreateBill first_bill_of(const domain::Contract& contract, const ContractId& id) {
    const bool is_trial = contract.trial_end && contract.trial_end == contract.current_period_end;
    domain::CreateBill wish;
    wish.contract_id = id;
    wish.user_id = contract.payer_id;
    wish.vendor_id = contract.vendor_id;
    wish.currency = contract.currency;
    wish.billing_reason = domain::BillingReason::contract_created;
    wish.collection_method = contract.collection_method;
    if (contract.payment_data) wish.payment_method = contract.payment_data->method;
    for (const domain::ContractItem& item : contract.items) {
        domain::BillLineWish line;
        line.sku = item.sku;
        line.title = item.name;
        line.purchase_option_id = item.purchase_option_id;
        line.quantity = item.quantity;
        line.unit_amount = is_trial ? 0 : item.unit_amount;
        line.tax_rate = item.tax_rate;
        line.period_start = contract.current_period_start.value_or(*contract.start_at);
        line.period_end = contract.current_period_end;
        wish.items.push_back(std::move(line));
    }
    if (!is_trial) {
        for (const auto& discount : contract.applied_discounts) {
            wish.discount_amount += discount.amount;
        }
    }
    return wish;
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

}  // namespace

Followed on(Work& work, const ContractId& id, const domain::ContractConfirmed&) {
    const Target bill{{domain::Kind::bills, work.new_id()}, std::nullopt};
    auto answer = handle(work, bill, first_bill_of(contract_of(work, id), id));
    if (answer) answer = handle(work, bill, domain::IssueBill{});
    if (!answer) return answer.error();
    // A free first bill is paid by now, and the contract has begun.
    return has_invoice_terms(contract_of(work, id)) ? activate_if_due(work, id) : std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractActivated&) {
    const domain::Contract& contract = contract_of(work, id);
    const auto bill = first_bill(work, id);
    for (std::size_t i = 0; i < contract.entitlement_ids.size(); ++i) {
        domain::GrantEntitlement wish;
        wish.user_id = contract.user_id;
        wish.sku = contract.items[i].sku;
        wish.starts_at = contract.start_at;
        wish.ends_at = contract.current_period_end;
        wish.source.kind = domain::EntitlementSourceKind::contract;
        wish.source.contract_id = id;
        wish.source.bill_id = bill;
        if (auto fault = grant(work, contract.entitlement_ids[i], std::move(wish))) return fault;
    }
    return std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractCanceled&) {
    const domain::Contract& contract = contract_of(work, id);
    if (auto fault = cancel_first_bill(work, id, "its contract was canceled")) return fault;
    return revoke(work, contract.entitlement_ids, "its contract was canceled");
}

Followed on(Work& work, const ContractId& id, const domain::ContractExpired&) {
    return revoke(work, contract_of(work, id).entitlement_ids, "its contract has expired");
}

}  // namespace commands
