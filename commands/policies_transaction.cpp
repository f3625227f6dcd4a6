#include <algorithm>
#include <utility>

#include "commands/naming.hpp"
#include "commands/policies.hpp"
#include "commands/transaction.hpp"

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

// Says what becomes of the money; what no bill takes is the customer's credit.
Followed allocate(Work& work, const TransactionId& id, const Transaction& transaction,
                  domain::AllocateTransaction allocation) {
    if (allocation.amount < transaction.amount) {
        allocation.credit_number = work.next_number(domain::credit_series(
            *transaction.vendor_id, transaction.user_id, transaction.currency));
    }
    const auto answer = work.decide<TransactionDecider>(id.view(), std::move(allocation));
    return answer ? std::nullopt : Followed(answer.error());
}

// What the bill takes; the rest of the money, maybe all of it, becomes customer credit.
Followed pay(Work& work, const TransactionId& id, const Transaction& transaction) {
    const domain::Bill* bill = bill_of(work, transaction);
    domain::AllocateTransaction allocation{transaction.bill_id, 0, 0};
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
    return allocate(work, id, transaction, std::move(allocation));
}

// Of money that went back and had paid no bill.
Followed withdraw_credit(Work& work, const TransactionId& id, const Transaction& transaction,
                         domain::Minor amount) {
    if (amount <= 0 || !transaction.parent_transaction_id) return std::nullopt;
    return decide_if_legal<TransactionDecider>(work, transaction.parent_transaction_id->view(),
                                               domain::WithdrawCredit{id, amount});
}

// What went back of the money, and the last transaction that took some.
struct Gone {
    domain::Minor amount = 0;
    TransactionId by;
};

Gone gone_of(Work& work, const Transaction& payment) {
    using enum domain::TransactionType;
    Gone gone;
    const auto has_succeeded = [&work](const domain::ChainLink& link) {
        return transaction_of(work, link.transaction_id).status ==
               domain::TransactionStatus::succeeded;
    };
    for (const domain::ChainLink& link : payment.children) {
        if ((link.type != refund && link.type != chargeback) || !has_succeeded(link)) continue;
        gone.amount += link.amount;
        gone.by = link.transaction_id;
        for (const auto& undone : transaction_of(work, link.transaction_id).children) {
            if (has_succeeded(undone)) gone.amount -= undone.amount;
        }
    }
    return gone;
}

// What bills have of the money, or used of it as credit: at the least, where a refund may have been
// of another payment.
domain::Minor held_by_bills(Work& work, const TransactionId& id, const Transaction& payment) {
    domain::Minor held = 0;
    for (const domain::Allocation& one : payment.allocations) {
        const domain::Bill& bill = work.load<BillDecider>(one.bill_id.view()).state;
        const auto paid =
            std::ranges::find(bill.payments, id, &domain::BillPayment::transaction_id);
        const auto used = std::ranges::find(bill.credits, id, &domain::UsedCredit::transaction_id);
        if (paid != bill.payments.end()) {
            held += std::max<domain::Minor>(paid->amount - bill.amount_refunded, 0);
        }
        if (used != bill.credits.end()) held += std::min(used->amount, one.amount);
    }
    return held;
}

// What the bill still has of the money that this transaction brought.
domain::Minor part_of(const domain::Bill& bill, const TransactionId& paid_by) {
    const auto payment =
        std::ranges::find(bill.payments, paid_by, &domain::BillPayment::transaction_id);
    if (payment == bill.payments.end()) return 0;
    return std::min(payment->amount, bill.amount_paid - bill.amount_refunded);
}

// Takes from the bill what it has of money that went back, and from `left`. A bill that is paid
// stays so, and says what was refunded; one that is not has to be paid again.
Followed take_refund(Work& work, const TransactionId& id, const TransactionId& paid_by,
                     const domain::BillId& bill_id, domain::Minor& left) {
    const domain::Bill& bill = work.load<BillDecider>(bill_id.view()).state;
    const domain::Minor part = std::min(left, part_of(bill, paid_by));
    if (part <= 0) return std::nullopt;
    left -= part;
    if (bill.status == domain::BillStatus::paid) {
        return decide_if_legal<BillDecider>(work, bill_id.view(), domain::RecordRefund{part, id});
    }
    return decide_if_legal<BillDecider>(work, bill_id.view(),
                                        domain::ReverseSettlement{paid_by, part, work.now()});
}

// Of the bill that it is for, then of customer credit, then of what else the money has paid.
Followed record_refund(Work& work, const TransactionId& id, const Transaction& refund) {
    const TransactionId& paid_by = *refund.parent_transaction_id;
    const Transaction& payment = transaction_of(work, paid_by);
    domain::Minor left = refund.amount;
    if (refund.bill_id && work.find<BillDecider>(refund.bill_id->view()) != nullptr) {
        if (auto fault = take_refund(work, id, paid_by, *refund.bill_id, left)) return fault;
    }
    const domain::Minor credit = std::min(left, payment.unallocated_amount);
    left -= credit;
    if (auto fault = withdraw_credit(work, id, refund, credit)) return fault;
    const auto allocations = payment.allocations;
    for (const domain::Allocation& one : allocations) {
        if (auto fault = take_refund(work, id, paid_by, one.bill_id, left)) return fault;
    }
    return std::nullopt;
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

// What of a transaction's money is not given back, nor asked back, yet.
domain::Minor refundable(const Transaction& transaction) {
    domain::Minor left = transaction.amount;
    for (const domain::ChainLink& child : transaction.children) left -= child.amount;
    return left;
}

Followed ask_refund_of(Work& work, const domain::BillId& bill, const TransactionId& paid_by,
                       domain::Minor amount) {
    const Transaction& parent = transaction_of(work, paid_by);
    const std::string id = work.new_id();
    domain::RecordTransaction wish;
    wish.type = domain::TransactionType::refund;
    wish.status = domain::TransactionStatus::pending;
    wish.amount = amount;
    wish.currency = parent.currency;
    wish.user_id = parent.user_id;
    wish.bill_id = bill;
    wish.parent_transaction_id = paid_by;
    wish.provider = parent.provider;
    wish.provider_reference = own_reference(id);
    const Target target{{domain::Kind::transactions, id}, std::nullopt};
    const auto answer = handle(work, target, std::move(wish));
    return answer ? std::nullopt : Followed(answer.error());
}

}  // namespace

Followed ask_refund(Work& work, const domain::BillId& id, domain::Minor amount) {
    const auto payments = work.load<BillDecider>(id.view()).state.payments;
    for (const domain::BillPayment& payment : payments) {
        const auto part = std::min(
            {amount, payment.amount, refundable(transaction_of(work, payment.transaction_id))});
        if (part <= 0) continue;
        amount -= part;
        if (auto fault = ask_refund_of(work, id, payment.transaction_id, part)) return fault;
    }
    return std::nullopt;
}

Followed on(Work& work, const TransactionId& id, const domain::ChargebackLost&) {
    const Transaction& chargeback = transaction_of(work, id);
    const TransactionId& paid_by = *chargeback.parent_transaction_id;
    domain::Minor left = chargeback.amount;
    const auto allocations = transaction_of(work, paid_by).allocations;
    for (const domain::Allocation& allocation : allocations) {
        const domain::Bill& bill = work.load<BillDecider>(allocation.bill_id.view()).state;
        const auto part = std::min(left, part_of(bill, paid_by));
        if (part <= 0) continue;
        left -= part;
        auto fault = decide_if_legal<BillDecider>(
            work, allocation.bill_id.view(), domain::ReverseSettlement{paid_by, part, work.now()});
        if (fault) return fault;
    }
    return withdraw_credit(work, id, chargeback, left);
}

Followed withdraw_what_is_gone(Work& work, const TransactionId& id) {
    const Transaction& payment = transaction_of(work, id);
    const Gone gone = gone_of(work, payment);
    const domain::Minor left = payment.amount - gone.amount;
    const domain::Minor excess =
        held_by_bills(work, id, payment) + payment.unallocated_amount - left;
    if (gone.amount <= 0 || excess <= 0) return std::nullopt;
    return decide_if_legal<TransactionDecider>(work, id.view(),
                                               domain::WithdrawCredit{gone.by, excess});
}

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
    if (transaction.type == domain::TransactionType::credit) {
        return allocate(work, id, transaction, {std::nullopt, 0, 0});
    }
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
    // A chargeback that is not given up takes no attempt away: nobody was charged.
    const bool is_attempt = transaction.type != domain::TransactionType::chargeback_reversal;
    if (!is_attempt || !domain::open_bill.contains(bill->status)) {
        return release_bill(work, id, transaction);
    }
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
