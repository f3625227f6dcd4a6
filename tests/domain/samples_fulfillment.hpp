// Samples of fulfillments.
#pragma once

#include "domain/fulfillment.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

inline FulfillmentTerms sample_fulfillment(FulfillmentMethod kind) {
    FulfillmentTerms terms;
    terms.sku = Sku{"weekly"};
    terms.user_id = UserId{"kari"};
    terms.vendor_id = VendorId{"dagbladet"};
    terms.kind = kind;
    if (!is_physical(kind)) return terms;
    terms.contract_id = ContractId{"c1"};
    terms.issue = FulfillmentIssue{Sku{"weekly"}, "2026-06", Date{"2026-02-06"}};
    terms.copies = 2;
    terms.address.emplace().street = Personal{"Storgata"};
    terms.cutoff_at = sample_end;
    return terms;
}

inline FulfillmentScheduled sample_shipment() {
    return {sample_fulfillment(FulfillmentMethod::physical_shipment)};
}
inline FulfillmentRequested sample_download() {
    FulfillmentRequested requested{sample_fulfillment(FulfillmentMethod::download)};
    requested.entitlement_id = EntitlementId{"e1"};
    return requested;
}
inline FulfillmentStopped sample_stopped(StopAction action = StopAction::extend) {
    return {{DeliveryStopId{"s1"}, action, sample_end}};
}
inline FulfillmentCredit sample_credit(Minor amount = 900) {
    return {amount, Currency::parse("NOK").value(), UserId{"ola"}, BillId{"b1"}};
}
inline FulfillmentReady sample_ready() {
    return {UserId{"kari"}, Personal{"https://example.org/a"}, sample_end};
}

template <>
struct Samples<FulfillmentDecider> {
    static std::vector<FulfillmentEvent> past(FulfillmentStatus status) {
        using enum FulfillmentStatus;
        const FulfillmentScheduled shipment = sample_shipment();
        const FulfillmentDispatched away{sample_end, "Posten", "4711"};
        const FulfillmentReturned back{"unknown at the address"};
        switch (status) {
            case absent: return {};
            case requested: return {sample_download()};
            case ready: return {sample_download(), sample_ready()};
            case failed: return {sample_download(), FulfillmentFailed{}};
            case revoked: return {sample_download(), FulfillmentRevoked{}};
            case scheduled: return {shipment};
            case stopped: return {shipment, sample_stopped()};
            case canceled: return {shipment, FulfillmentCanceled{}};
            case included: return {shipment, FulfillmentIncluded{}};
            case dispatched: return {shipment, FulfillmentIncluded{}, away};
            case delivered:
                return {shipment, FulfillmentIncluded{}, away, FulfillmentDelivered{sample_end}};
            case returned: return {shipment, FulfillmentIncluded{}, away, back};
            case reported_missing:
                return {shipment, FulfillmentIncluded{}, away, FulfillmentReportedMissing{}};
            case reshipped:
                return {shipment, FulfillmentIncluded{}, away, back, FulfillmentReshipped{}};
            case credited:
                return {shipment, FulfillmentIncluded{}, away, back,
                        FulfillmentCredited{sample_credit()}};
        }
        return {};
    }
    static std::vector<FulfillmentCommand> commands(FulfillmentStatus) {
        CreateFulfillment create;
        create.terms = sample_fulfillment(FulfillmentMethod::physical_shipment);
        create.now = sample_start;
        ReshipFulfillment reship;
        reship.id = FulfillmentId{"f2"};
        CreditFulfillment credit;
        credit.usual = sample_credit();
        credit.amount_max = 900;
        ReaddressFulfillment move;
        move.address.street = Personal{"Kirkegata"};
        move.now = sample_start;
        return {create,
                ReadyFulfillment{Url{"https://example.org/b"}, sample_end, sample_start},
                FailFulfillment{},
                RevokeFulfillment{},
                CancelFulfillment{std::nullopt, sample_start},
                IncludeFulfillment{"2026-06.csv"},
                DispatchFulfillment{"Posten", "4711", std::nullopt, sample_start},
                DeliverFulfillment{std::nullopt, sample_start},
                ReturnFulfillment{"moved"},
                ReportFulfillment{},
                reship,
                credit,
                StopFulfillment{sample_stopped(), std::nullopt, sample_start},
                ReinstateFulfillment{},
                SettleStop{std::nullopt, sample_end},
                move};
    }
};

}  // namespace domain
