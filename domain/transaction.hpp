// A transaction: what a payment provider says about money that moves, or should have.
//
// Invariants, kept by decide and asserted by evolve:
//   1. amount > 0 in one currency, and never changes;
//   2. succeeded, failed and canceled are final; a success is undone only by another transaction;
//   3. Σ allocations + unallocated = amount of a succeeded charge or capture, once allocated;
//   4. of an authorize: Σ captures <= amount, and no capture beside a void; of a charge or capture:
//      Σ refunds and chargebacks <= amount. Children count from their beginning until they fail.
//
// A chain is the transactions that stem from one another; `paymentId` is the same in all of a
// chain. The rules are in transaction.cpp. Events are stored for ever: add a field, never rename,
// retype or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/decider.hpp"
#include "domain/transaction_parts.hpp"

namespace domain {

// Commands ----------------------------------------------------------------------------------------

// What a provider reports about a transaction of which Daybook knows nothing yet.
struct RecordTransaction : TransactionHead, TransactionOutcome {
    std::optional<TransactionId> id;
    std::optional<PaymentId> payment_id;

    TransactionId self;  // The new transaction's own id.
    std::optional<PaymentId> parent_payment_id;
    std::optional<Currency> bill_currency;
    Timestamp now;
    bool operator==(const RecordTransaction&) const = default;
};
constexpr auto describe(const RecordTransaction*) {
    using T = RecordTransaction;
    return std::tuple_cat(
        fields(field<&T::id>("id", "The transaction's id; made if left out."),
               field<&T::payment_id>("paymentId", "The chain; the parent's, or a new one.")),
        describe(static_cast<const TransactionHead*>(nullptr)),
        describe(static_cast<const TransactionOutcome*>(nullptr)));
}

// The provider says more about a transaction without an outcome.
struct ResolveTransaction : TransactionOutcome {
    Timestamp now;
    bool operator==(const ResolveTransaction&) const = default;
};

// Says what became of the money of a succeeded charge or capture: the rest is unallocated.
struct AllocateTransaction {
    std::optional<BillId> bill_id;
    Minor amount = 0;
    std::int64_t credit_number = 0;  // The next one of `credit_series`, used if anything is left.
    bool operator==(const AllocateTransaction&) const = default;
};
constexpr auto describe(const AllocateTransaction*) { return fields(); }

// A bill uses customer credit, or gives back what it used.
struct AdjustCredit {
    BillId bill_id;
    Minor amount = 0;  // Less than zero: it is used.
    bool operator==(const AdjustCredit&) const = default;
};
constexpr auto describe(const AdjustCredit*) { return fields(); }

// A child begins to count against this transaction; refused where the chain does not allow it.
struct ExtendChain {
    ChainLink child;
    Currency currency;
    UserId user_id;
    bool operator==(const ExtendChain&) const = default;
};
constexpr auto describe(const ExtendChain*) { return fields(); }

// A child failed or was canceled: it counts no longer.
struct ReleaseChain {
    TransactionId child;
    bool operator==(const ReleaseChain&) const = default;
};
constexpr auto describe(const ReleaseChain*) { return fields(); }

using TransactionCommand = std::variant<RecordTransaction, ResolveTransaction, AllocateTransaction,
                                        ExtendChain, ReleaseChain, AdjustCredit>;

// Events ------------------------------------------------------------------------------------------

struct TransactionInitiated : TransactionHead {
    PaymentId payment_id;
    bool operator==(const TransactionInitiated&) const = default;
};
constexpr auto describe(const TransactionInitiated*) {
    return std::tuple_cat(
        fields(field<&TransactionInitiated::payment_id>("paymentId", "The chain.").required()),
        describe(static_cast<const TransactionHead*>(nullptr)));
}

struct TransactionActionRequired {
    bool operator==(const TransactionActionRequired&) const = default;
};
constexpr auto describe(const TransactionActionRequired*) { return fields(); }

struct TransactionSucceeded {
    Timestamp processed_at;
    bool operator==(const TransactionSucceeded&) const = default;
};
constexpr auto describe(const TransactionSucceeded*) {
    return fields(
        field<&TransactionSucceeded::processed_at>("processedAt", "When the provider did it.")
            .required());
}

struct TransactionFailed {
    std::optional<std::string> failure_code;
    std::optional<std::string> failure_message;
    bool retryable = true;
    Timestamp processed_at;
    bool operator==(const TransactionFailed&) const = default;
};
constexpr auto describe(const TransactionFailed*) {
    using T = TransactionFailed;
    return fields(field<&T::failure_code>("failureCode", "Why, for programs."),
                  field<&T::failure_message>("failureMessage", "Why, for people."),
                  field<&T::retryable>("retryable", "May it be tried again?"),
                  field<&T::processed_at>("processedAt", "When the provider said so.").required());
}

struct TransactionCanceled {
    Timestamp processed_at;
    bool operator==(const TransactionCanceled&) const = default;
};
constexpr auto describe(const TransactionCanceled*) {
    return fields(
        field<&TransactionCanceled::processed_at>("processedAt", "When the provider said so.")
            .required());
}

struct TransactionOutcomeUnknown {
    bool operator==(const TransactionOutcomeUnknown&) const = default;
};
constexpr auto describe(const TransactionOutcomeUnknown*) { return fields(); }

// An unknown outcome is known now; the event behind this one says which it is.
struct TransactionResolved {
    bool operator==(const TransactionResolved&) const = default;
};
constexpr auto describe(const TransactionResolved*) { return fields(); }

struct TransactionAllocated {
    BillId bill_id;
    Minor amount = 0;
    bool operator==(const TransactionAllocated&) const = default;
};
constexpr auto describe(const TransactionAllocated*) {
    using T = TransactionAllocated;
    return fields(field<&T::bill_id>("billId", "The bill.").required(),
                  field<&T::amount>("amount", "What it got, in minor units.").required());
}

// Money that no bill needed: it is the customer's credit.
struct UnallocatedPaymentRecorded {
    Minor amount = 0;
    std::optional<std::string> credit_series;
    std::int64_t credit_number = 0;
    std::optional<Counter> counter() const {
        if (!credit_series) return std::nullopt;
        return Counter{*credit_series, credit_number};
    }
    bool operator==(const UnallocatedPaymentRecorded&) const = default;
};
constexpr auto describe(const UnallocatedPaymentRecorded*) {
    using T = UnallocatedPaymentRecorded;
    return fields(field<&T::amount>("amount", "In minor units.").required(),
                  field<&T::credit_series>("creditSeries", "Whose credit, and in which currency."),
                  field<&T::credit_number>("creditNumber", "Its number in the series."));
}

struct CustomerCreditAdjusted {
    Minor amount = 0;
    BillId bill_id;
    bool operator==(const CustomerCreditAdjusted&) const = default;
};
constexpr auto describe(const CustomerCreditAdjusted*) {
    using T = CustomerCreditAdjusted;
    return fields(field<&T::amount>("amount", "More credit, or less if below zero.").required(),
                  field<&T::bill_id>("billId", "Which used it or gave it back.").required());
}

// The payer's bank asks for the money back.
struct ChargebackOpened {
    bool operator==(const ChargebackOpened&) const = default;
};
constexpr auto describe(const ChargebackOpened*) { return fields(); }

// It does not get it.
struct ChargebackWon {
    bool operator==(const ChargebackWon&) const = default;
};
constexpr auto describe(const ChargebackWon*) { return fields(); }

// It got it: what was paid with it is unpaid again.
struct ChargebackLost {
    bool operator==(const ChargebackLost&) const = default;
};
constexpr auto describe(const ChargebackLost*) { return fields(); }

struct TransactionChainExtended : ChainLink {
    bool operator==(const TransactionChainExtended&) const = default;
};

struct TransactionChainReleased {
    TransactionId transaction_id;
    bool operator==(const TransactionChainReleased&) const = default;
};
constexpr auto describe(const TransactionChainReleased*) {
    return fields(
        field<&TransactionChainReleased::transaction_id>("transactionId", "The child.").required());
}

using TransactionEvent =
    std::variant<TransactionInitiated, TransactionActionRequired, TransactionSucceeded,
                 TransactionFailed, TransactionCanceled, TransactionOutcomeUnknown,
                 TransactionResolved, TransactionAllocated, UnallocatedPaymentRecorded,
                 TransactionChainExtended, TransactionChainReleased, CustomerCreditAdjusted,
                 ChargebackOpened, ChargebackWon, ChargebackLost>;

// State -------------------------------------------------------------------------------------------

struct Transaction : TransactionHead, TransactionOutcome {
    PaymentId payment_id;
    std::vector<Allocation> allocations;
    Minor unallocated_amount = 0;
    std::vector<ChainLink> children;
    std::int64_t credit_number = 0;  // 0: it never left any credit.
    bool operator==(const Transaction&) const = default;
};
constexpr auto describe(const Transaction*) {
    using T = Transaction;
    return std::tuple_cat(
        fields(field<&T::payment_id>("paymentId", "The same in all of a chain.").required()),
        describe(static_cast<const TransactionHead*>(nullptr)),
        describe(static_cast<const TransactionOutcome*>(nullptr)),
        fields(
            field<&T::allocations>("allocations", "Which bills got the money."),
            field<&T::unallocated_amount>("unallocatedAmount", "What is customer credit."),
            field<&T::children>("children", "What counts against the amount.")
                .items(10'000)
                .internal(),
            field<&T::credit_number>("creditNumber", "Of its credit, in its series.").internal()));
}

// Refusals ----------------------------------------------------------------------------------------

enum class TransactionRejection : std::uint8_t {
    amount_must_be_positive,
    vendor_required,
    parent_required,
    parent_not_allowed,
    currency_must_match_bill,
    currency_must_match_parent,
    user_must_match_parent,
    parent_does_not_allow_it,
    authorization_is_used,
    captures_exceed_authorized,
    refunds_exceed_captured,
    reversal_exceeds_chargeback,
    allocation_exceeds_amount,
    status_must_move_on,
    credit_exceeds_unallocated
};
constexpr auto describe(const TransactionRejection*) {
    return wire_names(
        "amount_must_be_positive", "vendor_required", "parent_required", "parent_not_allowed",
        "currency_must_match_bill", "currency_must_match_parent", "user_must_match_parent",
        "parent_does_not_allow_it", "authorization_is_used", "captures_exceed_authorized",
        "refunds_exceed_captured", "reversal_exceeds_chargeback", "allocation_exceeds_amount",
        "status_must_move_on", "credit_exceeds_unallocated");
}
RefusalInfo info(TransactionRejection refusal);

struct TransactionDecider {
    using State = Transaction;
    using Command = TransactionCommand;
    using Event = TransactionEvent;
    using Rejection = TransactionRejection;
    static constexpr Kind kind = Kind::transactions;

    static constexpr auto transitions = [] {
        using enum TransactionStatus;
        return std::to_array<Transition<TransactionStatus>>({
            {"RecordTransaction",
             {absent},
             {pending, requires_action, succeeded, failed, canceled, unknown}},
            {"ResolveTransaction",
             {pending},
             {pending, requires_action, succeeded, failed, canceled, unknown}},
            {"ResolveTransaction",
             {requires_action, unknown},
             {requires_action, succeeded, failed, canceled, unknown}},
            {"AllocateTransaction", {succeeded}, {succeeded}},
            {"ExtendChain", {succeeded}, {succeeded}},
            {"ReleaseChain", {succeeded}, {succeeded}},
            {"AdjustCredit", {succeeded}, {succeeded}},
        });
    }();

    // REQUIRES: the table allows the command in the transaction's status.
    static Decision<TransactionDecider> decide(const Transaction& transaction,
                                               const TransactionCommand& command);
    static Transaction evolve(Transaction transaction, const TransactionEvent& event);
};

// Does it bring money that pays bills?
constexpr bool brings_money(TransactionType type) {
    using enum TransactionType;
    return type == charge || type == capture || type == chargeback_reversal;
}

// The series in which a customer's credits with a vendor in one currency are numbered, and the
// claim of one of them, which is held while anything is left of it: so that a bill finds them.
std::string credit_series(const VendorId& vendor, const UserId& user, const Currency& currency);
std::string credit_claim(std::string_view series, std::int64_t number);

// The key of a provider's notice: the same notice has the same key, for ever.
std::string reference_claim(const TransactionHead& head);

// The keys that this transaction holds: each is held by one aggregate of the tenant at most.
std::vector<std::string> claims(const Transaction& transaction, std::string_view id);

}  // namespace domain
