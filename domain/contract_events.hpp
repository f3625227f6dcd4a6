// What can have happened to a contract. Events are stored for ever: add a field, never rename,
// retype or reuse one.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/bill_lines.hpp"
#include "domain/contract_parts.hpp"
#include "domain/decider.hpp"
#include "domain/delivery_stop.hpp"

namespace domain {

struct ContractDrafted : ContractTerms {
    bool operator==(const ContractDrafted&) const = default;
};

struct ContractConfirmed {
    Timestamp start_at;
    Timestamp anchor_at;
    std::optional<Timestamp> period_start;
    std::optional<Timestamp> period_end;
    std::optional<Timestamp> expires_at;
    bool operator==(const ContractConfirmed&) const = default;
};
constexpr auto describe(const ContractConfirmed*) {
    using T = ContractConfirmed;
    return fields(field<&T::start_at>("startAt", "When it begins.").required(),
                  field<&T::anchor_at>("anchorAt", "From where periods are counted.").required(),
                  field<&T::period_start>("periodStart", "The first period."),
                  field<&T::period_end>("periodEnd", "Its end (exclusive)."),
                  field<&T::expires_at>("expiresAt", "When it ends by itself."));
}

struct ContractActivated {
    Timestamp started_at;
    std::vector<EntitlementId> entitlement_ids;
    bool operator==(const ContractActivated&) const = default;
};
constexpr auto describe(const ContractActivated*) {
    using T = ContractActivated;
    return fields(
        field<&T::started_at>("startedAt", "When it came into force.").required(),
        field<&T::entitlement_ids>("entitlementIds", "The rights that this gives, by item."));
}

struct ContractCancellationScheduled {
    Timestamp will_cancel_at;
    Timestamp requested_at;
    std::optional<std::string> reason;
    bool operator==(const ContractCancellationScheduled&) const = default;
};
constexpr auto describe(const ContractCancellationScheduled*) {
    using T = ContractCancellationScheduled;
    return fields(field<&T::will_cancel_at>("willCancelAt", "When it will end.").required(),
                  field<&T::requested_at>("requestedAt", "When that was asked for.").required(),
                  field<&T::reason>("reason", "Why."));
}

struct ContractCancellationWithdrawn {
    bool operator==(const ContractCancellationWithdrawn&) const = default;
};
constexpr auto describe(const ContractCancellationWithdrawn*) { return fields(); }

struct ContractCanceled {
    Timestamp canceled_at;
    std::optional<std::string> reason;
    RefundMode refund = RefundMode::none;
    bool operator==(const ContractCanceled&) const = default;
};
constexpr auto describe(const ContractCanceled*) {
    using T = ContractCanceled;
    return fields(field<&T::canceled_at>("canceledAt", "When.").required(),
                  field<&T::reason>("reason", "Why."),
                  field<&T::refund>("refund", "What is paid back of the period that was cut."));
}

struct ContractExpired {
    Timestamp expired_at;
    ContractExpiry reason = ContractExpiry::term_over;
    bool operator==(const ContractExpired&) const = default;
};
constexpr auto describe(const ContractExpired*) {
    using T = ContractExpired;
    return fields(field<&T::expired_at>("expiredAt", "When.").required(),
                  field<&T::reason>("reason", "Why.").required());
}

struct ContractPaymentStateChanged {
    PaymentState payment_state = PaymentState::ok;
    std::optional<BillId> bill_id;
    PaymentState bill_state = PaymentState::ok;
    bool operator==(const ContractPaymentStateChanged&) const = default;
};
constexpr auto describe(const ContractPaymentStateChanged*) {
    using T = ContractPaymentStateChanged;
    return fields(field<&T::payment_state>("paymentState", "Is there trouble?").required(),
                  field<&T::bill_id>("billId", "The bill that says so."),
                  field<&T::bill_state>("billState", "What it says; paymentState is the worst."));
}

struct ContractFirstBillPaid {
    bool operator==(const ContractFirstBillPaid&) const = default;
};
constexpr auto describe(const ContractFirstBillPaid*) { return fields(); }

struct ContractRenewed {
    Timestamp period_start;
    Timestamp period_end;
    std::vector<EntitlementId> entitlement_ids;
    bool operator==(const ContractRenewed&) const = default;
};
constexpr auto describe(const ContractRenewed*) {
    using T = ContractRenewed;
    return fields(field<&T::period_start>("periodStart", "The period that runs now.").required(),
                  field<&T::period_end>("periodEnd", "Its end (exclusive).").required(),
                  field<&T::entitlement_ids>("entitlementIds", "The rights in it, by item."));
}

struct ContractPaused {
    Timestamp paused_at;
    std::optional<Timestamp> resumes_at;
    std::optional<std::string> reason;
    bool operator==(const ContractPaused&) const = default;
};
constexpr auto describe(const ContractPaused*) {
    using T = ContractPaused;
    return fields(field<&T::paused_at>("pausedAt", "When.").required(),
                  field<&T::resumes_at>("resumesAt", "When it goes on by itself."),
                  field<&T::reason>("reason", "Why."));
}

struct ContractResumed {
    Timestamp resumed_at;
    bool operator==(const ContractResumed&) const = default;
};
constexpr auto describe(const ContractResumed*) {
    return fields(field<&ContractResumed::resumed_at>("resumedAt", "When.").required());
}

struct ContractRightsRestored {
    std::vector<EntitlementId> entitlement_ids;
    bool operator==(const ContractRightsRestored&) const = default;
};
constexpr auto describe(const ContractRightsRestored*) {
    return fields(field<&ContractRightsRestored::entitlement_ids>(
        "entitlementIds", "The rights that it gives from now on, by item."));
}

// Its items are other ones now. What that costs is on a bill of its own.
struct ContractItemsChanged : ChangedTerms {
    Timestamp effective_at;
    std::optional<Timestamp> period_start;
    std::optional<Timestamp> period_end;
    std::vector<EntitlementId> entitlement_ids;
    std::vector<EntitlementId> ended_entitlement_ids;
    std::vector<BillId> credited_bill_ids;
    std::optional<BillId> bill_id;
    std::vector<BillLineWish> lines;
    Minor credit_amount = 0;
    std::optional<std::string> reason;
    bool operator==(const ContractItemsChanged&) const = default;
};
constexpr auto describe(const ContractItemsChanged*) {
    using T = ContractItemsChanged;
    return std::tuple_cat(
        describe(static_cast<const ChangedTerms*>(nullptr)),
        fields(field<&T::effective_at>("effectiveAt", "From when they hold.").required(),
               field<&T::period_start>("periodStart", "The period that runs now."),
               field<&T::period_end>("periodEnd", "Its end (exclusive)."),
               field<&T::entitlement_ids>("entitlementIds", "The rights that it gives, by item."),
               field<&T::ended_entitlement_ids>("endedEntitlementIds", "The rights that end."),
               field<&T::credited_bill_ids>("creditedBillIds", "The bills of the period so far."),
               field<&T::bill_id>("billId", "The bill of the change."),
               field<&T::lines>("lines", "Its lines: what was not used, and what is used instead.")
                   .items(102),
               field<&T::credit_amount>("creditAmount", "What becomes customer credit."),
               field<&T::reason>("reason", "Why.")));
}

struct ContractItemsChangePlanned : PlannedChange {
    bool operator==(const ContractItemsChangePlanned&) const = default;
};

struct ContractItemsChangeWithdrawn {
    bool operator==(const ContractItemsChangeWithdrawn&) const = default;
};
constexpr auto describe(const ContractItemsChangeWithdrawn*) { return fields(); }

struct ContractPriceChanged : PlannedPrices {
    std::optional<std::string> reason;
    bool operator==(const ContractPriceChanged&) const = default;
};
constexpr auto describe(const ContractPriceChanged*) {
    return std::tuple_cat(describe(static_cast<const PlannedPrices*>(nullptr)),
                          fields(field<&ContractPriceChanged::reason>("reason", "Why.")));
}

struct ContractPayerChanged {
    UserId payer_id;
    std::optional<std::string> reason;
    bool operator==(const ContractPayerChanged&) const = default;
};
constexpr auto describe(const ContractPayerChanged*) {
    using T = ContractPayerChanged;
    return fields(field<&T::payer_id>("payerId", "Who pays from now on.").required(),
                  field<&T::reason>("reason", "Why."));
}

struct ContractDeliveryAddressChanged {
    UserId user_id;  // Who receives: the address is sealed with the key of this person.
    Address delivery_address;
    std::optional<std::string> effective_from_issue;
    bool operator==(const ContractDeliveryAddressChanged&) const = default;
};
constexpr auto describe(const ContractDeliveryAddressChanged*) {
    using T = ContractDeliveryAddressChanged;
    return fields(
        field<&T::user_id>("userId", "Who receives.").required(),
        field<&T::delivery_address>("deliveryAddress", "Where to.").required(),
        field<&T::effective_from_issue>("effectiveFromIssue", "The first issue that goes there."));
}

// A contract that ran in another system runs here from now on.
struct ContractImported : ContractTerms {
    Timestamp started_at;
    std::optional<Timestamp> period_start;
    std::optional<Timestamp> period_end;
    std::optional<std::int64_t> issues_remaining;
    std::vector<EntitlementId> entitlement_ids;
    bool operator==(const ContractImported&) const = default;
};
constexpr auto describe(const ContractImported*) {
    using T = ContractImported;
    return std::tuple_cat(
        describe(static_cast<const ContractTerms*>(nullptr)),
        fields(field<&T::started_at>("startedAt", "When it came into force.").required(),
               field<&T::period_start>("periodStart", "The period that runs."),
               field<&T::period_end>("periodEnd", "Its end (exclusive)."),
               field<&T::issues_remaining>("issuesRemaining", "Issues still to come."),
               field<&T::entitlement_ids>("entitlementIds", "The rights that this gives.")));
}

struct ContractIssueConsumed {
    std::string issue_code;
    std::int64_t issues_remaining = 0;
    bool operator==(const ContractIssueConsumed&) const = default;
};
constexpr auto describe(const ContractIssueConsumed*) {
    using T = ContractIssueConsumed;
    return fields(
        field<&T::issue_code>("issueCode", "The issue.").required(),
        field<&T::issues_remaining>("issuesRemaining", "How many are still to come.").required());
}

using ContractEvent = std::variant<
    ContractDrafted, ContractConfirmed, ContractActivated, ContractCancellationScheduled,
    ContractCancellationWithdrawn, ContractCanceled, ContractExpired, ContractPaymentStateChanged,
    ContractFirstBillPaid, ContractRenewed, ContractPaused, ContractResumed, ContractRightsRestored,
    ContractItemsChanged, ContractItemsChangePlanned, ContractItemsChangeWithdrawn,
    ContractPriceChanged, ContractPayerChanged, ContractDeliveryAddressChanged, ContractImported,
    ContractIssueConsumed, ContractDeliveryStopAdded, ContractDeliveryStopRemoved>;

}  // namespace domain
