// What may be asked of a transaction. Described members come from clients; the others are set by
// handlers.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/transaction_parts.hpp"

namespace domain {

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

// What follows a transaction that succeeded: asked of its provider, or reported by it.
struct FollowUp {
    std::optional<Minor> amount;
    std::optional<TransactionStatus> status;
    std::optional<std::string> provider_reference;
    std::optional<std::string> failure_code;
    std::optional<std::string> failure_message;
    std::optional<bool> retryable;
    std::optional<Timestamp> processed_at;

    TransactionId self;  // The new transaction's own id.
    bool operator==(const FollowUp&) const = default;
};
constexpr auto describe(const FollowUp*) {
    using T = FollowUp;
    return fields(
        field<&T::amount>("amount", "In minor units; all that is left if left out.")
            .range(1, std::numeric_limits<Minor>::max()),
        field<&T::status>(
            "status", "Where it stands; pending if left out: it is to be done by the provider."),
        field<&T::provider_reference>("providerReference",
                                      "The provider's own id of it, if there is one already.")
            .length(1, 200),
        field<&T::failure_code>("failureCode", "Why it failed, for programs.").length(1, 100),
        field<&T::failure_message>("failureMessage", "Why it failed, for people.").length(1, 500),
        field<&T::retryable>("retryable", "May it be tried again? Yes if left out."),
        field<&T::processed_at>("processedAt", "When the provider did it."));
}

struct CaptureTransaction : FollowUp {
    bool operator==(const CaptureTransaction&) const = default;
};
struct VoidTransaction : FollowUp {
    bool operator==(const VoidTransaction&) const = default;
};
struct RefundTransaction : FollowUp {
    std::optional<BillId> bill_id;
    bool operator==(const RefundTransaction&) const = default;
};
constexpr auto describe(const RefundTransaction*) {
    return std::tuple_cat(
        describe(static_cast<const FollowUp*>(nullptr)),
        fields(field<&RefundTransaction::bill_id>(
            "billId", "The bill for which it is paid back; the one that it paid if left out.")));
}
struct OpenChargeback : FollowUp {
    bool operator==(const OpenChargeback&) const = default;
};

// A part of the customer's credit for a bill.
struct CreditAllocation {
    BillId bill_id;
    std::optional<Minor> amount;
    bool operator==(const CreditAllocation&) const = default;
};
constexpr auto describe(const CreditAllocation*) {
    using T = CreditAllocation;
    return fields(field<&T::bill_id>("billId", "An open bill of the same customer.").required(),
                  field<&T::amount>("amount", "As much as both allow if left out.")
                      .range(1, std::numeric_limits<Minor>::max()));
}

// Pays open bills with what is unallocated of the money.
struct AllocateCredit {
    std::vector<CreditAllocation> allocations;  // REQUIRES: with amounts, once a handler had it.
    bool operator==(const AllocateCredit&) const = default;
};
constexpr auto describe(const AllocateCredit*) {
    return fields(
        field<&AllocateCredit::allocations>("allocations", "Which bills get how much of it.")
            .required()
            .items(100));
}

// Unallocated money went back to the payer: it is no credit any more, as far as it is there.
struct WithdrawCredit {
    TransactionId transaction_id;  // The refund or chargeback.
    Minor amount = 0;
    bool operator==(const WithdrawCredit&) const = default;
};
constexpr auto describe(const WithdrawCredit*) { return fields(); }

// The outcome is still unknown: whoever talks to the provider asks it again.
struct PollTransaction {
    Timestamp now;
    bool operator==(const PollTransaction&) const = default;
};
constexpr auto describe(const PollTransaction*) { return fields(); }

using TransactionCommand =
    std::variant<RecordTransaction, ResolveTransaction, AllocateTransaction, ExtendChain,
                 ReleaseChain, AdjustCredit, CaptureTransaction, VoidTransaction, RefundTransaction,
                 OpenChargeback, AllocateCredit, WithdrawCredit, PollTransaction>;

}  // namespace domain
