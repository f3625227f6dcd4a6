// The views of this node, as handlers see them: what to read from, how far it is, and how old.
//
// Lifetime: what it refers to outlives it. Threads: all functions may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "api/http/response.hpp"
#include "domain/ids.hpp"
#include "journal/partition.hpp"
#include "projections/freshness.hpp"
#include "projections/query.hpp"

namespace api {

struct Views {
    const projections::Queries& queries;
    std::vector<projections::Freshness*> freshness;  // By shard; one at least.
    // For how long there may have been something in the journal that the views do not have. Nothing
    // where no other node writes to it.
    std::function<std::optional<std::chrono::milliseconds>(journal::ShardNumber)> lag;
    std::function<domain::Timestamp()> now;  // By the world's clock.

    journal::ShardNumber shard_of(const domain::TenantId& tenant) const {
        return journal::shard_of(tenant, static_cast<journal::ShardNumber>(freshness.size()));
    }
    // Taken before a read: the answer shows at least everything up to there.
    projections::Position position_of(const domain::TenantId& tenant) const {
        const journal::ShardNumber shard = shard_of(tenant);
        return {shard, freshness[shard]->applied()};
    }
};

// Waits until the views are at the position, and says whether they are. The views outlive this.
http::Task<bool> reached(const Views& views, projections::Position position,
                         std::chrono::steady_clock::time_point deadline);

// Says what the answer shows: Daybook-Position, and Daybook-Lag in seconds where there can be one.
void add_position(http::Response& response, const Views& views,
                  const projections::Position& position);

}  // namespace api
