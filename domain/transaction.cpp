#include "domain/transaction.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<TransactionEvent>;

Failure<TransactionRejection> because(TransactionRejection reason) { return Failure{reason}; }

// When a provider that did not say what became of it is asked again.
constexpr std::array<std::chrono::minutes, 7> poll_times{
    std::chrono::minutes{5}, std::chrono::hours{1}, std::chrono::days{1}, std::chrono::days{2},
    std::chrono::days{3},    std::chrono::days{4},  std::chrono::days{5}};

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
        case unknown: return {TransactionOutcomeUnknown{now + poll_times.front()}};
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
        // What the bank gave back after all can be refunded like any money that was taken.
        case refund: return parent == capture || parent == charge || parent == chargeback_reversal;
        case chargeback: return parent == capture || parent == charge;
        case chargeback_reversal: return parent == chargeback;
    }
    return false;
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

// A child for a part of what is left of the parent, or for all of it. Where nothing is left, the
// least there is says why it is refused.
Decision<TransactionDecider> follow(const Transaction& parent, const FollowUp& wish,
                                    TransactionType type) {
    const auto left = std::max<Wide>(parent.amount - used(parent), 1);
    const ChainLink child{wish.self, type, wish.amount.value_or(static_cast<Minor>(left))};
    return handle(parent, ExtendChain{child, parent.currency, parent.user_id});
}

Decision<TransactionDecider> handle(const Transaction& parent, const CaptureTransaction& wish) {
    return follow(parent, wish, TransactionType::capture);
}

Decision<TransactionDecider> handle(const Transaction& parent, const VoidTransaction& wish) {
    return follow(parent, wish, TransactionType::void_authorization);
}

Decision<TransactionDecider> handle(const Transaction& parent, const RefundTransaction& wish) {
    return follow(parent, wish, TransactionType::refund);
}

Decision<TransactionDecider> handle(const Transaction& parent, const OpenChargeback& wish) {
    return follow(parent, wish, TransactionType::chargeback);
}

Decision<TransactionDecider> handle(const Transaction& transaction, const AllocateCredit& command) {
    Wide sum = 0;
    Events events;
    for (const CreditAllocation& one : command.allocations) {
        sum += *one.amount;
        events.emplace_back(CustomerCreditAdjusted{-*one.amount, one.bill_id});
    }
    const Minor there = transaction.unallocated_amount;
    if (sum > there || there == 0) {
        return because(TransactionRejection::credit_exceeds_unallocated);
    }
    return events;
}

Decision<TransactionDecider> handle(const Transaction& transaction, const WithdrawCredit& command) {
    const Minor amount = std::min(command.amount, transaction.unallocated_amount);
    if (amount <= 0) return Events{};
    return Events{CustomerCreditWithdrawn{amount, command.transaction_id}};
}

Decision<TransactionDecider> handle(const Transaction& transaction,
                                    const PollTransaction& command) {
    const auto& at = transaction.next_poll_at;
    if (!at || *at > command.now) return because(TransactionRejection::poll_not_due);
    const auto poll = static_cast<std::size_t>(transaction.poll_count) + 1;
    TransactionPollRequested requested{transaction.poll_count + 1, std::nullopt};
    if (poll < poll_times.size()) {
        requested.next_poll_at = *at + (poll_times[poll] - poll_times[poll - 1]);
    }
    return Events{requested};
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
        case poll_not_due: return {conflict, "", "its outcome is not to be asked for now"};
    }
    return {conflict, "", ""};
}

Decision<TransactionDecider> TransactionDecider::decide(const Transaction& transaction,
                                                        const TransactionCommand& command) {
    assert(is_legal<TransactionDecider>(transaction.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(transaction, one); }, command);
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
