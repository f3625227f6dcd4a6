// What is in effect at a moment: the status that a state has at that time, by its own times alone.
//
// The clock makes the same of it when the time has come, with an event. What needs more than time
// (a payment, an answer from outside) is left as it is: it is not known before.
#pragma once

#include "domain/aggregates.hpp"
#include "domain/time.hpp"

namespace domain {

BillStatus status_at(const Bill& bill, Timestamp at);
ContractStatus status_at(const Contract& contract, Timestamp at);
EntitlementStatus status_at(const Entitlement& entitlement, Timestamp at);

// Has the kind a status that depends on time?
constexpr bool has_status_at(Kind kind) {
    return kind == Kind::bills || kind == Kind::contracts || kind == Kind::entitlements;
}

// Gives it the status of that time. REQUIRES: has_status_at(kind_of(aggregate)), and it exists.
inline void set_status_at(AnyAggregate& aggregate, Timestamp at) {
    std::visit(
        [at](auto& one) {
            if constexpr (requires { status_at(one.state, at); }) {
                one.state.status = status_at(one.state, at);
            }
        },
        aggregate);
}

}  // namespace domain
