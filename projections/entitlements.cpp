#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::external_id, Filter::contract_id, Filter::bill_id,
                              Filter::user_id,     Filter::sku,         Filter::type,
                              Filter::status};
constexpr Range ranges[] = {Range::created_at};

void collect(const domain::AggregateOf<domain::EntitlementDecider>& entitlement,
             TermBuilder& terms) {
    const domain::Entitlement& state = entitlement.state;
    terms.equal(Filter::external_id, state.external_id);
    terms.equal(Filter::contract_id, state.source.contract_id);
    terms.equal(Filter::bill_id, state.source.bill_id);
    terms.equal(Filter::user_id, state.user_id);
    terms.equal(Filter::sku, state.sku);
    terms.equal(Filter::type, state.product_type);
    terms.words(state.sku);
}

}  // namespace

constexpr View entitlements_view =
    with_versions(view_of<domain::EntitlementDecider, &collect>(filters, ranges));

}  // namespace projections
