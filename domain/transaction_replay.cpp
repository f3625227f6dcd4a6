// How a transaction takes in what happened to it.
#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

#include "domain/transaction.hpp"

namespace domain {

Minor allocated(const Transaction& transaction) {
    return std::accumulate(transaction.allocations.begin(), transaction.allocations.end(),
                           transaction.unallocated_amount + transaction.withdrawn_amount,
                           [](Minor sum, const Allocation& one) { return sum + one.amount; });
}

Wide used(const Transaction& parent) {
    Wide sum = 0;
    for (const ChainLink& link : parent.children) sum += link.amount;
    return sum;
}

namespace {

// Each replay takes in a fact. It refuses nothing: what happened, happened. An impossible history
// is a programmer's error, hence an assertion.

bool is_final(TransactionStatus status) {
    using enum TransactionStatus;
    constexpr StatusSet<TransactionStatus> final_statuses{succeeded, failed, canceled};
    return final_statuses.contains(status);
}

Transaction replay(Transaction transaction, const TransactionInitiated& event) {
    assert(transaction.status == TransactionStatus::absent);
    transaction.status = TransactionStatus::pending;
    static_cast<TransactionHead&>(transaction) = event;
    transaction.payment_id = event.payment_id;
    return transaction;
}

Transaction move_on(Transaction transaction, TransactionStatus status) {
    assert(!is_final(transaction.status));
    transaction.status = status;
    transaction.next_poll_at.reset();
    return transaction;
}

Transaction replay(Transaction transaction, const TransactionActionRequired&) {
    return move_on(std::move(transaction), TransactionStatus::requires_action);
}

Transaction replay(Transaction transaction, const TransactionSucceeded& event) {
    transaction.processed_at = event.processed_at;
    return move_on(std::move(transaction), TransactionStatus::succeeded);
}

Transaction replay(Transaction transaction, const TransactionFailed& event) {
    transaction.failure_code = event.failure_code;
    transaction.failure_message = event.failure_message;
    transaction.retryable = event.retryable;
    transaction.processed_at = event.processed_at;
    return move_on(std::move(transaction), TransactionStatus::failed);
}

Transaction replay(Transaction transaction, const TransactionCanceled& event) {
    transaction.processed_at = event.processed_at;
    return move_on(std::move(transaction), TransactionStatus::canceled);
}

Transaction replay(Transaction transaction, const TransactionOutcomeUnknown& event) {
    transaction = move_on(std::move(transaction), TransactionStatus::unknown);
    transaction.next_poll_at = event.next_poll_at;
    transaction.poll_count = 0;
    return transaction;
}

Transaction replay(Transaction transaction, const TransactionPollRequested& event) {
    assert(transaction.status == TransactionStatus::unknown);
    transaction.poll_count = event.poll;
    transaction.next_poll_at = event.next_poll_at;
    return transaction;
}

Transaction replay(Transaction transaction, const TransactionResolved&) {
    assert(transaction.status == TransactionStatus::unknown);
    return transaction;
}

Transaction replay(Transaction transaction, const TransactionAllocated& event) {
    assert(transaction.status == TransactionStatus::succeeded);
    transaction.allocations.push_back({event.bill_id, event.amount});
    assert(allocated(transaction) <= transaction.amount);
    return transaction;
}

Transaction replay(Transaction transaction, const UnallocatedPaymentRecorded& event) {
    assert(transaction.status == TransactionStatus::succeeded);
    transaction.unallocated_amount += event.amount;
    transaction.credit_number = event.credit_number;
    assert(allocated(transaction) == transaction.amount);
    return transaction;
}

// What a bill uses of the credit is allocated to it.
Transaction replay(Transaction transaction, const CustomerCreditAdjusted& event) {
    assert(transaction.status == TransactionStatus::succeeded);
    const auto found =
        std::ranges::find(transaction.allocations, event.bill_id, &Allocation::bill_id);
    const bool is_first = found == transaction.allocations.end();
    Allocation allocation = is_first ? Allocation{event.bill_id, 0} : *found;
    if (!is_first) transaction.allocations.erase(found);
    allocation.amount -= event.amount;
    transaction.unallocated_amount += event.amount;
    assert(allocation.amount >= 0 && transaction.unallocated_amount >= 0);
    if (allocation.amount > 0) transaction.allocations.push_back(std::move(allocation));
    assert(allocated(transaction) == transaction.amount);
    return transaction;
}

Transaction replay(Transaction transaction, const CustomerCreditWithdrawn& event) {
    assert(0 < event.amount && event.amount <= transaction.unallocated_amount);
    transaction.unallocated_amount -= event.amount;
    transaction.withdrawn_amount += event.amount;
    return transaction;
}

Transaction replay(Transaction transaction, const ChargebackOpened&) {
    assert(transaction.type == TransactionType::chargeback);
    return transaction;
}

Transaction replay(Transaction transaction, const ChargebackWon&) {
    assert(is_final(transaction.status));
    return transaction;
}

Transaction replay(Transaction transaction, const ChargebackLost&) {
    assert(transaction.status == TransactionStatus::succeeded);
    return transaction;
}

Transaction replay(Transaction transaction, const TransactionChainExtended& event) {
    assert(transaction.status == TransactionStatus::succeeded);
    transaction.children.push_back(event);
    assert(used(transaction) <= transaction.amount);
    return transaction;
}

Transaction replay(Transaction transaction, const TransactionChainReleased& event) {
    std::erase_if(transaction.children, [&](const ChainLink& link) {
        return link.transaction_id == event.transaction_id;
    });
    return transaction;
}

}  // namespace

Transaction TransactionDecider::evolve(Transaction transaction, const TransactionEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(transaction), one); }, event);
}

}  // namespace domain
