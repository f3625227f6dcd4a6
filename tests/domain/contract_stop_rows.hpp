// What is refused of delivery stops.
#pragma once

#include "tests/domain/samples_contract.hpp"
#include "tests/support/given.hpp"

namespace domain {

// A contract with a stop from the first day of the year on, which begins on the sixth.
inline std::vector<ContractEvent> stopped_contract() {
    return Samples<ContractDecider>::past(ContractStatus::active, "RemoveDeliveryStop");
}

inline AddDeliveryStop sample_stop(std::string from, std::string to) {
    AddDeliveryStop stop = sample_delivery_stop();
    stop.from = Date{std::move(from)};
    stop.to = Date{std::move(to)};
    return stop;
}

inline std::vector<ContractEvent> contract_of_many_stops() {
    auto events = Samples<ContractDecider>::past(ContractStatus::active);
    ContractDeliveryStopAdded added;
    added.from = Date{"2025-01-01"};
    added.to = Date{"2025-01-01"};
    events.insert(events.end(), stops_max, added);
    return events;
}

inline std::vector<tests::support::Refusal<ContractDecider>> stop_rows() {
    using enum ContractRejection;
    const auto active = Samples<ContractDecider>::past(ContractStatus::active);
    AddDeliveryStop late = sample_delivery_stop();
    late.effect.reset();
    AddDeliveryStop extending = sample_delivery_stop();
    extending.action = StopAction::extend;
    return {
        {stop_ends_before_start, active, sample_stop("2026-01-18", "2026-01-17")},
        {stop_too_long, active, sample_stop("2026-01-01", "2027-01-02")},
        {stop_overlaps, stopped_contract(), sample_stop("2026-01-18", "2026-01-20")},
        {stop_too_late, active, late},
        {nothing_to_extend, active, extending},
        {too_many_stops, contract_of_many_stops(), sample_delivery_stop()},
        {unknown_stop, active, RemoveDeliveryStop{DeliveryStopId{"s1"}, {}, sample_start}},
        {stop_has_begun, stopped_contract(),
         RemoveDeliveryStop{DeliveryStopId{"s1"}, {}, sample_start + std::chrono::days{5}}},
    };
}

}  // namespace domain
