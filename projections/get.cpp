// Gets: one look-up.
#include "projections/query.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace projections {

bool Queries::get(
    const domain::TenantId& tenant, const domain::Subject& subject,
    const std::function<void(std::string_view, std::uint64_t, std::string_view)>& use) const {
    if (is_internal(subject.kind)) return false;
    return rows_.get(resource_key(tenant, subject.kind, subject.id), [&](std::string_view value) {
        const RowView row = view_row(value);
        use(row.json, row.version, status_of(row.terms));
    });
}

bool Queries::get(
    const domain::TenantId& tenant, const domain::Subject& subject, const PastTime& time,
    const std::function<void(std::string_view, std::uint64_t, std::string_view)>& use) const {
    const auto snapshot = rows_.snapshot();
    PastRows rows(*snapshot, tenant, subject.kind, time);
    std::string value;
    if (!rows.get(subject.id, value)) return false;
    rows.put_into_effect(subject.id, value);
    const RowView row = view_row(value);
    use(row.json, row.version, status_of(row.terms));
    return true;
}

std::optional<Moment> Queries::moment_at(const domain::TenantId& tenant,
                                         domain::Timestamp time) const {
    return projections::moment_at(*rows_.snapshot(), tenant, time);
}

Moment Queries::moment_at(const domain::TenantId& tenant, journal::Seq seq) const {
    return projections::moment_at(*rows_.snapshot(), tenant, seq);
}

Got Queries::get(const domain::TenantId& tenant, const domain::Subject& subject) const {
    Got got{.resource = std::nullopt, .position = position(tenant)};
    get(tenant, subject,
        [&](std::string_view json, std::uint64_t version, std::string_view status) {
            got.resource = Resource{std::string(json), version, std::string(status)};
        });
    return got;
}

std::optional<domain::AnyAggregate> Queries::find(const domain::TenantId& tenant,
                                                  const domain::Subject& subject) const {
    std::optional<domain::AnyAggregate> found;
    rows_.get(resource_key(tenant, subject.kind, subject.id),
              [&](std::string_view value) { found = read_row(subject, value); });
    return found;
}

std::vector<domain::AnyAggregate> Queries::all(const domain::TenantId& tenant,
                                               domain::Kind kind) const {
    std::vector<domain::AnyAggregate> found;
    const std::string prefix = resource_key(tenant, kind, {});
    const auto snapshot = rows_.snapshot();
    const auto walk = snapshot->walk(prefix);
    for (walk->seek(prefix); walk->valid(); walk->next()) {
        found.push_back(
            read_row({kind, std::string(walk->key().substr(prefix.size()))}, walk->value()));
    }
    return found;
}

}  // namespace projections
