// A contract: what a vendor has agreed to give a user, for how much, and for how long.
//
// Periods are always counted from the anchor (period.hpp). Trouble with payments is not a status:
// `paymentState` says it beside. The rules are in contract.cpp.
//
// Invariants, kept by decide and asserted by evolve:
//   1. one vendor, one currency and one period for all items, fixed when the contract is made;
//   2. only an ACTIVE contract has `willCancelAt`; CANCELED and EXPIRED are final;
//   3. amount = Σ quantity * unitAmount - Σ discounts >= 0.
//
// Events are stored for ever: add a field, never rename, retype or reuse one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/contract_parts.hpp"
#include "domain/decider.hpp"

namespace domain {

// Commands ----------------------------------------------------------------------------------------

// A product and one of its options, as they are now; no `option` when there is no such product or
// no such option of it.
struct Offer {
    bool is_for_sale = false;
    VendorId vendor_id;
    std::string title;
    std::optional<Url> cover;
    std::optional<PurchaseOption> option;
    bool operator==(const Offer&) const = default;
};

struct CreateContract : ContractOptions {
    std::optional<ContractId> id;
    std::optional<std::string> name;
    UserId user_id;
    std::optional<UserId> payer_id;
    std::vector<ContractItemWish> items;
    std::optional<ContractDuration> contract_duration;
    std::optional<TimeZoneName> time_zone;

    std::vector<Offer> offers;  // One for each item.
    bool is_vendor_selling = false;
    TimeZoneName vendor_time_zone;
    bool is_time_zone_known = false;  // Of the one of the two that counts.
    Timestamp now;
    bool operator==(const CreateContract&) const = default;
};
constexpr auto describe(const CreateContract*) {
    using T = CreateContract;
    return std::tuple_cat(
        fields(field<&T::id>("id", "The contract's id; made if left out."),
               field<&T::name>("name", "What it is called; the first item's name if left out.")
                   .length(1, 500),
               field<&T::user_id>("userId", "Who receives.").required(),
               field<&T::payer_id>("payerId", "Who pays; the receiver if left out."),
               field<&T::items>("items", "What is agreed on.").required().items(50),
               field<&T::contract_duration>("contractDuration",
                                            "How long it goes on; by the options if left out."),
               field<&T::time_zone>("timeZone", "IANA time zone; the vendor's if left out.")),
        describe(static_cast<const ContractOptions*>(nullptr)));
}

struct ConfirmContract {
    Timestamp now;
    Timestamp start;
    Timestamp anchor;
    std::optional<Period> first_period;  // Empty: for ever.
    std::optional<Timestamp> term_end;   // Of a renewable contract.
    bool operator==(const ConfirmContract&) const = default;
};
constexpr auto describe(const ConfirmContract*) { return fields(); }

// The first bill is paid, free, or to be paid by invoice.
struct ActivateContract {
    std::vector<EntitlementId> entitlement_ids;  // Of the rights that this gives, one an item.
    Timestamp now;
    bool operator==(const ActivateContract&) const = default;
};
constexpr auto describe(const ActivateContract*) { return fields(); }

enum class CancelMode : std::uint8_t { at_period_end, immediate };
constexpr auto describe(const CancelMode*) { return wire_names("atPeriodEnd", "immediate"); }

struct CancelContract {
    CancelMode mode = CancelMode::at_period_end;
    std::optional<std::string> reason;

    Timestamp now;
    bool operator==(const CancelContract&) const = default;
};
constexpr auto describe(const CancelContract*) {
    using T = CancelContract;
    return fields(field<&T::mode>("mode", "At the end of the paid period, or at once."),
                  field<&T::reason>("reason", "Why it is canceled.").length(1, 500));
}

struct UncancelContract {
    Timestamp now;
    bool operator==(const UncancelContract&) const = default;
};
constexpr auto describe(const UncancelContract*) { return fields(); }

// The clock reached `willCancelAt`.
struct CompleteCancellation {
    Timestamp now;
    bool operator==(const CompleteCancellation&) const = default;
};
constexpr auto describe(const CompleteCancellation*) { return fields(); }

struct DiscardContract {
    Timestamp now;
    bool operator==(const DiscardContract&) const = default;
};
constexpr auto describe(const DiscardContract*) { return fields(); }

struct ExpireContract {
    ContractExpiry reason = ContractExpiry::term_over;
    Timestamp now;
    bool operator==(const ExpireContract&) const = default;
};
constexpr auto describe(const ExpireContract*) { return fields(); }

// What one of its bills says about payment.
struct NoteContractPayment {
    PaymentState payment_state = PaymentState::ok;
    bool operator==(const NoteContractPayment&) const = default;
};
constexpr auto describe(const NoteContractPayment*) { return fields(); }

using ContractCommand = std::variant<CreateContract, ConfirmContract, ActivateContract,
                                     CancelContract, UncancelContract, CompleteCancellation,
                                     DiscardContract, ExpireContract, NoteContractPayment>;

// Events ------------------------------------------------------------------------------------------

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
    bool operator==(const ContractCanceled&) const = default;
};
constexpr auto describe(const ContractCanceled*) {
    using T = ContractCanceled;
    return fields(field<&T::canceled_at>("canceledAt", "When.").required(),
                  field<&T::reason>("reason", "Why."));
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
    bool operator==(const ContractPaymentStateChanged&) const = default;
};
constexpr auto describe(const ContractPaymentStateChanged*) {
    return fields(
        field<&ContractPaymentStateChanged::payment_state>("paymentState", "Is there trouble?")
            .required());
}

using ContractEvent = std::variant<ContractDrafted, ContractConfirmed, ContractActivated,
                                   ContractCancellationScheduled, ContractCancellationWithdrawn,
                                   ContractCanceled, ContractExpired, ContractPaymentStateChanged>;

// State -------------------------------------------------------------------------------------------

enum class ContractStatus : std::uint8_t {
    absent,
    draft,
    pending,   // Agreed; the start or the first payment is still to come.
    active,    // In force, maybe ending: see willCancelAt.
    paused,    // In force again later.
    canceled,  // Ended by somebody's will.
    expired    // Ended by itself.
};
constexpr auto describe(const ContractStatus*) {
    return wire_names("", "DRAFT", "PENDING", "ACTIVE", "PAUSED", "CANCELED", "EXPIRED");
}

struct Contract : ContractTerms {
    ContractStatus status = ContractStatus::absent;
    bool is_active = false;
    Minor amount = 0;
    std::string price;
    PaymentState payment_state = PaymentState::ok;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> current_period_start;
    std::optional<Timestamp> current_period_end;
    std::optional<Timestamp> next_bill_at;
    std::optional<std::string> next_price;
    std::optional<Timestamp> will_cancel_at;
    std::optional<Timestamp> cancel_requested_at;
    std::optional<std::string> cancel_reason;
    std::optional<Timestamp> canceled_at;
    std::optional<Timestamp> ended_at;
    std::optional<std::int64_t> issues_remaining;
    std::vector<EntitlementId> entitlement_ids;
    bool operator==(const Contract&) const = default;
};
constexpr auto describe(const Contract*) {
    using T = Contract;
    return std::tuple_cat(
        fields(field<&T::status>("status", "Where the contract stands."),
               field<&T::is_active>("isActive", "Is it in force?"),
               field<&T::payment_state>("paymentState", "Is there trouble with its payments?"),
               field<&T::amount>("amount", "What a period costs, in minor units, without tax."),
               field<&T::price>("price", "amount as a decimal number.")),
        describe(static_cast<const ContractTerms*>(nullptr)),
        fields(
            field<&T::started_at>("startedAt", "When it came into force."),
            field<&T::current_period_start>("currentPeriodStart", "The period that runs."),
            field<&T::current_period_end>("currentPeriodEnd", "Its end (exclusive)."),
            field<&T::next_bill_at>("nextBillAt", "When the next bill is made."),
            field<&T::next_price>("nextPrice", "What it will be for, as a decimal number."),
            field<&T::will_cancel_at>("willCancelAt", "When it will end, if it is ending."),
            field<&T::cancel_requested_at>("cancelRequestedAt", "When that was asked for."),
            field<&T::cancel_reason>("cancelReason", "Why it was canceled."),
            field<&T::canceled_at>("canceledAt", "When it was canceled."),
            field<&T::ended_at>("endedAt", "When it ended."),
            field<&T::issues_remaining>("issuesRemaining", "Issues still to come."),
            field<&T::entitlement_ids>("entitlementIds", "The rights that it gave.").internal()));
}

// Refusals ----------------------------------------------------------------------------------------

enum class ContractRejection : std::uint8_t {
    contract_has_no_items,
    unknown_purchase_option,
    product_not_for_sale,
    option_not_offered,
    vendors_differ,
    vendor_not_selling,
    currencies_differ,
    periods_differ,
    duration_needs_period,
    unknown_time_zone,
    time_out_of_range,
    ends_before_start,
    amount_overflow,
    discount_exceeds_amount,
    not_started_yet,
    no_period_end,
    not_being_canceled,
    cancellation_not_due,
    term_not_over
};
constexpr auto describe(const ContractRejection*) {
    return wire_names(
        "contract_has_no_items", "unknown_purchase_option", "product_not_for_sale",
        "option_not_offered", "vendors_differ", "vendor_not_selling", "currencies_differ",
        "periods_differ", "duration_needs_period", "unknown_time_zone", "time_out_of_range",
        "ends_before_start", "amount_overflow", "discount_exceeds_amount", "not_started_yet",
        "no_period_end", "not_being_canceled", "cancellation_not_due", "term_not_over");
}
RefusalInfo info(ContractRejection refusal);

struct ContractDecider {
    using State = Contract;
    using Command = ContractCommand;
    using Event = ContractEvent;
    using Rejection = ContractRejection;
    static constexpr Kind kind = Kind::contracts;

    static constexpr auto transitions = [] {
        using enum ContractStatus;
        return std::to_array<Transition<ContractStatus>>({
            {"CreateContract", {absent}, {draft}},
            {"ConfirmContract", {draft}, {pending}},
            {"DiscardContract", {draft}, {canceled}},
            {"ActivateContract", {pending}, {active}},
            {"CancelContract", {pending}, {canceled}},
            {"CancelContract", {active}, {active, canceled}},
            {"UncancelContract", {active}, {active}},
            {"CompleteCancellation", {active}, {canceled}},
            {"ExpireContract", {pending, active}, {expired}},
            {"NoteContractPayment", {pending}, {pending}},
            {"NoteContractPayment", {active}, {active}},
        });
    }();

    // REQUIRES: the table allows the command in the contract's status.
    static Decision<ContractDecider> decide(const Contract& contract,
                                            const ContractCommand& command);
    static Contract evolve(Contract contract, const ContractEvent& event);
};

// Start, anchor and first period if the contract is confirmed now. A trial is a period of its own.
// REQUIRES: the contract is a draft.
ConfirmContract confirm_at(Timestamp now, const Contract& draft, const Zones& zones);

// Does it let the customer use what was bought before the first bill is paid?
bool has_invoice_terms(const Contract& contract);

// The keys that this contract holds: each is held by one aggregate of the tenant at most.
std::vector<std::string> claims(const Contract& contract, std::string_view id);

}  // namespace domain
