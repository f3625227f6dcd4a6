#include "commands/due_lanes.hpp"

#include <algorithm>

namespace commands {

void DueLanes::clear() {
    lanes_.clear();
    order_.clear();
    awake_.clear();
}

void DueLanes::move(const std::string& tenant, Lane& lane, std::string from) {
    if (!lane.is_sandbox) {
        order_.erase({lane.from, tenant});
        order_.emplace(from, tenant);
    }
    lane.from = std::move(from);
}

void DueLanes::add(const domain::TenantId& tenant, std::string_view key, bool is_sandbox) {
    const auto [found, is_new] = lanes_.try_emplace(tenant.text);
    Lane& lane = found->second;
    if (is_new) lane.is_sandbox = is_sandbox;
    if (is_new || key < lane.from) move(tenant.text, lane, std::string(key));
    if (is_sandbox) wake(tenant);
}

void DueLanes::wake(const domain::TenantId& sandbox) {
    Lane& lane = lanes_[sandbox.text];
    lane.is_sandbox = true;
    if (lane.is_awake) return;
    lane.is_awake = true;
    awake_.push_back(sandbox.text);
}

std::optional<domain::TenantId> DueLanes::due(domain::Timestamp now) const {
    const auto first = next();
    if (!first || *first > now) return std::nullopt;
    return domain::TenantId{order_.begin()->second};
}

std::vector<domain::TenantId> DueLanes::all_due(domain::Timestamp now) const {
    std::vector<domain::TenantId> tenants;
    for (const auto& [key, tenant] : order_) {
        if (due_time(key) > now) break;
        tenants.push_back({tenant});
    }
    return tenants;
}

std::optional<domain::TenantId> DueLanes::awake() const {
    if (awake_.empty()) return std::nullopt;
    return domain::TenantId{awake_.front()};
}

std::optional<domain::Timestamp> DueLanes::next() const {
    if (order_.empty()) return std::nullopt;
    return due_time(order_.begin()->first);
}

std::string_view DueLanes::from(const domain::TenantId& tenant) const {
    const auto found = lanes_.find(tenant.text);
    return found == lanes_.end() ? std::string_view() : found->second.from;
}

void DueLanes::settle(const domain::TenantId& tenant, const std::optional<std::string>& first) {
    const auto found = lanes_.find(tenant.text);
    if (found == lanes_.end()) return;
    Lane& lane = found->second;
    if (lane.is_awake) std::erase(awake_, tenant.text);
    lane.is_awake = false;
    if (first) return move(tenant.text, lane, *first);
    order_.erase({lane.from, tenant.text});
    lanes_.erase(found);
}

void DueLanes::pause(const domain::TenantId& tenant, const std::string& first) {
    const auto found = lanes_.find(tenant.text);
    if (found == lanes_.end()) return;
    move(tenant.text, found->second, first);
    if (!found->second.is_awake) return;
    std::erase(awake_, tenant.text);
    awake_.push_back(tenant.text);
}

}  // namespace commands
