#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::sku, Filter::external_id, Filter::vendor_id, Filter::type,
                              Filter::status};
constexpr Range ranges[] = {Range::created_at};

void collect(const domain::AggregateOf<domain::ProductDecider>& product, TermBuilder& terms) {
    const domain::Product& state = product.state;
    terms.equal(Filter::sku, state.sku);
    terms.equal(Filter::external_id, state.external_id);
    terms.equal(Filter::vendor_id, state.vendor_id);
    terms.equal(Filter::type, state.type);
    terms.words(state.sku);
    terms.words(std::string_view(state.title));
    terms.words(state.publisher);
    for (const std::string& author : state.authors) terms.words(std::string_view(author));
}

}  // namespace

constexpr View products_view = view_of<domain::ProductDecider, &collect>(filters, ranges);

}  // namespace projections
