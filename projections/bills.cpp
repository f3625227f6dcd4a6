#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::number,  Filter::external_id, Filter::contract_id,
                              Filter::user_id, Filter::sku,         Filter::vendor_id,
                              Filter::status,  Filter::currency};
constexpr Range ranges[] = {Range::created_at, Range::issued_at, Range::due_at, Range::paid_at,
                            Range::amount};

void collect(const domain::AggregateOf<domain::BillDecider>& bill, TermBuilder& terms) {
    const domain::Bill& state = bill.state;
    terms.equal(Filter::number, state.number);
    terms.equal(Filter::external_id, state.external_id);
    terms.equal(Filter::contract_id, state.contract_id);
    terms.equal(Filter::user_id, state.user_id);
    terms.equal(Filter::vendor_id, state.vendor_id);
    terms.equal(Filter::currency, state.currency);
    terms.range(Range::issued_at, state.issued_at);
    terms.range(Range::due_at, state.due_at);
    terms.range(Range::paid_at, state.paid_at);
    terms.range(Range::amount, state.total);
    terms.words(state.number);
    for (const domain::BillLine& item : state.items) {
        terms.equal(Filter::sku, item.sku);
        terms.words(std::string_view(item.title));
    }
}

}  // namespace

constexpr View bills_view = with_versions(view_of<domain::BillDecider, &collect>(filters, ranges));

}  // namespace projections
