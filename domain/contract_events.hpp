// What can have happened to a contract. Events are stored for ever: add a field, never rename,
// retype or reuse one.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/contract_parts.hpp"
#include "domain/decider.hpp"

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

using ContractEvent =
    std::variant<ContractDrafted, ContractConfirmed, ContractActivated,
                 ContractCancellationScheduled, ContractCancellationWithdrawn, ContractCanceled,
                 ContractExpired, ContractPaymentStateChanged, ContractFirstBillPaid,
                 ContractRenewed, ContractPaused, ContractResumed, ContractRightsRestored>;

}  // namespace domain
