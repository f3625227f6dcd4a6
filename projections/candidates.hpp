// Candidates: the entitlements that could answer a question of access, and how one is explained.
#pragma once

#include <optional>
#include <vector>

#include "domain/aggregates.hpp"
#include "domain/coverage.hpp"
#include "projections/explanation.hpp"
#include "projections/snapshot_reader.hpp"

namespace projections {

// An entitlement that could give access, with its own answer; empty if its product does not cover
// the wanted one.
struct Candidate {
    domain::AggregateOf<domain::EntitlementDecider> entitlement;
    std::optional<domain::AccessAnswer> answer;
};

// `answer` is the best of the candidates'.
AccessExplanation explain(const SnapshotReader& reader, const std::vector<Candidate>& candidates,
                          const domain::AccessAnswer& answer);

}  // namespace projections
