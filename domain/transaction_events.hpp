// What can have happened to a transaction. Events are stored for ever: add a field, never rename,
// retype or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/decider.hpp"
#include "domain/transaction_parts.hpp"

namespace domain {

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
    std::optional<Timestamp> next_poll_at;
    bool operator==(const TransactionOutcomeUnknown&) const = default;
};
constexpr auto describe(const TransactionOutcomeUnknown*) {
    return fields(field<&TransactionOutcomeUnknown::next_poll_at>(
        "nextPollAt", "When the provider is to be asked again."));
}

// The clock asks for the outcome: who talks to the provider asks it now.
struct TransactionPollRequested {
    std::int32_t poll = 0;
    std::optional<Timestamp> next_poll_at;
    bool operator==(const TransactionPollRequested&) const = default;
};
constexpr auto describe(const TransactionPollRequested*) {
    using T = TransactionPollRequested;
    return fields(field<&T::poll>("poll", "Its number, from 1.").required(),
                  field<&T::next_poll_at>("nextPollAt", "When it is asked for again, if ever."));
}

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

// What was credit went back to the payer.
struct CustomerCreditWithdrawn {
    Minor amount = 0;
    TransactionId transaction_id;
    bool operator==(const CustomerCreditWithdrawn&) const = default;
};
constexpr auto describe(const CustomerCreditWithdrawn*) {
    using T = CustomerCreditWithdrawn;
    return fields(field<&T::amount>("amount", "In minor units.").required(),
                  field<&T::transaction_id>("transactionId", "With which it went.").required());
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
                 ChargebackOpened, ChargebackWon, ChargebackLost, CustomerCreditWithdrawn,
                 TransactionPollRequested>;

}  // namespace domain
