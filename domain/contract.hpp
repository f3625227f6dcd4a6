// A contract: what a vendor has agreed to give a user, for how much, and for how long.
//
// Read this file to know what a contract remembers (Contract), why it refuses (ContractRejection)
// and in which status each command is legal. Commands are in contract_commands.hpp, events in
// contract_events.hpp, the rules in contract.cpp, contract_change.cpp (of what changes while it
// runs) and contract_replay.cpp, what the clock does with it in due.hpp.
//
// Periods are always counted from the anchor (period.hpp). Trouble with payments is not a status:
// `paymentState` says it beside, and is the worst that one of its bills says.
//
// Invariants, kept by decide and asserted by evolve:
//   1. one vendor and one currency, fixed when the contract is made, and one period for all items;
//   2. only an ACTIVE contract has `willCancelAt`; CANCELED and EXPIRED are final;
//   3. amount = Σ quantity * unitAmount - Σ discounts >= 0.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "domain/contract_commands.hpp"
#include "domain/contract_events.hpp"
#include "domain/decider.hpp"

namespace domain {

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

// A bill of the contract that is not paid as it should be.
struct BillTrouble {
    BillId bill_id;
    PaymentState state = PaymentState::ok;
    bool operator==(const BillTrouble&) const = default;
};
constexpr auto describe(const BillTrouble*) {
    using T = BillTrouble;
    return fields(field<&T::bill_id>("billId", "The bill.").required(),
                  field<&T::state>("state", "What is wrong with it.").required());
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
    std::optional<Timestamp> paused_at;
    std::optional<Timestamp> resumes_at;
    std::optional<std::int64_t> issues_remaining;
    std::optional<std::string> last_issue;  // That was handed over.
    std::optional<PlannedChange> planned_change;
    std::optional<PlannedPrices> planned_prices;
    std::optional<std::string> delivery_address_from_issue;
    std::vector<DeliveryStop> delivery_stops;
    std::vector<EntitlementId> entitlement_ids;
    bool is_first_bill_paid = false;
    bool is_period_prepaid = false;         // In another system.
    std::vector<BillId> period_bill_ids;    // Of the period that runs, if it was changed.
    std::optional<Address> former_address;  // Of issues before delivery_address_from_issue.
    std::vector<BillTrouble> troubles;
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
            field<&T::paused_at>("pausedAt", "When it was paused."),
            field<&T::resumes_at>("resumesAt", "When it goes on by itself."),
            field<&T::issues_remaining>("issuesRemaining", "Issues still to come."),
            field<&T::last_issue>("lastIssue", "The issue that was handed over last."),
            field<&T::planned_change>("plannedChange", "A change of its items to come."),
            field<&T::planned_prices>("plannedPrices", "Prices to come."),
            field<&T::delivery_address_from_issue>("deliveryAddressFromIssue",
                                                   "The first issue that goes there."),
            field<&T::delivery_stops>("deliveryStops", "Days without delivery.").items(stops_max),
            field<&T::entitlement_ids>("entitlementIds", "The rights that it gave.").internal(),
            field<&T::is_first_bill_paid>("isFirstBillPaid", "Does it wait for its start alone?")
                .internal(),
            field<&T::is_period_prepaid>("isPeriodPrepaid", "Was it paid in another system?")
                .internal(),
            field<&T::period_bill_ids>("periodBillIds", "The bills of the period.")
                .items(10'000)
                .internal(),
            field<&T::former_address>("formerAddress", "Where issues before that go.").internal(),
            field<&T::troubles>("troubles", "Bills that are not paid as they should be.")
                .items(10'000)
                .internal()));
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
    term_not_over,
    refund_needs_immediate,
    renewal_not_due,
    resume_out_of_range,
    contract_is_ending,
    change_needs_period,
    period_not_paid,
    change_out_of_range,
    change_not_due,
    unknown_item,
    not_counted_by_issues,
    import_period_not_running,
    stop_ends_before_start,
    stop_too_long,
    stop_overlaps,
    stop_too_late,
    nothing_to_extend,
    too_many_stops,
    unknown_stop,
    stop_has_begun
};
constexpr auto describe(const ContractRejection*) {
    return wire_names(
        "contract_has_no_items", "unknown_purchase_option", "product_not_for_sale",
        "option_not_offered", "vendors_differ", "vendor_not_selling", "currencies_differ",
        "periods_differ", "duration_needs_period", "unknown_time_zone", "time_out_of_range",
        "ends_before_start", "amount_overflow", "discount_exceeds_amount", "not_started_yet",
        "no_period_end", "not_being_canceled", "cancellation_not_due", "term_not_over",
        "refund_needs_immediate", "renewal_not_due", "resume_out_of_range", "contract_is_ending",
        "change_needs_period", "period_not_paid", "change_out_of_range", "change_not_due",
        "unknown_item", "not_counted_by_issues", "import_period_not_running",
        "stop_ends_before_start", "stop_too_long", "stop_overlaps", "stop_too_late",
        "nothing_to_extend", "too_many_stops", "unknown_stop", "stop_has_begun");
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
            {"NoteFirstBillPaid", {pending}, {pending}},
            {"CancelContract", {pending, paused}, {canceled}},
            {"CancelContract", {active}, {active, canceled}},
            {"UncancelContract", {active}, {active}},
            {"CompleteCancellation", {active}, {canceled}},
            {"ExpireContract", {pending, active, paused}, {expired}},
            {"NoteContractPayment", {pending}, {pending}},
            {"NoteContractPayment", {active}, {active}},
            {"NoteContractPayment", {paused}, {paused}},
            {"RenewContract", {active}, {active}},
            {"PauseContract", {active}, {paused}},
            {"ResumeContract", {paused}, {active}},
            {"RestoreContractRights", {active}, {active}},
            {"ChangeContract", {active}, {active}},
            {"ApplyContractChange", {active}, {active}},
            {"ChangeContractPrice", {active}, {active}},
            {"ChangeContractPrice", {paused}, {paused}},
            {"ChangeContractPayer", {draft}, {draft}},
            {"ChangeContractPayer", {pending}, {pending}},
            {"ChangeContractPayer", {active}, {active}},
            {"ChangeContractPayer", {paused}, {paused}},
            {"ChangeDeliveryAddress", {draft}, {draft}},
            {"ChangeDeliveryAddress", {pending}, {pending}},
            {"ChangeDeliveryAddress", {active}, {active}},
            {"ChangeDeliveryAddress", {paused}, {paused}},
            {"ImportContract", {absent}, {active}},
            {"ConsumeContractIssue", {active}, {active, expired}},
            {"AddDeliveryStop", {pending}, {pending}},
            {"AddDeliveryStop", {active}, {active}},
            {"AddDeliveryStop", {paused}, {paused}},
            {"RemoveDeliveryStop", {pending}, {pending}},
            {"RemoveDeliveryStop", {active}, {active}},
            {"RemoveDeliveryStop", {paused}, {paused}},
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

// Takes in what a bill says now; it is forgotten when all is well with it.
void note_trouble(std::vector<BillTrouble>& troubles, const BillTrouble& noted);

// The period that begins when this one has ended; empty if the contract has no periods.
std::optional<Period> next_period(const Contract& contract, const Zones& zones);
// What is left at `now` of the period that runs then, if it is another one than the one that was
// paid; empty if it is the same, or there is none.
std::optional<Period> rest_of_period(const Contract& contract, Timestamp now, const Zones& zones);
// The whole of the period in which the current one lies: it is a part of it after a pause.
std::optional<Period> whole_period(const Contract& contract, const Zones& zones);
// The whole that the current period is a share of, as it is billed: itself, if it is no part of
// one that is counted from the anchor. REQUIRES: it has a current period.
Period billed_whole(const Contract& contract, const Zones& zones);

// When it ends by itself, if it does and nobody renews it.
std::optional<Timestamp> term_end(const Contract& contract);

// When it ends as far as it is known: by itself or by its cancellation, whichever comes first.
std::optional<Timestamp> known_end(const Contract& contract);

// Does it let the customer use what was bought before the first bill is paid?
bool has_invoice_terms(const Contract& contract);

// Can its end be put off, or issues be left uncounted?
bool can_extend(const Contract& contract);

// Is the period that runs the trial, for which there is no bill?
bool is_in_trial(const Contract& contract);

// The keys that this contract holds: each is held by one aggregate of the tenant at most.
std::vector<std::string> claims(const Contract& contract, std::string_view id);

}  // namespace domain
