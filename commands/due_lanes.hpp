// Due lanes: where in its due-index the clock has to look next, for each tenant of a shard.
//
// Tenants that live by the world's clock are in the order of what is due of them first. A sandbox
// has a clock of its own: its lane is looked at after something in it has changed, or its clock has
// moved; then it sleeps. What a lane says is never too late, but may be too early: the look
// corrects it. So a shard without work for the clock compares two numbers, and reads nothing.
//
// Not thread-safe: the shard's thread alone uses it.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "commands/due_key.hpp"
#include "domain/ids.hpp"

namespace commands {

class DueLanes {
public:
    void clear();

    // Something is due of the tenant by this key; what it says of earlier keys stays true.
    void add(const domain::TenantId& tenant, std::string_view key, bool is_sandbox);
    // A sandbox's clock was moved, or is to be: look at its lane.
    void wake(const domain::TenantId& sandbox);

    // The tenant whose first key is due at `now`, the one that is due for longest.
    std::optional<domain::TenantId> due(domain::Timestamp now) const;
    // All of them.
    std::vector<domain::TenantId> all_due(domain::Timestamp now) const;
    // A sandbox to look at; the one that was looked at longest ago.
    std::optional<domain::TenantId> awake() const;
    // When the first of the tenants that live by the world's clock is due.
    std::optional<domain::Timestamp> next() const;

    // The first key that may be due of the tenant.
    std::string_view from(const domain::TenantId& tenant) const;
    // There is nothing before this key any more; empty: nothing at all. A sandbox sleeps then.
    void settle(const domain::TenantId& tenant, const std::optional<std::string>& first);
    // The same in the midst of the work: a sandbox stays awake, behind the others.
    void pause(const domain::TenantId& tenant, const std::string& first);

private:
    struct Lane {
        std::string from;
        bool is_sandbox = false;
        bool is_awake = false;
    };
    void move(const std::string& tenant, Lane& lane, std::string from);

    std::unordered_map<std::string, Lane> lanes_;
    std::set<std::pair<std::string, std::string>> order_;  // Key and tenant, without sandboxes.
    std::deque<std::string> awake_;
};

}  // namespace commands
