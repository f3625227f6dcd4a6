#include "tests/commands/ledger.hpp"

#include <algorithm>
#include <set>

namespace commands::tests {

using namespace domain;

std::string Ledger::take(const std::vector<journal::RecordedEvent>& entry) {
    for (const auto& recorded : entry) {
        const Subject& subject = recorded.subject;
        auto& fold = folds_.try_emplace(subject, absent_aggregate(subject)).first->second;
        if (version_of(fold) + 1 != recorded.sequence) return "a stream has a gap";
        if (recorded.sequence == 1) made_[subject.kind].push_back(subject.id);
        advance(fold, recorded.event, recorded.occurred_at);
        auto wrong = std::visit([&](const auto& event) { return take_one(subject.id, event); },
                                recorded.event);
        if (!wrong.empty()) return to_text(subject) + ": " + wrong;
    }
    return "";
}

std::string Ledger::take_one(const std::string& id, const BillEvent& event) {
    BillSum& sum = bills_[id];
    if (const auto* issued = std::get_if<BillIssued>(&event)) {
        if (issued->number_value != ++numbers_[issued->vendor_id.text]) {
            return "I8: its number is not the vendor's next";
        }
        sum.issued = std::get<AggregateOf<BillDecider>>(folds_.at({Kind::bills, id})).state;
    } else if (const auto* applied = std::get_if<BillPaymentApplied>(&event)) {
        sum.applied += applied->amount;
        sum.paid_by[applied->transaction_id.text] += applied->amount;
    } else if (const auto* reversed = std::get_if<BillPaymentReversed>(&event)) {
        sum.reversed += reversed->amount;
        sum.paid_by[reversed->transaction_id.text] -= reversed->amount;
    } else if (const auto* refund = std::get_if<BillRefundRecorded>(&event)) {
        sum.refunded += refund->amount;
        if (!refund->transaction_id) {
            sum.noted += refund->amount;
            return "";
        }
        const auto& parent = money_[refund->transaction_id->text].head.parent_transaction_id;
        if (parent) money_[parent->text].refunded += refund->amount;
    }
    return "";
}

std::string Ledger::take_one(const std::string& id, const TransactionEvent& event) {
    MoneySum& sum = money_[id];
    if (const auto* initiated = std::get_if<TransactionInitiated>(&event)) {
        sum.head = *initiated;
    } else if (std::holds_alternative<TransactionSucceeded>(event)) {
        succeed(id);
    } else if (const auto* left = std::get_if<UnallocatedPaymentRecorded>(&event)) {
        sum.unallocated += left->amount;
    } else if (const auto* adjusted = std::get_if<CustomerCreditAdjusted>(&event)) {
        sum.unallocated += adjusted->amount;
        if (adjusted->amount < 0) sum.credit -= adjusted->amount;
    } else if (const auto* withdrawn = std::get_if<CustomerCreditWithdrawn>(&event)) {
        sum.unallocated -= withdrawn->amount;
        sum.withdrawn += withdrawn->amount;
    }
    return sum.unallocated < 0 ? "its credit is less than nothing" : "";
}

void Ledger::succeed(const std::string& id) {
    MoneySum& sum = money_[id];
    sum.has_succeeded = true;
    if (!sum.head.parent_transaction_id) return;
    MoneySum& parent = money_[sum.head.parent_transaction_id->text];
    using enum TransactionType;
    if (sum.head.type == capture) parent.captured += sum.head.amount;
    const bool is_gone = sum.head.type == refund || sum.head.type == chargeback;
    if (is_gone) parent.gone += sum.head.amount;
}

std::string Ledger::judge(Books& books) const {
    for (const auto& [subject, fold] : folds_) {
        if (*books.load({}, subject) != fold) return to_text(subject) + ": I10: not its fold";
        std::string wrong;
        if (const auto* bill = std::get_if<AggregateOf<BillDecider>>(&fold)) {
            wrong = judge(subject.id, bill->state);
        } else if (const auto* of = std::get_if<AggregateOf<TransactionDecider>>(&fold)) {
            wrong = judge(subject.id, of->state);
        }
        if (!wrong.empty()) return to_text(subject) + ": " + wrong;
    }
    for (const auto& [id, money] : money_) {
        if (auto wrong = judge_money(id, money); !wrong.empty()) return id + ": " + wrong;
    }
    if (auto wrong = judge_periods(books); !wrong.empty()) return wrong;
    return judge_payments(books);
}

std::string Ledger::judge(const std::string& id, const Bill& bill) const {
    const BillSum& sum = bills_.at(id);
    Minor to_pay = 0;
    for (const BillLine& line : bill.items) to_pay += total_of(line, bill.tax_behavior);
    if (bill.total != to_pay || bill.total < 0) return "I2: the total is not what the lines say";
    const bool adds_up = bill.amount_due == bill.total - bill.credit_applied &&
                         bill.amount_remaining == bill.amount_due - bill.amount_paid &&
                         bill.amount_remaining >= 0;
    if (!adds_up) return "I4: what is due, or what remains, does not add up";
    if (bill.amount_paid != sum.applied - sum.reversed) return "I9: amountPaid is not what came";
    if (bill.amount_refunded != sum.refunded) return "amountRefunded is not what went back";
    if (sum.refunded > bill.amount_paid) return "more went back than was paid";
    const bool is_paid = bill.status == BillStatus::paid;
    const bool is_at_stake = is_paid || open_bill.contains(bill.status);
    if (is_at_stake && is_paid != (bill.amount_remaining == 0)) return "I5: paid, but not in full";
    const bool is_same = !sum.issued || *sum.issued == static_cast<const BillContent&>(bill);
    return is_same ? "" : "I6: what was issued has changed";
}

// Money is nowhere twice: on bills, in the customer's credit, or gone back.
std::string Ledger::judge(const std::string& id, const Transaction& transaction) const {
    const MoneySum& sum = money_.at(id);
    if (transaction.unallocated_amount != sum.unallocated) return "its credit does not add up";
    Minor allocated = 0;
    for (const Allocation& one : transaction.allocations) allocated += one.amount;
    const bool brings =
        brings_money(transaction.type) || transaction.type == TransactionType::credit;
    const bool has_money = brings && sum.has_succeeded;
    const Minor whole = has_money ? transaction.amount : 0;
    const bool adds_up = allocated + sum.unallocated + sum.withdrawn == whole;
    return adds_up ? "" : "allocations, credit and what went back are not its amount";
}

std::string Ledger::judge_money(const std::string& id, const MoneySum& money) const {
    if (money.gone > money.head.amount) return "more of it went back than it was";
    if (money.captured > money.head.amount) return "more of it was captured than authorized";
    Minor on_bills = 0;
    for (const auto& [bill, sum] : bills_) {
        const auto paid = sum.paid_by.find(id);
        if (paid == sum.paid_by.end()) continue;
        if (paid->second < 0) return "more of it was reversed than it paid";
        on_bills += std::max<Minor>(0, paid->second - sum.noted);
    }
    const bool has_money = money.has_succeeded && money.head.type != TransactionType::authorize;
    const Minor there = has_money ? money.head.amount - money.gone : 0;
    // What bills used of it as credit cannot be taken from them, nor from what they give back.
    const bool is_covered = on_bills - money.refunded + money.unallocated <= there + money.credit;
    return is_covered ? "" : "bills and credit have money of it that went back";
}

std::string Ledger::judge_periods(Books& books) const {
    std::set<std::string> periods;
    for (const Bill& bill : books.all<BillDecider>()) {
        if (!bill.contract_id || !is_live(bill)) continue;
        for (const BillLine& line : bill.items) {
            if (!line.period_start) continue;
            const auto key =
                period_claim(*bill.contract_id, *line.period_start, bill.billing_reason);
            if (!periods.insert(key).second) return "I7: billed twice: " + key;
            break;
        }
    }
    return "";
}

// Of a contract that has not ended, what its open bills say of its payments.
std::string Ledger::judge_payments(Books& books) const {
    std::map<std::string, PaymentState> worst;
    std::set<std::string> past_grace;
    for (const Bill& bill : books.all<BillDecider>()) {
        if (!bill.contract_id || !open_bill.contains(bill.status)) continue;
        auto& state = worst[bill.contract_id->text];
        if (bill.status == BillStatus::overdue) state = PaymentState::overdue;
        if (bill.status == BillStatus::retrying) state = std::max(state, PaymentState::retrying);
        if (bill.is_past_grace) past_grace.insert(bill.contract_id->text);
    }
    for (const auto& [subject, fold] : folds_) {
        const auto* contract = std::get_if<AggregateOf<ContractDecider>>(&fold);
        if (contract == nullptr) continue;
        using enum ContractStatus;
        const bool runs = contract->state.status == active || contract->state.status == paused;
        if (runs && contract->state.payment_state != worst[subject.id]) {
            return to_text(subject) + ": paymentState is not what its bills say";
        }
    }
    return judge_rights(books, past_grace);
}

// Rights follow their contract, as far as nobody meddled with them by hand.
std::string Ledger::judge_rights(Books& books, const std::set<std::string>& past_grace) const {
    for (const auto& [subject, fold] : folds_) {
        const auto* right = std::get_if<AggregateOf<EntitlementDecider>>(&fold);
        if (right == nullptr || !right->state.source.contract_id) continue;
        const auto& id = right->state.source.contract_id->text;
        const auto contract = books.state<ContractDecider>(id).status;
        const auto status = right->state.status;
        using enum ContractStatus;
        const bool has_ended = contract == canceled || contract == expired;
        const auto end = valid_until(right->state);
        const bool gives_access = status == EntitlementStatus::active && (!end || *end > books.now);
        if (gives_access && (has_ended || contract == paused)) {
            return to_text(subject) + " gives access, and its contract does not run";
        }
        const bool is_unpaid = past_grace.contains(id);
        if (gives_access && is_unpaid) return to_text(subject) + " gives access unpaid";
        const bool is_needless =
            status == EntitlementStatus::suspended && !is_unpaid && contract == active;
        if (is_needless) return to_text(subject) + " is suspended for nothing";
    }
    return "";
}

}  // namespace commands::tests
