// What may be asked of a bill. Described members come from clients; the others are set by handlers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/bill_lines.hpp"
#include "domain/bill_parts.hpp"
#include "domain/change.hpp"
#include "domain/subject.hpp"
#include "domain/transaction_parts.hpp"
#include "domain/vendor.hpp"

namespace domain {

struct CreateBill : BillDetails {
    std::optional<BillId> id;
    std::optional<ContractId> contract_id;
    UserId user_id;
    VendorId vendor_id;
    Currency currency;
    TaxBehavior tax_behavior = TaxBehavior::exclusive;
    std::vector<BillLineWish> items;
    Minor discount_amount = 0;

    BillingReason billing_reason = BillingReason::manual;
    std::optional<Currency> contract_currency;
    bool operator==(const CreateBill&) const = default;
};
constexpr auto describe(const CreateBill*) {
    using T = CreateBill;
    return std::tuple_cat(
        fields(field<&T::id>("id", "The bill's id; made if left out."),
               field<&T::contract_id>("contractId", "The contract that it bills."),
               field<&T::user_id>("userId", "Who is to pay.").required(),
               field<&T::vendor_id>("vendorId", "Who is to be paid.").required(),
               field<&T::currency>("currency", "ISO 4217 code of all amounts.").required(),
               field<&T::tax_behavior>("taxBehavior", "Is tax added to the amounts or in them?"),
               field<&T::items>("items", "The lines; may be empty until issue."),
               field<&T::discount_amount>("discountAmount", "Discount to spread over the lines.")
                   .range(0, std::numeric_limits<Minor>::max())),
        describe(static_cast<const BillDetails*>(nullptr)));
}

struct UpdateBill {
    Change<std::vector<BillLineWish>> items;
    Change<TaxBehavior> tax_behavior;
    Change<Minor> discount_amount;
    Change<std::string> external_id;
    Change<CollectionMethod> collection_method;
    Change<std::string> payment_provider;
    Change<std::string> payment_method;
    Change<Metadata> metadata;
    bool operator==(const UpdateBill&) const = default;
};
constexpr auto describe(const UpdateBill*) {
    using T = UpdateBill;
    return fields(
        field<&T::items>("items", "All lines anew.").required(),
        field<&T::tax_behavior>("taxBehavior", "Is tax added to the amounts or in them?")
            .required(),
        field<&T::discount_amount>("discountAmount", "Discount to spread over the lines.")
            .range(0, std::numeric_limits<Minor>::max())
            .required(),
        field<&T::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&T::collection_method>("collectionMethod", "How it is collected.").required(),
        field<&T::payment_provider>("paymentProvider", "Who moves the money.").length(1, 60),
        field<&T::payment_method>("paymentMethod", "With what it is to be paid.").length(1, 60),
        field<&T::metadata>("metadata", "Merged key by key; null removes a key.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max));
}

struct DeleteBill {
    bool operator==(const DeleteBill&) const = default;
};
constexpr auto describe(const DeleteBill*) { return fields(); }

struct IssueBill {
    std::optional<Timestamp> due_at;
    std::optional<Timestamp> expires_at;

    Timestamp now;
    std::int64_t number_value = 0;  // The vendor's next number.
    std::string number_prefix;
    Dunning dunning;
    std::optional<BillTo> bill_to;
    Minor credit_applied = 0;
    std::vector<UsedCredit> credits;             // Where it comes from.
    std::vector<EntitlementId> entitlement_ids;  // Used if nothing is due; see BillPaid.
    bool operator==(const IssueBill&) const = default;
};
constexpr auto describe(const IssueBill*) {
    using T = IssueBill;
    return fields(field<&T::due_at>("dueAt",
                                    "Until when it should be paid; by default 14 days from now for "
                                    "an invoice, else a day."),
                  field<&T::expires_at>("expiresAt",
                                        "When an unfinished checkout lapses; never by default."));
}

// A payment is on its way: until its outcome is known, the bill cannot be withdrawn.
struct StartPayment {
    TransactionId transaction_id;
    bool operator==(const StartPayment&) const = default;
};
constexpr auto describe(const StartPayment*) { return fields(); }

// A transaction brought money. At most what remains is taken; the event says how much.
struct ApplyPayment {
    TransactionId transaction_id;
    Minor amount = 0;
    Currency currency;
    std::optional<std::string> payment_provider;
    std::optional<std::string> payment_method;
    std::optional<std::string> receipt_url;
    std::vector<EntitlementId> entitlement_ids;  // Used if it is paid then; see BillPaid.
    Timestamp now;
    bool operator==(const ApplyPayment&) const = default;
};
constexpr auto describe(const ApplyPayment*) { return fields(); }

struct FailPayment {
    TransactionId transaction_id;
    std::optional<std::string> failure_code;
    bool is_retryable = true;
    Timestamp now;
    bool operator==(const FailPayment&) const = default;
};
constexpr auto describe(const FailPayment*) { return fields(); }

// A payment ended without bearing on this bill.
struct ReleasePayment {
    TransactionId transaction_id;
    bool operator==(const ReleasePayment&) const = default;
};
constexpr auto describe(const ReleasePayment*) { return fields(); }

struct MarkBillOverdue {
    Timestamp now;
    bool operator==(const MarkBillOverdue&) const = default;
};
constexpr auto describe(const MarkBillOverdue*) { return fields(); }

// An attempt is due: whoever charges the customer is asked to do so.
struct RequestPayment {
    Timestamp now;
    bool operator==(const RequestPayment&) const = default;
};
constexpr auto describe(const RequestPayment*) { return fields(); }

// The days for which access is kept although the bill is not paid are over.
struct EndBillGrace {
    Timestamp now;
    bool operator==(const EndBillGrace&) const = default;
};
constexpr auto describe(const EndBillGrace*) { return fields(); }

struct RetryBill {
    std::optional<Timestamp> next_attempt_at;

    Timestamp now;
    bool operator==(const RetryBill&) const = default;
};
constexpr auto describe(const RetryBill*) {
    return fields(field<&RetryBill::next_attempt_at>("nextAttemptAt", "When; now by default."));
}

struct CancelBill {
    std::optional<std::string> reason;
    bool operator==(const CancelBill&) const = default;
};
constexpr auto describe(const CancelBill*) {
    return fields(field<&CancelBill::reason>("reason", "Why it is withdrawn.").length(1, 500));
}

struct ExpireBill {
    Timestamp now;
    bool operator==(const ExpireBill&) const = default;
};
constexpr auto describe(const ExpireBill*) { return fields(); }

struct WriteOffBill {
    bool operator==(const WriteOffBill&) const = default;
};
constexpr auto describe(const WriteOffBill*) { return fields(); }

struct ReinstateBill {
    bool operator==(const ReinstateBill&) const = default;
};
constexpr auto describe(const ReinstateBill*) { return fields(); }

struct VoidBill {
    std::string reason;
    bool operator==(const VoidBill&) const = default;
};
constexpr auto describe(const VoidBill*) {
    return fields(
        field<&VoidBill::reason>("reason", "Why it is annulled.").required().length(1, 500));
}

// A chargeback was lost, or a settlement bounced: the money is gone again.
struct ReverseSettlement {
    TransactionId transaction_id;  // The one that had paid.
    Minor amount = 0;
    Timestamp now;
    bool operator==(const ReverseSettlement&) const = default;
};
constexpr auto describe(const ReverseSettlement*) { return fields(); }

struct RecordRefund {
    Minor amount = 0;
    std::optional<TransactionId> transaction_id;
    bool operator==(const RecordRefund&) const = default;
};
constexpr auto describe(const RecordRefund*) {
    using T = RecordRefund;
    return fields(field<&T::amount>("amount", "What was paid back, in minor units.").required(),
                  field<&T::transaction_id>("transactionId", "The transaction that did it."));
}

// A payment is asked for: a charge that waits for what the provider says.
struct PayBill {
    std::optional<Minor> amount;
    std::optional<std::string> provider;
    std::optional<std::string> provider_reference;
    std::optional<PaymentMethod> payment_method;

    TransactionId transaction_id;
    bool operator==(const PayBill&) const = default;
};
constexpr auto describe(const PayBill*) {
    using T = PayBill;
    return fields(field<&T::amount>("amount", "In minor units; all that remains if left out.")
                      .range(1, std::numeric_limits<Minor>::max()),
                  field<&T::provider>("provider", "Who moves the money; the bill's if left out.")
                      .length(1, 60),
                  field<&T::provider_reference>(
                      "providerReference", "The provider's own id of it, if there is one already.")
                      .length(1, 200),
                  field<&T::payment_method>("paymentMethod", "With what it is paid."));
}

// What a bill would be: the next one of a contract, or one with these lines. Nothing is written;
// it is no command of the decider.
struct PreviewBill {
    std::optional<ContractId> contract_id;
    std::optional<UserId> user_id;
    std::optional<VendorId> vendor_id;
    std::optional<Currency> currency;
    TaxBehavior tax_behavior = TaxBehavior::exclusive;
    std::vector<BillLineWish> items;
    Minor discount_amount = 0;
    CollectionMethod collection_method = CollectionMethod::charge_automatically;

    static constexpr Kind kind = Kind::bills;
    bool operator==(const PreviewBill&) const = default;
};
constexpr auto describe(const PreviewBill*) {
    using T = PreviewBill;
    return fields(field<&T::contract_id>("contractId", "Whose next bill, if there are no items."),
                  field<&T::user_id>("userId", "Who is to pay the items."),
                  field<&T::vendor_id>("vendorId", "Who is to be paid for the items."),
                  field<&T::currency>("currency", "ISO 4217 code of the items' amounts."),
                  field<&T::tax_behavior>("taxBehavior", "Is tax added to the amounts or in them?"),
                  field<&T::items>("items", "The lines."),
                  field<&T::discount_amount>("discountAmount", "Discount to spread over the lines.")
                      .range(0, std::numeric_limits<Minor>::max()),
                  field<&T::collection_method>("collectionMethod", "How it is collected."));
}

using BillCommand =
    std::variant<CreateBill, UpdateBill, DeleteBill, IssueBill, StartPayment, ApplyPayment,
                 FailPayment, ReleasePayment, MarkBillOverdue, RetryBill, CancelBill, ExpireBill,
                 WriteOffBill, ReinstateBill, VoidBill, ReverseSettlement, RecordRefund,
                 RequestPayment, EndBillGrace, PayBill>;

}  // namespace domain
