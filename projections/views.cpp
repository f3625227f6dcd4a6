#include "projections/views.hpp"

#include <algorithm>
#include <array>

#include "projections/query.hpp"

namespace projections {
namespace {

// Adding a view is a line here, one in views.hpp, and a file of its own.
constexpr std::array all = {&vendors_view,           &products_view,     &users_view,
                            &contracts_view,         &bills_view,        &transactions_view,
                            &entitlements_view,      &fulfillments_view, &webhook_endpoints_view,
                            &webhook_deliveries_view};

}  // namespace

const View* find_view(domain::Kind kind) {
    const auto* const found =
        std::ranges::find_if(all, [kind](const View* view) { return view->kind == kind; });
    return found == all.end() ? nullptr : *found;
}

bool View::has(Filter filter) const { return std::ranges::find(filters, filter) != filters.end(); }

bool View::has(Range range) const { return std::ranges::find(ranges, range) != ranges.end(); }

std::span<const Filter> filters(domain::Kind kind) {
    const View* view = find_view(kind);
    return view == nullptr ? std::span<const Filter>{} : view->filters;
}

std::span<const Range> ranges(domain::Kind kind) {
    const View* view = find_view(kind);
    return view == nullptr ? std::span<const Range>{} : view->ranges;
}

}  // namespace projections
