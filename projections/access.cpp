// Access: the entitlements of one user, and the products that they may cover, from one snapshot.
#include <map>
#include <optional>
#include <utility>

#include "projections/candidates.hpp"
#include "projections/query.hpp"
#include "projections/snapshot_reader.hpp"

namespace projections {
namespace {

// The tenant's products, each decoded once at most, and only if it is asked what it holds.
class Catalogue {
public:
    explicit Catalogue(const SnapshotReader& reader) : reader_(reader) {}

    const domain::Product* find(const domain::Sku& sku) {
        const auto [at, is_new] = products_.try_emplace(sku);
        if (is_new) at->second = reader_.find<domain::ProductDecider>(sku.view());
        return at->second ? &at->second->state : nullptr;
    }

private:
    const SnapshotReader& reader_;
    std::map<domain::Sku, std::optional<domain::AggregateOf<domain::ProductDecider>>> products_;
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

}  // namespace

Access Queries::access(const domain::TenantId& tenant, const AccessQuery& query) const {
    using domain::Kind;
    Access access{.answer = {}, .position = position(tenant), .explanation = {}};
    access.answer.as_of = query.at;
    const auto snapshot = rows_.snapshot();
    const SnapshotReader reader(*snapshot, tenant);
    std::vector<Candidate> candidates;
    if (!reader.row(Kind::products, query.sku.view())) {
        access.answer.reason = domain::AccessReason::unknown_product;
    } else {
        Catalogue catalogue(reader);
        const domain::ProductLookup find = [&](const domain::Sku& sku) {
            return catalogue.find(sku);
        };
        reader.each(Kind::entitlements, Filter::user_id, query.user_id.view(),
                    [&](const std::string& id, const std::string& row) {
                        if (!may_cover(view_row(row).terms, query.sku)) return true;
                        auto right = SnapshotReader::decode<domain::EntitlementDecider>(id, row);
                        auto answer = domain::answer({id}, right.state, query.sku, query.at, find);
                        if (query.is_explained) candidates.push_back({std::move(right), answer});
                        if (answer)
                            access.answer = better(std::move(access.answer), *std::move(answer));
                        return true;
                    });
    }
    if (query.is_explained) {
        access.explanation = explain(reader, candidates, access.answer);
    }
    return access;
}

}  // namespace projections
