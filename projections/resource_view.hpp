// The resource view: one row for each resource, as it is sent to clients, and its index rows.
//
// What differs between the kinds is a View: what lists of the kind can be filtered and searched by.
// Each kind declares its own in the file of its name; views.cpp lists them.
#pragma once

#include <span>
#include <variant>

#include "domain/aggregates.hpp"
#include "projections/terms.hpp"

namespace projections {

struct View {
    domain::Kind kind;
    // What finds fewest comes first: lists walk the index of the first one that is asked for.
    std::span<const Filter> filters;
    std::span<const Range> ranges;
    FieldSet indexed;         // Of the others the rows are looked at, one by one.
    FieldSet looked_up = {};  // Indexed, too, but no list is filtered by it.
    // Its rows and what they can be found by are kept as they were, for reads as of a moment.
    // REQUIRES: no term tells about a person, none is hidden.
    bool keeps_versions = false;
    void (*collect)(const domain::AnyAggregate& aggregate, TermBuilder& terms);

    bool has(Filter filter) const;
    bool has(Range range) const;
};

// Filters that many resources share a value of: words find fewer.
constexpr bool is_coarse(Filter filter) {
    using enum Filter;
    return filter == vendor_id || filter == status || filter == type || filter == provider ||
           filter == currency || filter == kind;
}

// All filters but currency and provider, which hardly narrow a list, have an index.
constexpr FieldSet indexed(std::span<const Filter> filters) {
    FieldSet fields;
    fields.insert(words_field);
    for (const Filter filter : filters) {
        if (filter != Filter::currency && filter != Filter::provider) {
            fields.insert(field_of(filter));
        }
    }
    return fields;
}

// `collect` says what one resource of decider D can be found by; its status is added here.
template <domain::Decider D, void (*collect)(const domain::AggregateOf<D>&, TermBuilder&)>
constexpr View view_of(std::span<const Filter> filters, std::span<const Range> ranges) {
    return {.kind = D::kind,
            .filters = filters,
            .ranges = ranges,
            .indexed = indexed(filters),
            .collect = [](const domain::AnyAggregate& aggregate, TermBuilder& terms) {
                const auto& one = std::get<domain::AggregateOf<D>>(aggregate);
                terms.equal(Filter::status, one.state.status);
                collect(one, terms);
            }};
}

constexpr View with_versions(View view) {
    view.keeps_versions = true;
    return view;
}

// Null for internal kinds.
const View* find_view(domain::Kind kind);

}  // namespace projections
