// Access: the entitlements of one user, and the products that they may cover, from one snapshot.
#include <map>
#include <optional>

#include "projections/index_walk.hpp"
#include "projections/query.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"
#include "projections/terms.hpp"

namespace projections {
namespace {

// The tenant's products, each decoded once at most.
class Catalogue {
public:
    Catalogue(const journal::RowSnapshot& snapshot, const domain::TenantId& tenant)
        : snapshot_(snapshot), tenant_(tenant) {}

    const domain::Product* find(const domain::Sku& sku) {
        const auto [at, is_new] = products_.try_emplace(sku);
        if (is_new) at->second = read(sku);
        return at->second ? &at->second->state : nullptr;
    }

private:
    using Product = domain::AggregateOf<domain::ProductDecider>;

    std::optional<Product> read(const domain::Sku& sku) const {
        const auto row = snapshot_.get(resource_key(tenant_, domain::Kind::products, sku.view()));
        if (!row) return std::nullopt;
        return std::get<Product>(read_row({domain::Kind::products, sku.text}, *row));
    }

    const journal::RowSnapshot& snapshot_;
    const domain::TenantId& tenant_;
    std::map<domain::Sku, std::optional<Product>> products_;
};

// Can this entitlement cover the product? Of one that is for another single thing, no more is read.
bool may_cover(std::string_view terms, const domain::Sku& wanted) {
    for (TermReader reader(terms); reader.valid(); reader.next()) {
        const auto [field, value] = reader.term();
        if (field == field_of(Filter::sku) && value == wanted.view()) return true;
        if (field != field_of(Filter::type)) continue;
        using enum domain::ProductType;
        if (value == name(bundle) || value == name(pass) || value == name(publication)) return true;
    }
    return false;
}

std::string entitlements_of(const domain::TenantId& tenant, const domain::UserId& user) {
    std::string prefix = index_prefix(tenant, domain::Kind::entitlements);
    prefix += static_cast<char>(field_of(Filter::user_id));
    prefix += user.view();
    prefix += '\0';
    return prefix;
}

}  // namespace

Access Queries::access(const domain::TenantId& tenant, const domain::UserId& user,
                       const domain::Sku& sku, domain::Timestamp at) const {
    using domain::Kind;
    Access access{.answer = {}, .position = position(tenant)};
    access.answer.as_of = at;
    const auto snapshot = rows_.snapshot();
    Catalogue catalogue(*snapshot, tenant);
    if (catalogue.find(sku) == nullptr) {
        access.answer.reason = domain::AccessReason::unknown_product;
        return access;
    }
    const domain::ProductLookup find = [&](const domain::Sku& one) { return catalogue.find(one); };
    IndexWalk walk(*snapshot, {entitlements_of(tenant, user)});
    for (walk.seek({}); walk.valid(); walk.next()) {
        const std::string id(id_of(walk.place()));
        const auto row = snapshot->get(resource_key(tenant, Kind::entitlements, id)).value();
        if (!may_cover(view_row(row).terms, sku)) continue;
        const auto aggregate = read_row({Kind::entitlements, id}, row);
        const auto& entitlement =
            std::get<domain::AggregateOf<domain::EntitlementDecider>>(aggregate).state;
        auto answer = domain::answer(domain::EntitlementId{id}, entitlement, sku, at, find);
        if (answer) access.answer = better(std::move(access.answer), *std::move(answer));
    }
    return access;
}

}  // namespace projections
