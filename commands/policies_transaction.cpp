#include <algorithm>
#include <utility>

#include "commands/naming.hpp"
#include "commands/policies.hpp"

namespace commands {
namespace {

using domain::BillDecider;
using domain::Transaction;
using domain::TransactionDecider;
using domain::TransactionId;

const Transaction& transaction_of(Work& work, const TransactionId& id) {
    return work.load<TransactionDecider>(id.view()).state;
}

// Null if the transaction is about no bill.
const domain::Bill* bill_of(Work& work, const Transaction& transaction) {
    if (!transaction.bill_id) return nullptr;
    const auto* bill = work.find<BillDecider>(transaction.bill_id->view());
    return bill == nullptr ? nullptr : &bill->state;
}

// What the bill takes; the rest of the money, maybe all of it, becomes customer credit.
Followed pay(Work& work, const TransactionId& id, const Transaction& transaction) {
    const domain::Bill* bill = bill_of(work, transaction);
    domain::AllocateTransaction allocation{transaction.bill_id, 0};
    if (bill != nullptr && domain::open_bill.contains(bill->status)) {
        domain::ApplyPayment wish;
        wish.transaction_id = id;
        wish.amount = transaction.amount;
        wish.currency = transaction.currency;
        wish.payment_provider = transaction.provider;
        if (transaction.payment_method) wish.payment_method = transaction.payment_method->type;
        wish.receipt_url = transaction.receipt_url;
        if (!bill->contract_id) {
            for (std::size_t i = 0; i < bill->items.size(); ++i) {
                wish.entitlement_ids.push_back({work.new_id()});
            }
        }
        wish.now = work.now();
        allocation.amount = std::min(transaction.amount, bill->amount_remaining);
        const auto answer = work.decide<BillDecider>(transaction.bill_id->view(), std::move(wish));
        if (!answer) return answer.error();
    } else if (bill != nullptr) {
        const std::string_view bill_id = transaction.bill_id->view();
        auto fault = decide_if_legal<BillDecider>(work, bill_id, domain::ReleasePayment{id});
        if (fault) return fault;
    }
    const auto answer = work.decide<TransactionDecider>(id.view(), std::move(allocation));
    return answer ? std::nullopt : Followed(answer.error());
}

Followed record_refund(Work& work, const TransactionId& id, const Transaction& transaction) {
    const domain::Bill* bill = bill_of(work, transaction);
    if (bill == nullptr) return std::nullopt;
    const domain::Minor refundable = bill->amount_paid - bill->amount_refunded;
    const domain::Minor amount = std::min(transaction.amount, refundable);
    // The rest, or all of it, is a refund of customer credit.
    if (amount == 0) return std::nullopt;
    return decide_if_legal<BillDecider>(work, transaction.bill_id->view(),
                                        domain::RecordRefund{amount, id});
}

// A transaction that came to nothing counts no longer against its parent.
Followed release_parent(Work& work, const TransactionId& id, const Transaction& transaction) {
    if (!transaction.parent_transaction_id) return std::nullopt;
    return decide_if_legal<TransactionDecider>(work, transaction.parent_transaction_id->view(),
                                               domain::ReleaseChain{id});
}

Followed release_bill(Work& work, const TransactionId& id, const Transaction& transaction) {
    if (!transaction.bill_id) return std::nullopt;
    return decide_if_legal<BillDecider>(work, transaction.bill_id->view(),
                                        domain::ReleasePayment{id});
}

}  // namespace

Followed on(Work& work, const TransactionId& id, const domain::TransactionInitiated&) {
    const Transaction& transaction = transaction_of(work, id);
    const bool is_open =
        domain::is_legal<TransactionDecider>(transaction.status, "ResolveTransaction");
    if (!is_open || !brings_money(transaction.type) || !transaction.bill_id) return std::nullopt;
    return decide_if_legal<BillDecider>(work, transaction.bill_id->view(),
                                        domain::StartPayment{id});
}

Followed on(Work& work, const TransactionId& id, const domain::TransactionSucceeded&) {
    const Transaction& transaction = transaction_of(work, id);
    if (brings_money(transaction.type)) return pay(work, id, transaction);
    if (transaction.type == domain::TransactionType::refund) {
        return record_refund(work, id, transaction);
    }
    return std::nullopt;
}

Followed on(Work& work, const TransactionId& id, const domain::TransactionFailed& event) {
    const Transaction& transaction = transaction_of(work, id);
    if (auto fault = release_parent(work, id, transaction)) return fault;
    const domain::Bill* bill = bill_of(work, transaction);
    if (bill == nullptr || !brings_money(transaction.type)) return std::nullopt;
    if (!domain::open_bill.contains(bill->status)) return release_bill(work, id, transaction);
    return decide_if_legal<BillDecider>(
        work, transaction.bill_id->view(),
        domain::FailPayment{id, event.failure_code, event.retryable, work.now()});
}

Followed on(Work& work, const TransactionId& id, const domain::TransactionCanceled&) {
    const Transaction& transaction = transaction_of(work, id);
    if (auto fault = release_parent(work, id, transaction)) return fault;
    return release_bill(work, id, transaction);
}

}  // namespace commands
