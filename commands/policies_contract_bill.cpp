// What a contract is billed for, and what is paid back of it.
#include <algorithm>
#include <utility>

#include "commands/bill.hpp"
#include "commands/contract.hpp"
#include "commands/policies.hpp"
#include "commands/transaction.hpp"

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

// A bill of the contract, without lines yet.
domain::CreateBill bill_of(const domain::Contract& contract, const ContractId& id,
                           domain::BillingReason reason) {
    domain::CreateBill wish;
    wish.contract_id = id;
    wish.user_id = contract.payer_id;
    wish.vendor_id = contract.vendor_id;
    wish.currency = contract.currency;
    wish.billing_reason = reason;
    wish.collection_method = contract.collection_method;
    if (contract.payment_data) wish.payment_method = contract.payment_data->method;
    return wish;
}

// The bill of the period that runs.
domain::CreateBill period_bill(Work& work, const ContractId& id, domain::BillingReason reason) {
    const domain::Contract& contract = contract_of(work, id);
    domain::CreateBill wish = bill_of(contract, id, reason);
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

Followed issue(Work& work, const std::string& id, domain::CreateBill wish) {
    const Target bill{{domain::Kind::bills, id}, std::nullopt};
    auto answer = handle(work, bill, std::move(wish));
    if (answer) answer = handle(work, bill, domain::IssueBill{});
    return answer ? std::nullopt : Followed(answer.error());
}

// What a bill that is carried to the customer's credit leaves there.
Followed give_credit(Work& work, const ContractId& id, const domain::BillId& bill,
                     domain::Minor amount) {
    const domain::Contract& contract = contract_of(work, id);
    domain::RecordTransaction wish;
    wish.type = domain::TransactionType::credit;
    wish.status = domain::TransactionStatus::succeeded;
    wish.amount = amount;
    wish.currency = contract.currency;
    wish.user_id = contract.payer_id;
    wish.vendor_id = contract.vendor_id;
    wish.contract_id = id;
    wish.provider = "daybook";
    wish.provider_reference = "credit-" + bill.text;
    const Target target{{domain::Kind::transactions, work.new_id()}, std::nullopt};
    const auto answer = handle(work, target, std::move(wish));
    return answer ? std::nullopt : Followed(answer.error());
}

// What of the line is for the time from `from` on: all of a line that has a start alone.
domain::Minor unused(const domain::Bill& bill, const domain::BillLine& line,
                     std::optional<domain::Timestamp> from) {
    if (!line.period_start) return 0;
    const domain::Minor total = total_of(line, bill.tax_behavior);
    if (!from) return total;
    if (!line.period_end) return 0;
    const domain::Period whole{*line.period_start, *line.period_end};
    return domain::prorate(total, {std::clamp(*from, whole.start, whole.end), whole.end}, whole);
}

// The same of a bill. Of one that is not paid in full, a share of what was paid.
domain::Wide unused(const domain::Bill& bill, std::optional<domain::Timestamp> from) {
    domain::Wide sum = 0;
    for (const domain::BillLine& line : bill.items) sum += unused(bill, line, from);
    if (bill.status == domain::BillStatus::paid) return sum;
    return bill.total == 0 ? 0 : domain::divide_half_away(sum * bill.amount_paid, bill.total);
}

}  // namespace

Followed issue_bill(Work& work, const ContractId& id, domain::BillingReason reason) {
    return issue(work, work.new_id(), period_bill(work, id, reason));
}

Followed bill_change(Work& work, const ContractId& id, const domain::ContractItemsChanged& event) {
    domain::CreateBill wish =
        bill_of(contract_of(work, id), id, domain::BillingReason::contract_update);
    wish.items = event.lines;
    if (auto fault = issue(work, event.bill_id->text, std::move(wish))) return fault;
    if (event.credit_amount == 0) return std::nullopt;
    return give_credit(work, id, *event.bill_id, event.credit_amount);
}

// An open bill, of which nothing was paid, is withdrawn if all would be paid back; of the others
// the sum of what is unused is paid back, the last bill's money first.
Followed pay_back(Work& work, const ContractId& id, domain::RefundMode mode) {
    if (mode == domain::RefundMode::none) return std::nullopt;
    const bool is_all = mode == domain::RefundMode::full;
    const auto from = is_all ? std::nullopt : std::optional(work.now());
    auto bills = period_bills(work, id);
    domain::Wide left = 0;
    for (const domain::BillId& bill_id : bills) {
        const domain::Bill& bill = work.load<domain::BillDecider>(bill_id.view()).state;
        if (bill.status == domain::BillStatus::paid || bill.amount_paid > 0) {
            left += unused(bill, from);
        } else if (is_all && domain::open_bill.contains(bill.status) && bill.in_flight.empty()) {
            const auto answer = work.decide<domain::BillDecider>(
                bill_id.view(), domain::CancelBill{"its contract was canceled"});
            if (!answer) return answer.error();
        }
    }
    std::ranges::reverse(bills);
    for (const domain::BillId& bill_id : bills) {
        const domain::Bill& bill = work.load<domain::BillDecider>(bill_id.view()).state;
        const domain::Wide part =
            std::min<domain::Wide>(left, bill.amount_paid - bill.amount_refunded);
        if (part <= 0) continue;
        left -= part;
        auto fault = ask_refund(work, bill_id, static_cast<domain::Minor>(part));
        if (fault) return fault;
    }
    return std::nullopt;
}

}  // namespace commands
