// What the clock does with an aggregate next, and when: at most one thing at a time. Doing it moves
// the aggregate on, so that the same thing is never due twice.
//
// What is due is told from the state alone, and is what the aggregate's rules allow at that time.
// An outcome that is on its way (a payment in flight) is waited for; what comes then changes the
// state, and so what is due.
#pragma once

#include <optional>

#include "domain/aggregates.hpp"

namespace domain {

// Commands that the clock gives.
enum class ClockCommand : std::uint8_t {
    expire_bill,
    mark_bill_overdue,
    request_payment,
    end_bill_grace,
    write_off_bill,
    activate_contract,
    complete_cancellation,
    expire_contract,
    renew_contract,
    resume_contract,
    start_entitlement,
    expire_entitlement,
    apply_contract_change,
    poll_transaction,
    settle_stop
};

struct Due {
    Timestamp at;
    ClockCommand command = ClockCommand::expire_bill;
    bool operator==(const Due&) const = default;
};

std::optional<Due> next_due(const Bill& bill);
std::optional<Due> next_due(const Contract& contract);
std::optional<Due> next_due(const Entitlement& entitlement);
std::optional<Due> next_due(const Transaction& transaction);
std::optional<Due> next_due(const Fulfillment& fulfillment);

// Of any kind; nothing ever is due of kinds that have no part above.
inline std::optional<Due> next_due(const AnyAggregate& aggregate) {
    return std::visit(
        [](const auto& one) -> std::optional<Due> {
            if constexpr (requires { next_due(one.state); }) {
                return next_due(one.state);
            } else {
                return std::nullopt;
            }
        },
        aggregate);
}

}  // namespace domain
