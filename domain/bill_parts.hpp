// What a bill, its commands and its events have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/description.hpp"
#include "domain/ids.hpp"
#include "domain/metadata.hpp"
#include "domain/money.hpp"
#include "domain/personal.hpp"

namespace domain {

enum class BillingReason : std::uint8_t {
    contract_created,
    contract_cycle,
    contract_update,
    manual,
    imported
};
constexpr auto describe(const BillingReason*) {
    return wire_names("contractCreated", "contractCycle", "contractUpdate", "manual", "import");
}

enum class CollectionMethod : std::uint8_t { charge_automatically, send_invoice };
constexpr auto describe(const CollectionMethod*) {
    return wire_names("chargeAutomatically", "sendInvoice");
}

enum class ExpireReason : std::uint8_t { checkout_lapsed, uncollectible };
constexpr auto describe(const ExpireReason*) {
    return wire_names("checkoutLapsed", "uncollectible");
}

// What never changes after the draft was made.
struct BillHead {
    std::optional<ContractId> contract_id;
    UserId user_id;
    VendorId vendor_id;
    BillingReason billing_reason = BillingReason::manual;
    Currency currency;
    bool operator==(const BillHead&) const = default;
};
constexpr auto describe(const BillHead*) {
    using T = BillHead;
    return fields(field<&T::contract_id>("contractId", "The contract that it bills."),
                  field<&T::user_id>("userId", "Who is to pay.").required(),
                  field<&T::vendor_id>("vendorId", "Who is to be paid.").required(),
                  field<&T::billing_reason>("billingReason", "Why there is this bill."),
                  field<&T::currency>("currency", "ISO 4217 code of all amounts.").required());
}

// What a client may set beside the lines.
struct BillDetails {
    std::optional<std::string> external_id;
    CollectionMethod collection_method = CollectionMethod::charge_automatically;
    std::optional<std::string> payment_provider;
    std::optional<std::string> payment_method;
    Metadata metadata;
    bool operator==(const BillDetails&) const = default;
};
constexpr auto describe(const BillDetails*) {
    using T = BillDetails;
    return fields(
        field<&T::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&T::collection_method>("collectionMethod", "How it is collected."),
        field<&T::payment_provider>("paymentProvider", "Who moves the money.").length(1, 60),
        field<&T::payment_method>("paymentMethod", "With what it is paid.").length(1, 60),
        field<&T::metadata>("metadata", "Values of your own.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max));
}

// Customer credit that a bill used: from the money that this transaction brought.
struct UsedCredit {
    TransactionId transaction_id;
    Minor amount = 0;
    bool operator==(const UsedCredit&) const = default;
};
constexpr auto describe(const UsedCredit*) {
    using T = UsedCredit;
    return fields(field<&T::transaction_id>("transactionId", "Which brought the money.").required(),
                  field<&T::amount>("amount", "What was used of it.").required());
}

// Whom a bill was made out to: a snapshot of the user at issue.
struct BillTo {
    Personal name;
    Personal email;
    bool operator==(const BillTo&) const = default;
};
constexpr auto describe(const BillTo*) {
    return fields(field<&BillTo::name>("name", "Full name."),
                  field<&BillTo::email>("email", "E-mail address."));
}

}  // namespace domain
