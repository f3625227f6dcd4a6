#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::external_id, Filter::contract_id, Filter::entitlement_id,
                              Filter::user_id,     Filter::issue,       Filter::sku,
                              Filter::publication, Filter::vendor_id,   Filter::kind,
                              Filter::status};
constexpr Range ranges[] = {Range::created_at, Range::cutoff_at, Range::dispatched_at};

void collect(const domain::AggregateOf<domain::FulfillmentDecider>& fulfillment,
             TermBuilder& terms) {
    const domain::Fulfillment& state = fulfillment.state;
    terms.equal(Filter::external_id, state.external_id);
    terms.equal(Filter::contract_id, state.contract_id);
    terms.equal(Filter::entitlement_id, state.entitlement_id);
    terms.equal(Filter::user_id, state.user_id);
    terms.equal(Filter::sku, state.sku);
    terms.equal(Filter::vendor_id, state.vendor_id);
    terms.equal(Filter::kind, state.kind);
    terms.range(Range::cutoff_at, state.cutoff_at);
    terms.range(Range::dispatched_at, state.dispatched_at);
    terms.words(state.sku);
    terms.words(state.carrier);
    terms.words(state.tracking_number);
    terms.words(state.dispatch_file);
    if (!state.issue) return;
    terms.equal(Filter::issue, std::string_view(state.issue->code));
    terms.equal(Filter::publication, state.issue->publication);
    terms.words(std::string_view(state.issue->code));
}

}  // namespace

constexpr View fulfillments_view = view_of<domain::FulfillmentDecider, &collect>(filters, ranges);

}  // namespace projections
