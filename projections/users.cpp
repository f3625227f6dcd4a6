#include <string>

#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::external_id, Filter::status};
constexpr Range ranges[] = {Range::created_at};

void collect(const domain::AggregateOf<domain::UserDecider>& user, TermBuilder& terms) {
    const domain::User& state = user.state;
    terms.equal(Filter::customer_number, std::to_string(state.customer_number));
    if (state.status == domain::UserStatus::deleted) return terms.hide();
    terms.equal(Filter::external_id, state.external_id);
    terms.words(state.email);
    terms.words(state.name);
    terms.words(state.given_name);
    terms.words(state.family_name);
}

}  // namespace

constexpr View users_view = [] {
    View view = view_of<domain::UserDecider, &collect>(filters, ranges);
    view.looked_up.insert(field_of(Filter::customer_number));
    return view;
}();

}  // namespace projections
