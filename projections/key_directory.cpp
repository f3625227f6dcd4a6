#include "projections/key_directory.hpp"

#include <variant>

#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace projections {

KeyDirectory::KeyDirectory(const journal::Rows& rows) {
    const auto snapshot = rows.snapshot();
    const auto walk = snapshot->walk(internal_rows);
    for (walk->seek(internal_rows); walk->valid(); walk->next()) {
        const KeyOwner owner = owner_of(walk->key());
        const auto id = walk->key().substr(owner.tenant.text.size() + 3);
        update(read_row({owner.kind, std::string(id)}, walk->value()));
    }
}

void KeyDirectory::update(const domain::AnyAggregate& aggregate) {
    const std::scoped_lock lock(mutex_);
    if (const auto* key = std::get_if<ApiKeyAggregate>(&aggregate)) {
        keys_.insert_or_assign(key->id, std::make_shared<const ApiKeyAggregate>(*key));
    } else {
        const auto& tenant = std::get<TenantAggregate>(aggregate);
        tenants_.insert_or_assign(tenant.id, std::make_shared<const TenantAggregate>(tenant));
    }
    generation_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const ApiKeyAggregate> KeyDirectory::find_key(std::string_view key_id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = keys_.find(key_id);
    return found == keys_.end() ? nullptr : found->second;
}

std::shared_ptr<const TenantAggregate> KeyDirectory::find_tenant(
    const domain::TenantId& tenant) const {
    const std::scoped_lock lock(mutex_);
    const auto found = tenants_.find(tenant.view());
    return found == tenants_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const ApiKeyAggregate>> KeyDirectory::keys_of(
    const domain::TenantId& tenant) const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::shared_ptr<const ApiKeyAggregate>> found;
    for (const auto& [id, key] : keys_) {
        if (key->state.tenant == tenant) found.push_back(key);
    }
    return found;
}

std::vector<std::shared_ptr<const TenantAggregate>> KeyDirectory::tenants() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::shared_ptr<const TenantAggregate>> all;
    for (const auto& [id, tenant] : tenants_) all.push_back(tenant);
    return all;
}

}  // namespace projections
