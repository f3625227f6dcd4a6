// The views of this node, as handlers see them: what to read from, and how far it is.
//
// Lifetime: what it refers to outlives it. Threads: all functions may be called from any thread.
#pragma once

#include <vector>

#include "domain/ids.hpp"
#include "journal/partition.hpp"
#include "projections/freshness.hpp"
#include "projections/query.hpp"

namespace api {

struct Views {
    const projections::Queries& queries;
    std::vector<projections::Freshness*> freshness;  // By shard; one at least.

    journal::ShardNumber shard_of(const domain::TenantId& tenant) const {
        return journal::shard_of(tenant, static_cast<journal::ShardNumber>(freshness.size()));
    }
    // Taken before a read: the answer shows at least everything up to there.
    projections::Position position_of(const domain::TenantId& tenant) const {
        const journal::ShardNumber shard = shard_of(tenant);
        return {shard, freshness[shard]->applied()};
    }
};

}  // namespace api
