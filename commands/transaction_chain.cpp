// What follows a transaction that succeeded, and what its unallocated money pays.
#include <algorithm>
#include <utility>

#include "commands/bill.hpp"
#include "commands/checks.hpp"
#include "commands/transaction.hpp"
#include "domain/bill.hpp"

namespace commands {
namespace {

using domain::Transaction;
using domain::TransactionDecider;
using domain::TransactionType;

domain::RecordTransaction child_of(const Transaction& parent, const domain::FollowUp& wish,
                                   TransactionType type) {
    domain::RecordTransaction child;
    child.type = type;
    child.status = wish.status.value_or(domain::TransactionStatus::pending);
    child.failure_code = wish.failure_code;
    child.failure_message = wish.failure_message;
    child.retryable = wish.retryable;
    child.processed_at = wish.processed_at;
    child.currency = parent.currency;
    child.user_id = parent.user_id;
    child.vendor_id = parent.vendor_id;
    child.bill_id = parent.bill_id;
    if (!child.bill_id && parent.allocations.size() == 1) {
        child.bill_id = parent.allocations.front().bill_id;
    }
    child.contract_id = parent.contract_id;
    child.parent_payment_id = parent.payment_id;
    child.provider = parent.provider;
    child.provider_reference = wish.provider_reference.value_or(own_reference(wish.self.view()));
    child.payment_method = parent.payment_method;
    child.self = wish.self;
    return child;
}

template <class Wish>
Answer follow(Work& work, const Target& target, Wish wish, TransactionType type,
              const std::optional<domain::BillId>& bill_id = {}) {
    wish.self = domain::TransactionId{work.new_id()};
    const Transaction& parent = work.load<TransactionDecider>(target.id()).state;
    if (parent.status != domain::TransactionStatus::absent) {
        const auto notice = child_of(parent, wish, type);
        const auto known = work.claimed_by(domain::reference_claim(notice));
        if (known) return record_again(work, *known, notice);
    }
    const auto answer = work.decide<TransactionDecider>(target.id(), wish);
    if (!answer) return answer;
    domain::RecordTransaction child = child_of(parent, wish, type);
    child.amount = parent.children.back().amount;
    child.parent_transaction_id = domain::TransactionId{std::string(target.id())};
    if (bill_id) child.bill_id = bill_id;
    child.now = work.now();
    return work.decide<TransactionDecider>(wish.self.view(), std::move(child));
}

// What is wrong with paying this bill with the customer's credit.
void check_allocation(Checks& checks, const Transaction& transaction, const domain::Bill& bill,
                      const domain::CreditAllocation& wish, const std::string& pointer) {
    const bool is_same_customer =
        bill.user_id == transaction.user_id && bill.vendor_id == transaction.vendor_id;
    if (!is_same_customer || bill.currency != transaction.currency) {
        checks.add(pointer + "/billId", "bill_of_another_customer",
                   "must be a bill of the same user and vendor, in the same currency");
    } else if (*wish.amount > bill.amount_remaining) {
        checks.add(pointer + "/amount", "allocation_exceeds_bill",
                   "must not be more than what remains to be paid");
    }
}

domain::ApplyPayment payment_of(const Transaction& transaction, const domain::TransactionId& id,
                                domain::Minor amount) {
    domain::ApplyPayment payment;
    payment.transaction_id = id;
    payment.amount = amount;
    payment.currency = transaction.currency;
    payment.payment_provider = transaction.provider;
    if (transaction.payment_method) payment.payment_method = transaction.payment_method->type;
    payment.receipt_url = transaction.receipt_url;
    return payment;
}

}  // namespace

Answer handle(Work& work, const Target& target, domain::CaptureTransaction wish) {
    return follow(work, target, std::move(wish), TransactionType::capture);
}

Answer handle(Work& work, const Target& target, domain::VoidTransaction wish) {
    return follow(work, target, std::move(wish), TransactionType::void_authorization);
}

Answer handle(Work& work, const Target& target, domain::RefundTransaction wish) {
    const auto bill_id = wish.bill_id;
    const bool is_there = work.find<TransactionDecider>(target.id()) != nullptr;
    if (is_there && bill_id && work.find<domain::BillDecider>(bill_id->view()) == nullptr) {
        return no_such("/billId", "bill");
    }
    return follow(work, target, std::move(wish), TransactionType::refund, bill_id);
}

Answer handle(Work& work, const Target& target, domain::OpenChargeback wish) {
    return follow(work, target, std::move(wish), TransactionType::chargeback);
}

Answer handle(Work& work, const Target& target, domain::AllocateCredit wish) {
    const auto* transaction = work.find<TransactionDecider>(target.id());
    if (transaction == nullptr) return work.decide<TransactionDecider>(target.id(), wish);
    Checks checks;
    domain::Minor left = transaction->state.unallocated_amount;
    for (std::size_t i = 0; i < wish.allocations.size(); ++i) {
        auto& one = wish.allocations[i];
        const std::string pointer = "/allocations/" + std::to_string(i);
        const auto* bill = checks.existing<domain::BillDecider>(work, one.bill_id.view(),
                                                                pointer + "/billId", "bill");
        if (bill == nullptr) continue;
        if (!one.amount) one.amount = std::min(left, bill->state.amount_remaining);
        left -= std::min(left, *one.amount);
        check_allocation(checks, transaction->state, bill->state, one, pointer);
    }
    if (checks.failed()) return checks.failure();
    auto answer = work.decide<TransactionDecider>(target.id(), wish);
    for (const auto& one : wish.allocations) {
        if (!answer) return answer;
        const domain::Bill& bill = work.load<domain::BillDecider>(one.bill_id.view()).state;
        auto payment = payment_of(transaction->state,
                                  domain::TransactionId{std::string(target.id())}, *one.amount);
        payment.entitlement_ids = new_entitlement_ids(work, bill);
        payment.now = work.now();
        const auto paid = work.decide<domain::BillDecider>(one.bill_id.view(), std::move(payment));
        if (!paid) return paid;
    }
    return answer;
}

Answer handle(Work& work, const Target& target, domain::PollTransaction wish) {
    wish.now = work.now();
    return work.decide<TransactionDecider>(target.id(), wish);
}

}  // namespace commands
