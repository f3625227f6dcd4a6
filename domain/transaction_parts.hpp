// What a transaction, its commands and its events have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/description.hpp"
#include "domain/ids.hpp"
#include "domain/metadata.hpp"
#include "domain/money.hpp"
#include "domain/time.hpp"

namespace domain {

enum class TransactionType : std::uint8_t {
    authorize,
    capture,
    charge,
    refund,
    credit,
    void_authorization,
    chargeback,
    chargeback_reversal
};
constexpr auto describe(const TransactionType*) {
    return wire_names("authorize", "capture", "charge", "refund", "credit", "void", "chargeback",
                      "chargebackReversal");
}

enum class TransactionStatus : std::uint8_t {
    absent,
    pending,
    requires_action,
    succeeded,
    failed,
    canceled,
    unknown  // The provider timed out: ask it again.
};
constexpr auto describe(const TransactionStatus*) {
    return wire_names("", "pending", "requiresAction", "succeeded", "failed", "canceled",
                      "unknown");
}

struct PaymentMethod {
    std::string type;
    std::optional<std::string> brand;
    std::optional<std::string> last4;
    bool operator==(const PaymentMethod&) const = default;
};
constexpr auto describe(const PaymentMethod*) {
    using T = PaymentMethod;
    return fields(field<&T::type>("type", "card, invoice, mobile, …").required().length(1, 60),
                  field<&T::brand>("brand", "The card's brand.").length(1, 60),
                  field<&T::last4>("last4", "The card's last four digits.").length(4, 4));
}

// What the provider says once and for all.
struct TransactionHead {
    TransactionType type = TransactionType::charge;
    Minor amount = 0;
    Currency currency;
    UserId user_id;
    std::optional<VendorId> vendor_id;
    std::optional<BillId> bill_id;
    std::optional<ContractId> contract_id;
    std::optional<TransactionId> parent_transaction_id;
    std::string provider;
    std::string provider_reference;
    std::optional<PaymentMethod> payment_method;
    std::optional<std::string> receipt_url;
    std::optional<std::string> external_id;
    Metadata metadata;
    bool operator==(const TransactionHead&) const = default;
};
constexpr auto describe(const TransactionHead*) {
    using T = TransactionHead;
    return fields(
        field<&T::type>("type", "What kind of movement.").required(),
        field<&T::amount>("amount", "In minor units.").required(),
        field<&T::currency>("currency", "ISO 4217 code.").required(),
        field<&T::user_id>("userId", "Whose money it is.").required(),
        field<&T::vendor_id>("vendorId", "Who is paid; the bill's vendor if left out."),
        field<&T::bill_id>("billId", "The bill that it pays."),
        field<&T::contract_id>("contractId", "The contract; the bill's if left out."),
        field<&T::parent_transaction_id>("parentTransactionId", "What it captures or undoes."),
        field<&T::provider>("provider", "Who moves the money.").required().length(1, 60),
        field<&T::provider_reference>("providerReference", "The provider's own id of it.")
            .required()
            .length(1, 200),
        field<&T::payment_method>("paymentMethod", "With what it is paid."),
        field<&T::receipt_url>("receiptUrl", "Where the provider shows a receipt.").length(1, 2048),
        field<&T::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&T::metadata>("metadata", "Values of your own.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max));
}

// What the provider says about the outcome.
struct TransactionOutcome {
    TransactionStatus status = TransactionStatus::absent;
    std::optional<std::string> failure_code;
    std::optional<std::string> failure_message;
    std::optional<bool> retryable;
    std::optional<Timestamp> processed_at;
    bool operator==(const TransactionOutcome&) const = default;
};
constexpr auto describe(const TransactionOutcome*) {
    using T = TransactionOutcome;
    return fields(
        field<&T::status>("status", "Where it stands.").required(),
        field<&T::failure_code>("failureCode", "Why it failed, for programs.").length(1, 100),
        field<&T::failure_message>("failureMessage", "Why it failed, for people.").length(1, 500),
        field<&T::retryable>("retryable", "May it be tried again? Yes if left out."),
        field<&T::processed_at>("processedAt", "When the provider did it."));
}

struct Allocation {
    BillId bill_id;
    Minor amount = 0;
    bool operator==(const Allocation&) const = default;
};
constexpr auto describe(const Allocation*) {
    using T = Allocation;
    return fields(field<&T::bill_id>("billId", "The bill.").required(),
                  field<&T::amount>("amount", "What it got, in minor units.").required());
}

// A child of this transaction that counts against its amount.
struct ChainLink {
    TransactionId transaction_id;
    TransactionType type = TransactionType::capture;
    Minor amount = 0;
    bool operator==(const ChainLink&) const = default;
};
constexpr auto describe(const ChainLink*) {
    using T = ChainLink;
    return fields(field<&T::transaction_id>("transactionId", "The child.").required(),
                  field<&T::type>("type", "What it is.").required(),
                  field<&T::amount>("amount", "In minor units.").required());
}

}  // namespace domain
