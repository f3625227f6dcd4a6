// Delivery stops of a contract.
#include <algorithm>
#include <cassert>
#include <utility>

#include "domain/contract_change.hpp"

namespace domain {
namespace {

using Events = std::vector<ContractEvent>;

Failure<ContractRejection> because(ContractRejection reason) { return Failure{reason}; }

// What the customer gets if nobody says it: what the title's publisher prefers, where that can be.
StopAction usual_action(const Contract& contract, const AddDeliveryStop& command) {
    if (!can_extend(contract)) return StopAction::credit;
    return command.title_action.value_or(StopAction::extend);
}

}  // namespace

Decision<ContractDecider> decide_on(const Contract& contract, const AddDeliveryStop& command) {
    using enum ContractRejection;
    if (command.to < command.from) return because(stop_ends_before_start);
    const auto length = day_of(command.to) - day_of(command.from);
    if (length.count() >= stop_days_max) return because(stop_too_long);
    const bool overlaps = std::ranges::any_of(contract.delivery_stops, [&](const auto& stop) {
        return stop.from <= command.to && command.from <= stop.to;
    });
    if (overlaps) return because(stop_overlaps);
    if (contract.delivery_stops.size() >= stops_max) return because(too_many_stops);
    if (!command.effect) return because(stop_too_late);
    const StopAction action = command.action.value_or(usual_action(contract, command));
    if (action == StopAction::extend && !can_extend(contract)) return because(nothing_to_extend);

    const StopEffect& effect = *command.effect;
    ContractDeliveryStopAdded added;
    added.id = command.stop_id;
    added.from = command.from;
    added.to = command.to;
    added.action = action;
    added.effective_from = effect.effective_from;
    added.effective_from_issue = effect.effective_from_issue;
    added.begins_at = effect.begins_at;
    added.issues = effect.issues;
    added.reason = command.reason;
    const bool moves_end = action == StopAction::extend && effect.moved_end;
    if (moves_end) {
        added.extended_days = effect.days;
        added.expires_at = effect.moved_end;
    }
    return Events{std::move(added)};
}

Decision<ContractDecider> decide_on(const Contract& contract, const RemoveDeliveryStop& command) {
    using enum ContractRejection;
    const auto stop =
        std::ranges::find(contract.delivery_stops, command.stop_id, &DeliveryStop::id);
    if (stop == contract.delivery_stops.end()) return because(unknown_stop);
    if (stop->begins_at <= command.now) return because(stop_has_begun);
    return Events{ContractDeliveryStopRemoved{command.stop_id, command.moved_end}};
}

}  // namespace domain
