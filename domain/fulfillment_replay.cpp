// How a fulfillment takes in what happened to it.
#include <cassert>
#include <utility>

#include "domain/fulfillment.hpp"

namespace domain {
namespace {

// Each replay takes in a fact. It refuses nothing: what happened, happened. An impossible history
// is a programmer's error, hence an assertion.

using enum FulfillmentStatus;

Fulfillment replay(Fulfillment fulfillment, const FulfillmentRequested& event) {
    assert(fulfillment.status == absent);
    static_cast<FulfillmentTerms&>(fulfillment) = event;
    fulfillment.status = requested;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentScheduled& event) {
    assert(fulfillment.status == absent);
    static_cast<FulfillmentTerms&>(fulfillment) = event;
    fulfillment.status = scheduled;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentReady& event) {
    assert(fulfillment.status == requested || fulfillment.status == ready);
    fulfillment.url = event.url;
    fulfillment.expires_at = event.expires_at;
    fulfillment.status = ready;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentFailed& event) {
    assert(fulfillment.status == requested || fulfillment.status == ready);
    fulfillment.reason = event.reason;
    fulfillment.status = failed;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentRevoked& event) {
    assert(fulfillment.status == requested || fulfillment.status == ready);
    fulfillment.reason = event.reason;
    fulfillment.status = revoked;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentCanceled& event) {
    assert(fulfillment.status == scheduled);
    fulfillment.reason = event.reason;
    fulfillment.status = canceled;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentIncluded& event) {
    assert(fulfillment.status == scheduled);
    fulfillment.dispatch_file = event.dispatch_file;
    fulfillment.status = included;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentDispatched& event) {
    assert(fulfillment.status == included);
    fulfillment.dispatched_at = event.dispatched_at;
    fulfillment.carrier = event.carrier;
    fulfillment.tracking_number = event.tracking_number;
    fulfillment.status = dispatched;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentDelivered& event) {
    assert(fulfillment.status == ready || fulfillment.status == dispatched);
    fulfillment.delivered_at = event.delivered_at;
    fulfillment.status = delivered;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentReturned& event) {
    assert(fulfillment.status == dispatched);
    fulfillment.reason = event.reason;
    fulfillment.status = returned;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentReportedMissing& event) {
    assert(fulfillment.status == dispatched);
    fulfillment.problem = event.problem;
    fulfillment.status = reported_missing;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentReshipped& event) {
    assert(fulfillment.status == returned || fulfillment.status == reported_missing);
    fulfillment.reshipment_id = event.reshipment_id;
    fulfillment.status = reshipped;
    return fulfillment;
}

void take_credit(Fulfillment& fulfillment, const FulfillmentCredit& credit) {
    fulfillment.credit_amount = credit.amount;
    fulfillment.credit_currency = credit.currency;
    fulfillment.credit_bill_id = credit.bill_id;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentCredited& event) {
    assert(fulfillment.status == returned || fulfillment.status == reported_missing);
    take_credit(fulfillment, event);
    fulfillment.status = credited;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentStopped& event) {
    assert(fulfillment.status == scheduled);
    fulfillment.stop = event;
    fulfillment.status = stopped;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentReinstated&) {
    assert(is_stop_open(fulfillment));
    fulfillment.stop.reset();
    fulfillment.status = scheduled;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentStopSettled& event) {
    assert(is_stop_open(fulfillment));
    if (event.credit) take_credit(fulfillment, *event.credit);
    fulfillment.is_stop_settled = true;
    return fulfillment;
}

Fulfillment replay(Fulfillment fulfillment, const FulfillmentReaddressed& event) {
    assert(fulfillment.status == scheduled);
    fulfillment.address = event.address;
    return fulfillment;
}

}  // namespace

Fulfillment FulfillmentDecider::evolve(Fulfillment fulfillment, const FulfillmentEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(fulfillment), one); }, event);
}

}  // namespace domain
