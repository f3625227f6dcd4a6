#include "domain/fulfillment.hpp"

#include <cassert>
#include <utility>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<FulfillmentEvent>;

Failure<FulfillmentRejection> because(FulfillmentRejection reason) { return Failure{reason}; }

// Cut-offs of issues from other times leave the years that can be written.
bool is_out_of_range(const std::optional<FulfillmentIssue>& issue) {
    if (!issue || !issue->cover_date) return false;
    const std::chrono::year_month_day day{day_of(*issue->cover_date)};
    return day.year() < std::chrono::year{1971} || day.year() >= std::chrono::year{3000};
}

void stop(Events& events, const StopNote& note, const std::optional<FulfillmentCredit>& credit,
          Timestamp now) {
    events.emplace_back(FulfillmentStopped{note});
    if (note.final_at <= now) events.emplace_back(FulfillmentStopSettled{credit});
}

// Each handle reads as a list of refusals, the most general first, and then what happened.

Decision<FulfillmentDecider> handle(const Fulfillment&, const CreateFulfillment& command) {
    using enum FulfillmentRejection;
    const FulfillmentTerms& terms = command.terms;
    if (!is_physical(terms.kind)) {
        if (terms.address) return because(address_not_needed);
        return Events{FulfillmentRequested{terms}};
    }
    if (!terms.address) return because(address_required);
    if (is_out_of_range(terms.issue)) return because(cover_date_out_of_range);
    Events events{FulfillmentScheduled{terms}};
    if (command.stop) stop(events, *command.stop, command.stop_credit, command.now);
    return events;
}

Decision<FulfillmentDecider> handle(const Fulfillment& fulfillment,
                                    const ReadyFulfillment& command) {
    if (command.expires_at && *command.expires_at <= command.now) {
        return because(FulfillmentRejection::link_expired_already);
    }
    const Personal url{command.url.text};
    const bool is_same = fulfillment.url == url && fulfillment.expires_at == command.expires_at;
    if (is_same) return Events{};
    return Events{FulfillmentReady{fulfillment.user_id, url, command.expires_at}};
}

Decision<FulfillmentDecider> handle(const Fulfillment&, const FailFulfillment& command) {
    return Events{FulfillmentFailed{command.reason}};
}

Decision<FulfillmentDecider> handle(const Fulfillment&, const RevokeFulfillment& command) {
    return Events{FulfillmentRevoked{command.reason}};
}

Decision<FulfillmentDecider> handle(const Fulfillment& fulfillment,
                                    const CancelFulfillment& command) {
    if (!is_before_cutoff(fulfillment, command.now)) {
        return because(FulfillmentRejection::cutoff_passed);
    }
    return Events{FulfillmentCanceled{command.reason}};
}

Decision<FulfillmentDecider> handle(const Fulfillment&, const IncludeFulfillment& command) {
    return Events{FulfillmentIncluded{command.dispatch_file}};
}

Decision<FulfillmentDecider> handle(const Fulfillment&, const DispatchFulfillment& command) {
    return Events{FulfillmentDispatched{command.dispatched_at.value_or(command.now),
                                        command.carrier, command.tracking_number}};
}

Decision<FulfillmentDecider> handle(const Fulfillment&, const DeliverFulfillment& command) {
    return Events{FulfillmentDelivered{command.delivered_at.value_or(command.now)}};
}

Decision<FulfillmentDecider> handle(const Fulfillment&, const ReturnFulfillment& command) {
    return Events{FulfillmentReturned{command.reason}};
}

Decision<FulfillmentDecider> handle(const Fulfillment& fulfillment,
                                    const ReportFulfillment& command) {
    return Events{FulfillmentReportedMissing{fulfillment.user_id, command}};
}

// REQUIRES: the handler gave the new one an id.
Decision<FulfillmentDecider> handle(const Fulfillment& fulfillment,
                                    const ReshipFulfillment& command) {
    assert(command.id);
    FulfillmentReshipped reshipped;
    reshipped.user_id = fulfillment.user_id;
    reshipped.reshipment_id = *command.id;
    reshipped.copies = command.copies.value_or(fulfillment.copies);
    if (reshipped.copies > fulfillment.copies) {
        return because(FulfillmentRejection::copies_exceed_original);
    }
    reshipped.address = command.address ? command.address : fulfillment.address;
    reshipped.instructions = command.instructions ? command.instructions : fulfillment.instructions;
    return Events{std::move(reshipped)};
}

Decision<FulfillmentDecider> handle(const Fulfillment&, const CreditFulfillment& command) {
    using enum FulfillmentRejection;
    if (!command.usual) return because(nothing_to_credit);
    FulfillmentCredited credited{*command.usual};
    credited.amount = command.amount.value_or(credited.amount);
    if (credited.amount > command.amount_max) return because(credit_exceeds_cost);
    if (credited.amount <= 0) return because(nothing_to_credit);
    return Events{std::move(credited)};
}

Decision<FulfillmentDecider> handle(const Fulfillment& fulfillment,
                                    const StopFulfillment& command) {
    if (!is_before_cutoff(fulfillment, command.now)) {
        return because(FulfillmentRejection::cutoff_passed);
    }
    Events events;
    stop(events, command.stop, command.credit, command.now);
    return events;
}

Decision<FulfillmentDecider> handle(const Fulfillment& fulfillment, const ReinstateFulfillment&) {
    if (!is_stop_open(fulfillment)) return because(FulfillmentRejection::stop_is_final);
    return Events{FulfillmentReinstated{}};
}

Decision<FulfillmentDecider> handle(const Fulfillment& fulfillment, const SettleStop& command) {
    if (!is_stop_open(fulfillment)) return Events{};
    if (command.now < fulfillment.stop->final_at) {
        return because(FulfillmentRejection::stop_not_final);
    }
    return Events{FulfillmentStopSettled{command.credit}};
}

Decision<FulfillmentDecider> handle(const Fulfillment& fulfillment,
                                    const ReaddressFulfillment& command) {
    if (!is_before_cutoff(fulfillment, command.now)) {
        return because(FulfillmentRejection::cutoff_passed);
    }
    if (fulfillment.address == command.address) return Events{};
    return Events{FulfillmentReaddressed{fulfillment.user_id, command.address}};
}

}  // namespace

RefusalInfo info(FulfillmentRejection refusal) {
    using enum FulfillmentRejection;
    using enum RefusalKind;
    switch (refusal) {
        case address_required:
            return {invalid, "/address",
                    "name one: neither the contract nor the user has a delivery address"};
        case address_not_needed: return {invalid, "/address", "only a shipment has an address"};
        case cover_date_out_of_range:
            return {invalid, "/issue/coverDate", "must be in the years 1971 to 2999"};
        case cutoff_passed:
            return {conflict, "",
                    "the cut-off of the issue has passed (cutoffAt): it can neither be stopped, "
                    "canceled nor sent elsewhere any more"};
        case link_expired_already: return {invalid, "/expiresAt", "must be later than now"};
        case copies_exceed_original:
            return {invalid, "/copies", "must not be more than were to be delivered"};
        case nothing_to_credit:
            return {conflict, "/billId",
                    "nothing was asked for it by any bill that is known; name "
                    "the bill, and an amount above zero"};
        case credit_exceeds_cost: return {conflict, "/amount", "must not be more than it cost"};
        case stop_not_final: return {conflict, "", "the cut-off has not been reached"};
        case stop_is_final: return {conflict, "", "the cut-off has passed"};
    }
    return {conflict, "", ""};
}

bool is_before_cutoff(const FulfillmentTerms& terms, Timestamp now) {
    return !terms.cutoff_at || now < *terms.cutoff_at;
}

bool is_stop_open(const Fulfillment& fulfillment) {
    return fulfillment.status == FulfillmentStatus::stopped && !fulfillment.is_stop_settled;
}

std::string open_of(const ContractId& contract) {
    return "fulfillments-of/contract/" + contract.text + '/';
}

std::string open_of(const EntitlementId& right) {
    return "fulfillments-of/entitlement/" + right.text + '/';
}

// A digital thing is of its right, a shipment of its contract.
std::vector<std::string> claims(const Fulfillment& fulfillment, std::string_view id) {
    using enum FulfillmentStatus;
    constexpr StatusSet<FulfillmentStatus> open{requested, ready, scheduled};
    auto keys = external_claims("fulfillment", fulfillment.external_id);
    keys.push_back(held_claim(fulfillment.user_id, Kind::fulfillments, id));
    const auto& contract = fulfillment.contract_id;
    const auto& right = fulfillment.entitlement_id;
    const bool is_shipment = is_physical(fulfillment.kind);
    const std::string self = to_text(Subject{Kind::fulfillments, std::string(id)});
    if (open.contains(fulfillment.status) || is_stop_open(fulfillment)) {
        if (is_shipment && contract) keys.push_back(open_of(*contract) + self);
        if (!is_shipment && right) keys.push_back(open_of(*right) + self);
    }
    const std::string code = fulfillment.issue ? fulfillment.issue->code : "";
    const bool is_issue = is_shipment && fulfillment.issue && !fulfillment.reshipment_of;
    if (is_issue && contract && fulfillment.status != canceled) {
        keys.push_back("contract-issue/" + contract->text + '/' + fulfillment.sku.text + '/' +
                       code);
    }
    if (fulfillment.status == credited && fulfillment.credit_bill_id) {
        keys.push_back("fulfillment-credit/" + fulfillment.credit_bill_id->text + '/' +
                       fulfillment.sku.text + '/' + code);
    }
    return keys;
}

Decision<FulfillmentDecider> FulfillmentDecider::decide(const Fulfillment& fulfillment,
                                                        const FulfillmentCommand& command) {
    assert(is_legal<FulfillmentDecider>(fulfillment.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(fulfillment, one); }, command);
}

}  // namespace domain
