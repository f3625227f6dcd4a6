// A fulfillment: one thing that is handed over for a product, digitally or by a shipment.
//
// Digital: REQUESTED → READY → DELIVERED | FAILED | REVOKED. Physical: SCHEDULED → STOPPED |
// CANCELED until the cut-off, INCLUDED in the dispatch file → DISPATCHED → DELIVERED | RETURNED |
// REPORTED_MISSING → RESHIPPED | CREDITED. Commands are in fulfillment_commands.hpp, events in
// fulfillment_events.hpp, the rules in fulfillment.cpp.
//
// `expiresAt` of something READY is for its readers to compare with the time; a new address of it
// makes it READY again. A delivery stop stops what is SCHEDULED at once; until the cut-off the stop
// can be removed, and then it is SCHEDULED again. At the cut-off the stop is settled: only then
// money is given for it.
//
// What can still change because of its contract or right claims "fulfillments-of/…", so that it is
// found when that changes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "domain/decider.hpp"
#include "domain/fulfillment_commands.hpp"
#include "domain/fulfillment_events.hpp"

namespace domain {

enum class FulfillmentStatus : std::uint8_t {
    absent,
    requested,  // Digital: to be made ready.
    ready,      // The user can get it.
    failed,
    revoked,
    scheduled,  // Physical: to be shipped.
    stopped,    // By a delivery stop.
    canceled,
    included,  // In the dispatch file.
    dispatched,
    delivered,
    returned,
    reported_missing,
    reshipped,  // Another one was sent in its place.
    credited    // What it cost was given back.
};
constexpr auto describe(const FulfillmentStatus*) {
    return wire_names("", "REQUESTED", "READY", "FAILED", "REVOKED", "SCHEDULED", "STOPPED",
                      "CANCELED", "INCLUDED", "DISPATCHED", "DELIVERED", "RETURNED",
                      "REPORTED_MISSING", "RESHIPPED", "CREDITED");
}

struct Fulfillment : FulfillmentTerms {
    FulfillmentStatus status = FulfillmentStatus::absent;
    std::optional<Personal> url;
    std::optional<Timestamp> expires_at;
    std::optional<std::string> dispatch_file;
    std::optional<std::string> carrier;
    std::optional<std::string> tracking_number;
    std::optional<Timestamp> dispatched_at;
    std::optional<Timestamp> delivered_at;
    std::optional<FulfillmentProblem> problem;
    std::optional<std::string> reason;
    std::optional<FulfillmentId> reshipment_id;
    std::optional<Minor> credit_amount;
    std::optional<Currency> credit_currency;
    std::optional<BillId> credit_bill_id;
    std::optional<StopNote> stop;
    bool is_stop_settled = false;
    bool operator==(const Fulfillment&) const = default;
};
constexpr auto describe(const Fulfillment*) {
    using T = Fulfillment;
    return std::tuple_cat(
        fields(field<&T::status>("status", "Where it stands.")),
        describe(static_cast<const FulfillmentTerms*>(nullptr)),
        fields(field<&T::url>("url", "Where the user gets it."),
               field<&T::expires_at>("expiresAt", "Until when that works (exclusive)."),
               field<&T::dispatch_file>("dispatchFile", "The dispatch file that it is in."),
               field<&T::carrier>("carrier", "Who carries it."),
               field<&T::tracking_number>("trackingNumber", "The carrier's number."),
               field<&T::dispatched_at>("dispatchedAt", "When it was dispatched."),
               field<&T::delivered_at>("deliveredAt", "When it was delivered."),
               field<&T::problem>("problem", "What the receiver said is wrong."),
               field<&T::reason>("reason", "Why it failed, ended or came back."),
               field<&T::reshipment_id>("reshipmentId", "What was sent in its place."),
               field<&T::credit_amount>("creditAmount", "What was given back for it."),
               field<&T::credit_currency>("creditCurrency", "The currency of that."),
               field<&T::credit_bill_id>("creditBillId", "The bill that had asked for it."),
               field<&T::stop>("stop", "The delivery stop that it fell into."),
               field<&T::is_stop_settled>("isStopSettled", "Is that final?").internal()));
}

// Refusals ----------------------------------------------------------------------------------------

enum class FulfillmentRejection : std::uint8_t {
    address_required,
    address_not_needed,
    cover_date_out_of_range,
    cutoff_passed,
    link_expired_already,
    copies_exceed_original,
    nothing_to_credit,
    credit_exceeds_cost,
    stop_not_final,
    stop_is_final
};
constexpr auto describe(const FulfillmentRejection*) {
    return wire_names("address_required", "address_not_needed", "cover_date_out_of_range",
                      "cutoff_passed", "link_expired_already", "copies_exceed_original",
                      "nothing_to_credit", "credit_exceeds_cost", "stop_not_final",
                      "stop_is_final");
}
RefusalInfo info(FulfillmentRejection refusal);

// What of it can still be changed: the cut-off, if it has one, is to come.
bool is_before_cutoff(const FulfillmentTerms& terms, Timestamp now);
// Can its delivery be stopped, or be brought back?
bool is_stop_open(const Fulfillment& fulfillment);

// What the claims begin with of all that can still change because of a contract, or a right.
std::string open_of(const ContractId& contract);
std::string open_of(const EntitlementId& right);

// Keys that no other fulfillment of the tenant may have; see claims.hpp.
std::vector<std::string> claims(const Fulfillment& fulfillment, std::string_view id);

struct FulfillmentDecider {
    using State = Fulfillment;
    using Command = FulfillmentCommand;
    using Event = FulfillmentEvent;
    using Rejection = FulfillmentRejection;
    using Status = FulfillmentStatus;

    static constexpr Kind kind = Kind::fulfillments;
    static constexpr auto transitions = [] {
        using enum FulfillmentStatus;
        return std::to_array<Transition<Status>>({
            {"CreateFulfillment", {absent}, {requested, scheduled, stopped}},
            {"ReadyFulfillment", {requested, ready}, {ready}},
            {"FailFulfillment", {requested, ready}, {failed}},
            {"RevokeFulfillment", {requested, ready}, {revoked}},
            {"CancelFulfillment", {scheduled}, {canceled}},
            {"IncludeFulfillment", {scheduled}, {included}},
            {"DispatchFulfillment", {included}, {dispatched}},
            {"DeliverFulfillment", {ready, dispatched}, {delivered}},
            {"ReturnFulfillment", {dispatched}, {returned}},
            {"ReportFulfillment", {dispatched}, {reported_missing}},
            {"ReshipFulfillment", {returned, reported_missing}, {reshipped}},
            {"CreditFulfillment", {returned, reported_missing}, {credited}},
            {"StopFulfillment", {scheduled}, {stopped}},
            {"ReinstateFulfillment", {stopped}, {scheduled}},
            {"SettleStop", {stopped}, {stopped}},
            {"ReaddressFulfillment", {scheduled}, {scheduled}},
        });
    }();

    // REQUIRES: the table allows the command in the fulfillment's status.
    static Decision<FulfillmentDecider> decide(const Fulfillment& fulfillment,
                                               const FulfillmentCommand& command);
    static Fulfillment evolve(Fulfillment fulfillment, const FulfillmentEvent& event);
};

}  // namespace domain
