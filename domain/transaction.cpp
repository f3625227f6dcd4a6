#include "domain/transaction.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<TransactionEvent>;

Failure<TransactionRejection> because(TransactionRejection reason) { return Failure{reason}; }

bool needs_parent(TransactionType type) {
    using enum TransactionType;
    switch (type) {
        case authorize:
        case charge:
        case credit: return false;
        case capture:
        case refund:
        case void_authorization:
        case chargeback:
        case chargeback_reversal: return true;
    }
    return false;
}

// What the outcome says happened, besides that there is the transaction.
Events outcome_events(const TransactionOutcome& outcome, Timestamp now) {
    using enum TransactionStatus;
    const Timestamp at = outcome.processed_at.value_or(now);
    switch (outcome.status) {
        case absent:
        case pending: return {};
        case requires_action: return {TransactionActionRequired{}};
        case succeeded: return {TransactionSucceeded{at}};
        case failed:
            return {TransactionFailed{outcome.failure_code, outcome.failure_message,
                                      outcome.retryable.value_or(true), at}};
        case canceled: return {TransactionCanceled{at}};
        case unknown: return {TransactionOutcomeUnknown{}};
    }
    return {};
}

// What the outcome of a chargeback means: it succeeds for the payer, so it is lost.
std::optional<TransactionEvent> chargeback_event(TransactionType type, TransactionStatus status) {
    using enum TransactionStatus;
    if (type != TransactionType::chargeback) return std::nullopt;
    if (status == succeeded) return ChargebackLost{};
    if (status == failed || status == canceled) return ChargebackWon{};
    return std::nullopt;
}

// Each handle reads as a list of refusals, the most general first, and then what happened.

Decision<TransactionDecider> handle(const Transaction&, const RecordTransaction& command) {
    using enum TransactionRejection;
    if (command.amount <= 0) return because(amount_must_be_positive);
    if (!command.vendor_id) return because(vendor_required);
    if (needs_parent(command.type) && !command.parent_transaction_id) {
        return because(parent_required);
    }
    if (!needs_parent(command.type) && command.parent_transaction_id) {
        return because(parent_not_allowed);
    }
    if (command.bill_currency && *command.bill_currency != command.currency) {
        return because(currency_must_match_bill);
    }

    TransactionInitiated initiated;
    static_cast<TransactionHead&>(initiated) = command;
    initiated.payment_id = command.parent_payment_id.value_or(
        command.payment_id.value_or(PaymentId{command.self.text}));
    Events events{std::move(initiated)};
    if (command.type == TransactionType::chargeback) events.emplace_back(ChargebackOpened{});
    std::ranges::move(outcome_events(command, command.now), std::back_inserter(events));
    if (auto end = chargeback_event(command.type, command.status)) events.push_back(*end);
    return events;
}

Decision<TransactionDecider> handle(const Transaction& transaction,
                                    const ResolveTransaction& command) {
    if (command.status == transaction.status) return Events{};
    if (command.status == TransactionStatus::pending) {
        return because(TransactionRejection::status_must_move_on);
    }
    Events events;
    const bool was_unknown = transaction.status == TransactionStatus::unknown;
    if (was_unknown) events.emplace_back(TransactionResolved{});
    std::ranges::move(outcome_events(command, command.now), std::back_inserter(events));
    if (auto end = chargeback_event(transaction.type, command.status)) events.push_back(*end);
    return events;
}

Minor allocated(const Transaction& transaction) {
    return std::accumulate(transaction.allocations.begin(), transaction.allocations.end(),
                           transaction.unallocated_amount,
                           [](Minor sum, const Allocation& one) { return sum + one.amount; });
}

// The first allocation says what becomes of all of the money: what no bill takes is credit.
Decision<TransactionDecider> handle(const Transaction& transaction,
                                    const AllocateTransaction& command) {
    const Minor left = transaction.amount - allocated(transaction);
    if (command.amount < 0 || command.amount > left) {
        return because(TransactionRejection::allocation_exceeds_amount);
    }
    Events events;
    if (command.bill_id && command.amount > 0) {
        events.emplace_back(TransactionAllocated{*command.bill_id, command.amount});
    }
    if (command.amount < left) {
        events.emplace_back(UnallocatedPaymentRecorded{
            left - command.amount,
            credit_series(*transaction.vendor_id, transaction.user_id, transaction.currency),
            command.credit_number});
    }
    return events;
}

Decision<TransactionDecider> handle(const Transaction& transaction, const AdjustCredit& command) {
    const bool is_there = -command.amount <= transaction.unallocated_amount;
    if (!is_there) return because(TransactionRejection::credit_exceeds_unallocated);
    return Events{CustomerCreditAdjusted{command.amount, command.bill_id}};
}

// May a child of this type hang on a parent of that one?
bool fits(TransactionType child, TransactionType parent) {
    using enum TransactionType;
    switch (child) {
        case authorize:
        case charge:
        case credit: return false;
        case capture:
        case void_authorization: return parent == authorize;
        case refund:
        case chargeback: return parent == capture || parent == charge;
        case chargeback_reversal: return parent == chargeback;
    }
    return false;
}

// What children count against the amount already.
Wide used(const Transaction& parent) {
    Wide sum = 0;
    for (const ChainLink& link : parent.children) sum += link.amount;
    return sum;
}

TransactionRejection excess_of(TransactionType child) {
    using enum TransactionRejection;
    if (child == TransactionType::capture) return captures_exceed_authorized;
    if (child == TransactionType::chargeback_reversal) return reversal_exceeds_chargeback;
    return refunds_exceed_captured;
}

Decision<TransactionDecider> handle(const Transaction& parent, const ExtendChain& command) {
    using enum TransactionRejection;
    const ChainLink& child = command.child;
    if (!fits(child.type, parent.type)) return because(parent_does_not_allow_it);
    if (command.currency != parent.currency) return because(currency_must_match_parent);
    if (command.user_id != parent.user_id) return because(user_must_match_parent);
    const bool is_void = child.type == TransactionType::void_authorization;
    const bool is_voided = std::ranges::any_of(parent.children, [](const ChainLink& link) {
        return link.type == TransactionType::void_authorization;
    });
    if (is_voided || (is_void && !parent.children.empty())) return because(authorization_is_used);
    if (used(parent) + child.amount > parent.amount) return because(excess_of(child.type));

    return Events{TransactionChainExtended{child}};
}

Decision<TransactionDecider> handle(const Transaction& parent, const ReleaseChain& command) {
    const bool is_child = std::ranges::any_of(parent.children, [&](const ChainLink& link) {
        return link.transaction_id == command.child;
    });
    if (!is_child) return Events{};
    return Events{TransactionChainReleased{command.child}};
}

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

Transaction replay(Transaction transaction, const TransactionOutcomeUnknown&) {
    return move_on(std::move(transaction), TransactionStatus::unknown);
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

RefusalInfo info(TransactionRejection refusal) {
    using enum TransactionRejection;
    using enum RefusalKind;
    switch (refusal) {
        case amount_must_be_positive: return {invalid, "/amount", "must be more than zero"};
        case vendor_required:
            return {invalid, "/vendorId", "name the vendor, or a bill or parent that has one"};
        case parent_required:
            return {invalid, "/parentTransactionId", "name what it captures or undoes"};
        case parent_not_allowed:
            return {invalid, "/parentTransactionId", "this type stands on its own; leave it out"};
        case currency_must_match_bill: return {invalid, "/currency", "must be the bill's currency"};
        case currency_must_match_parent:
            return {invalid, "/currency", "must be the parent transaction's currency"};
        case user_must_match_parent:
            return {invalid, "/userId", "must be the parent transaction's user"};
        case parent_does_not_allow_it:
            return {conflict, "/parentTransactionId",
                    "the parent is of a type that this cannot follow"};
        case authorization_is_used:
            return {conflict, "/parentTransactionId", "it was captured or voided already"};
        case captures_exceed_authorized:
            return {conflict, "/amount", "must not be more than what is authorized and uncaptured"};
        case refunds_exceed_captured:
            return {conflict, "/amount", "must not be more than what was taken and not given back"};
        case reversal_exceeds_chargeback:
            return {conflict, "/amount", "must not be more than the chargeback"};
        case allocation_exceeds_amount:
            return {conflict, "/amount", "must not be more than what is not allocated yet"};
        case status_must_move_on:
            return {invalid, "/status", "a transaction does not become pending again"};
        case credit_exceeds_unallocated:
            return {conflict, "/amount", "must not be more than the credit that is left"};
    }
    return {conflict, "", ""};
}

Decision<TransactionDecider> TransactionDecider::decide(const Transaction& transaction,
                                                        const TransactionCommand& command) {
    assert(is_legal<TransactionDecider>(transaction.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(transaction, one); }, command);
}

Transaction TransactionDecider::evolve(Transaction transaction, const TransactionEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(transaction), one); }, event);
}

std::string reference_claim(const TransactionHead& head) {
    assert(head.vendor_id);
    // The length tells a provider with a slash from a reference with one.
    return "transaction-reference/" + head.vendor_id->text + '/' + std::string(name(head.type)) +
           '/' + std::to_string(head.provider.size()) + ':' + head.provider + '/' +
           head.provider_reference;
}

std::string credit_series(const VendorId& vendor, const UserId& user, const Currency& currency) {
    return "customer-credit/" + vendor.text + '/' + user.text + '/' + std::string(currency.view());
}

std::string credit_claim(std::string_view series, std::int64_t number) {
    return std::string(series) + '/' + std::to_string(number);
}

std::vector<std::string> claims(const Transaction& transaction, std::string_view) {
    auto keys = external_claims("transaction", transaction.external_id);
    keys.push_back(reference_claim(transaction));
    if (transaction.credit_number > 0 && transaction.unallocated_amount > 0) {
        keys.push_back(credit_claim(
            credit_series(*transaction.vendor_id, transaction.user_id, transaction.currency),
            transaction.credit_number));
    }
    return keys;
}

}  // namespace domain
