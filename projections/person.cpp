// All that there is about one person, for an export and for the customer document.
#include <set>

#include "projections/index_walk.hpp"
#include "projections/query.hpp"
#include "projections/resource_view.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace projections {
namespace {

std::optional<domain::AnyAggregate> row_of(const journal::RowSnapshot& snapshot,
                                           const domain::TenantId& tenant,
                                           const domain::Subject& subject) {
    const auto value = snapshot.get(resource_key(tenant, subject.kind, subject.id));
    if (!value) return std::nullopt;
    return read_row(subject, *value);
}

std::string index_of(const domain::TenantId& tenant, domain::Kind kind, Filter filter,
                     std::string_view value) {
    std::string prefix = index_prefix(tenant, kind);
    prefix += static_cast<char>(field_of(filter));
    prefix += value;
    prefix += '\0';
    return prefix;
}

// What the contract names.
std::set<domain::Subject> named_by(const domain::AnyAggregate& aggregate) {
    std::set<domain::Subject> subjects;
    const auto* const contract =
        std::get_if<domain::AggregateOf<domain::ContractDecider>>(&aggregate);
    if (contract == nullptr) return subjects;
    subjects.insert({domain::Kind::users, contract->state.user_id.text});
    subjects.insert({domain::Kind::users, contract->state.payer_id.text});
    for (const domain::ContractItem& item : contract->state.items) {
        subjects.insert({domain::Kind::products, item.sku.text});
    }
    return subjects;
}

}  // namespace

std::optional<PersonRecord> Queries::person(const domain::TenantId& tenant,
                                            const domain::UserId& user) const {
    const Position position = position_of_(tenant);
    const auto snapshot = rows_.snapshot();
    auto found = row_of(*snapshot, tenant, {domain::Kind::users, user.text});
    if (!found) return std::nullopt;
    PersonRecord record{.user = *std::move(found), .others = {}, .named = {}, .position = position};
    domain::Deciders::for_each([&]<class D>(std::type_identity<D>) {
        const View* const view = find_view(D::kind);
        std::vector<std::string> prefixes;
        for (const Filter filter : {Filter::user_id, Filter::payer_id}) {
            if (view == nullptr || !view->has(filter)) continue;
            prefixes.push_back(index_of(tenant, D::kind, filter, user.view()));
        }
        if (prefixes.empty()) return;
        IndexWalk walk(*snapshot, std::move(prefixes));
        for (walk.seek({}); walk.valid(); walk.next()) {
            const domain::Subject subject{D::kind, std::string(id_of(walk.place()))};
            if (auto one = row_of(*snapshot, tenant, subject)) {
                record.others.push_back(*std::move(one));
            }
        }
    });
    for (const domain::AnyAggregate& one : record.others) {
        for (const domain::Subject& subject : named_by(one)) {
            if (record.named.contains(subject)) continue;
            if (auto row = row_of(*snapshot, tenant, subject)) {
                record.named.emplace(subject, *std::move(row));
            }
        }
    }
    return record;
}

std::optional<domain::UserId> Queries::customer(const domain::TenantId& tenant,
                                                std::string_view number) const {
    const std::string prefix =
        index_of(tenant, domain::Kind::users, Filter::customer_number, number);
    const auto snapshot = rows_.snapshot();
    const auto walk = snapshot->walk(prefix);
    walk->seek(prefix);
    if (!walk->valid()) return std::nullopt;
    return domain::UserId{std::string(id_of(walk->key().substr(prefix.size())))};
}

}  // namespace projections
