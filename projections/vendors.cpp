#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::external_id, Filter::status, Filter::currency};
constexpr Range ranges[] = {Range::created_at};

void collect(const domain::AggregateOf<domain::VendorDecider>& vendor, TermBuilder& terms) {
    terms.equal(Filter::external_id, vendor.state.external_id);
    terms.equal(Filter::currency, vendor.state.currency);
    terms.words(std::string_view(vendor.id));
    terms.words(std::string_view(vendor.state.name));
}

}  // namespace

constexpr View vendors_view = view_of<domain::VendorDecider, &collect>(filters, ranges);

}  // namespace projections
