#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::provider_reference,
                              Filter::external_id,
                              Filter::bill_id,
                              Filter::contract_id,
                              Filter::user_id,
                              Filter::vendor_id,
                              Filter::type,
                              Filter::status,
                              Filter::provider,
                              Filter::currency};
constexpr Range ranges[] = {Range::created_at, Range::amount};

void collect(const domain::AggregateOf<domain::TransactionDecider>& transaction,
             TermBuilder& terms) {
    const domain::Transaction& state = transaction.state;
    terms.equal(Filter::provider_reference, std::string_view(state.provider_reference));
    terms.equal(Filter::external_id, state.external_id);
    terms.equal(Filter::bill_id, state.bill_id);
    for (const domain::Allocation& part : state.allocations) {
        terms.equal(Filter::bill_id, part.bill_id);
    }
    terms.equal(Filter::contract_id, state.contract_id);
    terms.equal(Filter::user_id, state.user_id);
    terms.equal(Filter::vendor_id, state.vendor_id);
    terms.equal(Filter::type, state.type);
    terms.equal(Filter::provider, std::string_view(state.provider));
    terms.equal(Filter::currency, state.currency);
    terms.range(Range::amount, state.amount);
    terms.words(std::string_view(state.provider_reference));
}

}  // namespace

constexpr View transactions_view =
    with_versions(view_of<domain::TransactionDecider, &collect>(filters, ranges));

}  // namespace projections
