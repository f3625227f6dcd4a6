#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::external_id, Filter::user_id, Filter::payer_id, Filter::sku,
                              Filter::vendor_id,   Filter::status,  Filter::currency};
constexpr Range ranges[] = {Range::created_at, Range::next_bill_at, Range::amount};

void collect(const domain::AggregateOf<domain::ContractDecider>& contract, TermBuilder& terms) {
    const domain::Contract& state = contract.state;
    terms.equal(Filter::external_id, state.external_id);
    terms.equal(Filter::user_id, state.user_id);
    terms.equal(Filter::payer_id, state.payer_id);
    terms.equal(Filter::vendor_id, state.vendor_id);
    terms.equal(Filter::currency, state.currency);
    terms.range(Range::next_bill_at, state.next_bill_at);
    terms.range(Range::amount, state.amount);
    terms.words(std::string_view(state.name));
    for (const domain::ContractItem& item : state.items) {
        terms.equal(Filter::sku, item.sku);
        terms.words(std::string_view(item.name));
    }
}

}  // namespace

constexpr View contracts_view =
    with_versions(view_of<domain::ContractDecider, &collect>(filters, ranges));

}  // namespace projections
