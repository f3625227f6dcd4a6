// What can have happened to a bill. Events are stored for ever: add a field, never rename, retype
// or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/bill_lines.hpp"
#include "domain/bill_parts.hpp"
#include "domain/decider.hpp"
#include "domain/vendor.hpp"

namespace domain {

struct BillDrafted : BillHead, BillDetails, BillContent {
    bool operator==(const BillDrafted&) const = default;
};
constexpr auto describe(const BillDrafted*) {
    return std::tuple_cat(describe(static_cast<const BillHead*>(nullptr)),
                          describe(static_cast<const BillDetails*>(nullptr)),
                          describe(static_cast<const BillContent*>(nullptr)));
}

struct BillLinesChanged : BillContent {
    bool operator==(const BillLinesChanged&) const = default;
};

struct BillDetailsChanged : BillDetails {
    bool operator==(const BillDetailsChanged&) const = default;
};

struct BillDeleted {
    bool operator==(const BillDeleted&) const = default;
};
constexpr auto describe(const BillDeleted*) { return fields(); }

// The series of a vendor's bill numbers.
inline std::string number_series(const VendorId& vendor) { return "bill-number/" + vendor.text; }

struct BillIssued {
    std::string number;
    std::int64_t number_value = 0;
    VendorId vendor_id;
    UserId user_id;
    std::optional<BillTo> bill_to;
    Timestamp issued_at;
    Timestamp due_at;
    std::optional<Timestamp> expires_at;
    Minor credit_applied = 0;
    Dunning dunning;
    std::vector<UsedCredit> credits;
    Counter counter() const { return {number_series(vendor_id), number_value}; }
    bool operator==(const BillIssued&) const = default;
};
constexpr auto describe(const BillIssued*) {
    using T = BillIssued;
    return fields(field<&T::number>("number", "Gapless for each vendor.").required(),
                  field<&T::number_value>("numberValue", "The number without prefix.").required(),
                  field<&T::vendor_id>("vendorId", "Who is to be paid.").required(),
                  field<&T::user_id>("userId", "Who is to pay.").required(),
                  field<&T::bill_to>("billTo", "Whom the bill is made out to."),
                  field<&T::issued_at>("issuedAt", "When.").required(),
                  field<&T::due_at>("dueAt", "Until when it should be paid.").required(),
                  field<&T::expires_at>("expiresAt", "When an unfinished checkout lapses."),
                  field<&T::credit_applied>("creditApplied", "Customer credit that was used."),
                  field<&T::dunning>("dunning", "The vendor's schedule for unpaid bills."),
                  field<&T::credits>("credits", "Where the credit comes from."));
}

struct BillPaymentStarted {
    TransactionId transaction_id;
    bool operator==(const BillPaymentStarted&) const = default;
};
constexpr auto describe(const BillPaymentStarted*) {
    return fields(
        field<&BillPaymentStarted::transaction_id>("transactionId", "Its outcome is open.")
            .required());
}

struct BillPaymentApplied {
    TransactionId transaction_id;
    Minor amount = 0;
    std::optional<std::string> payment_provider;
    std::optional<std::string> payment_method;
    std::optional<std::string> receipt_url;
    bool operator==(const BillPaymentApplied&) const = default;
};
constexpr auto describe(const BillPaymentApplied*) {
    using T = BillPaymentApplied;
    return fields(
        field<&T::transaction_id>("transactionId", "The transaction that paid.").required(),
        field<&T::amount>("amount", "What it paid of this bill.").required(),
        field<&T::payment_provider>("paymentProvider", "Who moved the money."),
        field<&T::payment_method>("paymentMethod", "With what it was paid."),
        field<&T::receipt_url>("receiptUrl", "Where the provider shows a receipt."));
}

struct BillPaid {
    Timestamp paid_at;
    // Of the rights that this gives, one a line; none if a contract gives them.
    std::vector<EntitlementId> entitlement_ids;
    bool operator==(const BillPaid&) const = default;
};
constexpr auto describe(const BillPaid*) {
    return fields(field<&BillPaid::paid_at>("paidAt", "When nothing remained.").required(),
                  field<&BillPaid::entitlement_ids>("entitlementIds",
                                                    "The rights that this gives, by line."));
}

struct BillPaymentFailed {
    TransactionId transaction_id;
    std::optional<std::string> failure_code;
    bool operator==(const BillPaymentFailed&) const = default;
};
constexpr auto describe(const BillPaymentFailed*) {
    using T = BillPaymentFailed;
    return fields(
        field<&T::transaction_id>("transactionId", "The transaction that failed.").required(),
        field<&T::failure_code>("failureCode", "Why, in the provider's words."));
}

struct BillPaymentReleased {
    TransactionId transaction_id;
    bool operator==(const BillPaymentReleased&) const = default;
};
constexpr auto describe(const BillPaymentReleased*) {
    return fields(field<&BillPaymentReleased::transaction_id>("transactionId",
                                                              "It does not bear on the bill.")
                      .required());
}

struct BillRetryScheduled {
    std::int32_t attempt = 0;
    Timestamp next_attempt_at;
    bool operator==(const BillRetryScheduled&) const = default;
};
constexpr auto describe(const BillRetryScheduled*) {
    using T = BillRetryScheduled;
    return fields(field<&T::attempt>("attempt", "The attempt's number, from 1.").required(),
                  field<&T::next_attempt_at>("nextAttemptAt", "When.").required());
}

struct BillRetriesExhausted {
    bool operator==(const BillRetriesExhausted&) const = default;
};
constexpr auto describe(const BillRetriesExhausted*) { return fields(); }

struct BillMarkedOverdue {
    bool operator==(const BillMarkedOverdue&) const = default;
};
constexpr auto describe(const BillMarkedOverdue*) { return fields(); }

struct BillCanceled {
    std::optional<std::string> reason;
    bool operator==(const BillCanceled&) const = default;
};
constexpr auto describe(const BillCanceled*) {
    return fields(field<&BillCanceled::reason>("reason", "Why it was withdrawn."));
}

struct BillExpired {
    ExpireReason reason = ExpireReason::checkout_lapsed;
    bool operator==(const BillExpired&) const = default;
};
constexpr auto describe(const BillExpired*) {
    return fields(
        field<&BillExpired::reason>("reason", "By the clock, or written off.").required());
}

struct BillReinstated {
    bool operator==(const BillReinstated&) const = default;
};
constexpr auto describe(const BillReinstated*) { return fields(); }

struct BillVoided {
    std::string reason;
    bool operator==(const BillVoided&) const = default;
};
constexpr auto describe(const BillVoided*) {
    return fields(field<&BillVoided::reason>("reason", "Why it was annulled.").required());
}

// Credit that the bill had used is the customer's again.
struct CreditRestored {
    Minor amount = 0;
    bool operator==(const CreditRestored&) const = default;
};
constexpr auto describe(const CreditRestored*) {
    return fields(field<&CreditRestored::amount>("amount", "What came back.").required());
}

struct BillPaymentReversed {
    TransactionId transaction_id;
    Minor amount = 0;
    bool operator==(const BillPaymentReversed&) const = default;
};
constexpr auto describe(const BillPaymentReversed*) {
    using T = BillPaymentReversed;
    return fields(field<&T::transaction_id>("transactionId", "Which had paid.").required(),
                  field<&T::amount>("amount", "What is gone again.").required());
}

struct BillReopened {
    std::optional<Timestamp> write_off_at;
    bool operator==(const BillReopened&) const = default;
};
constexpr auto describe(const BillReopened*) {
    return fields(field<&BillReopened::write_off_at>("writeOffAt", "When it is given up now."));
}

struct BillRefundRecorded {
    Minor amount = 0;
    std::optional<TransactionId> transaction_id;
    bool operator==(const BillRefundRecorded&) const = default;
};
constexpr auto describe(const BillRefundRecorded*) {
    using T = BillRefundRecorded;
    return fields(field<&T::amount>("amount", "What was paid back.").required(),
                  field<&T::transaction_id>("transactionId", "The transaction that did it."));
}

// The clock asks for the money: who charges the customer does so now.
struct BillPaymentRequested {
    std::int32_t attempt = 0;
    Timestamp requested_at;
    std::optional<Timestamp> next_attempt_at;
    bool operator==(const BillPaymentRequested&) const = default;
};
constexpr auto describe(const BillPaymentRequested*) {
    using T = BillPaymentRequested;
    return fields(field<&T::attempt>("attempt", "The attempt's number, from 1.").required(),
                  field<&T::requested_at>("requestedAt", "When.").required(),
                  field<&T::next_attempt_at>("nextAttemptAt",
                                             "When it is asked for again if nothing comes of it."));
}

// Access was kept until now although the bill is not paid.
struct BillGraceEnded {
    bool operator==(const BillGraceEnded&) const = default;
};
constexpr auto describe(const BillGraceEnded*) { return fields(); }

using BillEvent =
    std::variant<BillDrafted, BillLinesChanged, BillDetailsChanged, BillDeleted, BillIssued,
                 BillPaymentStarted, BillPaymentApplied, BillPaid, BillPaymentFailed,
                 BillPaymentReleased, BillRetryScheduled, BillRetriesExhausted, BillMarkedOverdue,
                 BillCanceled, BillExpired, BillReinstated, BillVoided, CreditRestored,
                 BillPaymentReversed, BillReopened, BillRefundRecorded, BillPaymentRequested,
                 BillGraceEnded>;

}  // namespace domain
