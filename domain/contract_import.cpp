// Contracts that come from another system, in the middle of a period that was paid there.
#include <algorithm>
#include <cassert>
#include <utility>

#include "domain/contract_change.hpp"
#include "domain/contract_items.hpp"

namespace domain {
namespace {

Failure<ContractRejection> because(ContractRejection reason) { return Failure{reason}; }

std::vector<ContractItem> items_of(const ImportContract& command) {
    std::vector<ContractItem> items;
    for (std::size_t i = 0; i < command.items.size(); ++i) {
        items.push_back(item_of(command.items[i], command.offers[i]));
        items.back().unit_amount = command.items[i].unit_amount.value_or(items.back().unit_amount);
    }
    return items;
}

// The period that runs; a contract for ever has none.
Result<std::optional<Period>, ContractRejection> period_of(const ImportContract& command,
                                                           const ContractTerms& terms) {
    using enum ContractRejection;
    if (terms.contract_duration == ContractDuration::perpetual) return std::nullopt;
    if (!terms.recurring_interval) return because(duration_needs_period);
    const auto start =
        command.current_period_start ? command.current_period_start : command.anchor_at;
    const auto end = command.current_period_end;
    if (!start || !end) return because(import_period_not_running);
    const Period running{*start, *end};
    if (!running.contains(command.now)) return because(import_period_not_running);
    return running;
}

bool has_time_out_of_range(const ImportContract& command) {
    return std::ranges::any_of(
        std::initializer_list<std::optional<Timestamp>>{
            command.anchor_at, command.start_at, command.trial_end, command.expires_at,
            command.current_period_start, command.current_period_end},
        is_out_of_range);
}

}  // namespace

Decision<ContractDecider> decide_on(const Contract&, const ImportContract& command) {
    using enum ContractRejection;
    assert(command.offers.size() == command.items.size());
    if (command.items.empty()) return because(contract_has_no_items);
    if (const auto problem = problem_of(command.offers, false, command.now)) {
        return because(*problem);
    }
    if (!command.is_vendor_selling) return because(vendor_not_selling);
    if (!command.is_time_zone_known) return because(unknown_time_zone);
    if (has_time_out_of_range(command)) return because(time_out_of_range);

    ContractImported imported;
    static_cast<ContractTerms&>(imported) = terms_of(command, items_of(command));
    const auto amount = amount_of(imported.items, imported.applied_discounts);
    if (!amount) return because(amount.error());
    const auto period = period_of(command, imported);
    if (!period) return because(period.error());
    imported.started_at = command.start_at.value_or(*period ? (*period)->start : command.now);
    imported.start_at = imported.started_at;
    if (!imported.anchor_at) imported.anchor_at = imported.started_at;
    if (*period) {
        if (!command.anchor_at) imported.anchor_at = (*period)->start;
        imported.period_start = (*period)->start;
        imported.period_end = (*period)->end;
        const bool is_term = imported.contract_duration == ContractDuration::renewable;
        if (is_term && !imported.expires_at) imported.expires_at = imported.period_end;
    }
    if (imported.started_at > command.now) return because(import_period_not_running);
    if (imported.expires_at && *imported.expires_at <= command.now) {
        return because(ends_before_start);
    }
    imported.issues_remaining =
        command.issues_remaining ? command.issues_remaining : command.issues_total;
    imported.entitlement_ids = command.entitlement_ids;
    return std::vector<ContractEvent>{std::move(imported)};
}

}  // namespace domain
