// All that there is about one person, for an export and for the customer document.
#include <set>

#include "projections/query.hpp"
#include "projections/resource_view.hpp"
#include "projections/snapshot_reader.hpp"

namespace projections {
namespace {

std::optional<domain::AnyAggregate> resource_of(const SnapshotReader& reader,
                                                const domain::Subject& subject) {
    const auto row = reader.row(subject.kind, subject.id);
    if (!row) return std::nullopt;
    return read_row(subject, *row);
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
    const SnapshotReader reader(*snapshot, tenant);
    auto found = resource_of(reader, {domain::Kind::users, user.text});
    if (!found) return std::nullopt;
    PersonRecord record{.user = *std::move(found), .others = {}, .named = {}, .position = position};
    domain::Deciders::for_each([&]<class D>(std::type_identity<D>) {
        const View* const view = find_view(D::kind);
        std::vector<std::string> prefixes;
        for (const Filter filter : {Filter::user_id, Filter::payer_id}) {
            if (view == nullptr || !view->has(filter)) continue;
            prefixes.push_back(index_prefix(tenant, D::kind, field_of(filter), user.view()));
        }
        if (prefixes.empty()) return;
        reader.each(D::kind, std::move(prefixes),
                    [&](const std::string& id, const std::string& row) {
                        record.others.push_back(read_row({D::kind, id}, row));
                        return true;
                    });
    });
    for (const domain::AnyAggregate& one : record.others) {
        for (const domain::Subject& subject : named_by(one)) {
            if (record.named.contains(subject)) continue;
            if (auto named = resource_of(reader, subject)) {
                record.named.emplace(subject, *std::move(named));
            }
        }
    }
    return record;
}

std::optional<domain::UserId> Queries::customer(const domain::TenantId& tenant,
                                                std::string_view number) const {
    const std::string prefix =
        index_prefix(tenant, domain::Kind::users, field_of(Filter::customer_number), number);
    const auto snapshot = rows_.snapshot();
    const auto walk = snapshot->walk(prefix);
    walk->seek(prefix);
    if (!walk->valid()) return std::nullopt;
    return domain::UserId{std::string(id_of(walk->key().substr(prefix.size())))};
}

}  // namespace projections
