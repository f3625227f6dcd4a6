// The directory of tenants and API keys: all of them in memory, as the journal has them.
//
// It is loaded from rows at the start and kept up to date by the projectors, before they announce
// what they have applied: who has seen a revocation acknowledged finds it here.
// Threads: all functions may be called from any thread. `generation` is one atomic load, so that
// readers can cache what `find_key` says, and ask again only when it has changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "domain/aggregates.hpp"
#include "journal/rows.hpp"

namespace projections {

using ApiKeyAggregate = domain::AggregateOf<domain::ApiKeyDecider>;
using TenantAggregate = domain::AggregateOf<domain::TenantDecider>;

class KeyDirectory {
public:
    // Reads all rows of keys and tenants. Throws std::runtime_error when one is damaged.
    explicit KeyDirectory(const journal::Rows& rows);

    // Null when there is no such key. Whose it is and whether it is valid is in its state.
    std::shared_ptr<const ApiKeyAggregate> find_key(std::string_view key_id) const;
    // Null when there is no such tenant.
    std::shared_ptr<const TenantAggregate> find_tenant(const domain::TenantId& tenant) const;

    // By id; the keys of one tenant.
    std::vector<std::shared_ptr<const ApiKeyAggregate>> keys_of(
        const domain::TenantId& tenant) const;
    std::vector<std::shared_ptr<const TenantAggregate>> tenants() const;

    // Changes with every change of a key or a tenant.
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

    // For projectors. REQUIRES: a key or a tenant.
    void update(const domain::AnyAggregate& aggregate);

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const ApiKeyAggregate>, std::less<>> keys_;
    std::map<std::string, std::shared_ptr<const TenantAggregate>, std::less<>> tenants_;
    std::atomic<std::uint64_t> generation_ = 1;
};

}  // namespace projections
