// What lists should be, by a look at every resource; and queries at random.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "codec/reflect.hpp"
#include "projections/folding.hpp"
#include "projections/query.hpp"
#include "projections/representation.hpp"
#include "projections/resource_view.hpp"
#include "tests/projections/publisher.hpp"

namespace tests::projections_test {

using domain::Kind;
using projections::Filter;
using projections::ListQuery;
using projections::Range;
using Aggregates = std::map<Book::Key, domain::AnyAggregate>;

// The oracle: the terms of every resource, looked at one by one.
struct Found {
    std::int64_t created_at;
    std::string id;
    std::string json;
    // -createdAt, id.
    bool operator<(const Found& other) const {
        return std::tuple(-created_at, id) < std::tuple(-other.created_at, other.id);
    }
};

inline std::vector<std::string> words_of(const std::string& text) {
    std::string folded;
    projections::append_folded(folded, text);
    std::vector<std::string> words;
    projections::for_each_word(folded, [&](std::string_view word) { words.emplace_back(word); });
    return words;
}

using Terms = std::multimap<projections::TermField, std::string>;

inline Terms terms_of(const domain::AnyAggregate& aggregate) {
    projections::TermBuilder builder;
    projections::find_view(kind_of(aggregate))->collect(aggregate, builder);
    std::string encoded;
    builder.append_to(encoded);
    Terms terms;
    for (projections::TermReader reader(encoded); reader.valid(); reader.next()) {
        terms.emplace(reader.term().field, reader.term().value);
    }
    return terms;
}

template <class F>
bool any(const Terms& terms, projections::TermField field, F holds) {
    const auto [first, last] = terms.equal_range(field);
    return std::any_of(first, last, [&](const auto& term) { return holds(term.second); });
}

inline bool is_within(std::int64_t number, const projections::RangeFilter& range) {
    return (!range.at_least || number >= *range.at_least) &&
           (!range.at_most || number <= *range.at_most);
}

inline bool holds(const ListQuery& query, const domain::AnyAggregate& aggregate,
                  std::int64_t created_at) {
    const Terms terms = terms_of(aggregate);
    for (const auto& filter : query.equal) {
        const std::set<std::string> values(filter.values.begin(), filter.values.end());
        if (!any(terms, field_of(filter.field),
                 [&](const std::string& value) { return values.contains(value); })) {
            return false;
        }
    }
    for (const auto& range : query.ranges) {
        if (range.field == Range::created_at) {
            if (!is_within(created_at, range)) return false;
        } else if (!any(terms, field_of(range.field), [&](const std::string& value) {
                       return is_within(projections::range_number(value), range);
                   })) {
            return false;
        }
    }
    for (const std::string& start : words_of(query.q)) {
        if (!any(terms, projections::words_field,
                 [&](const std::string& word) { return word.starts_with(start); })) {
            return false;
        }
    }
    return true;
}

inline std::vector<Found> expected(const Aggregates& aggregates, const std::string& tenant,
                                   Kind kind, const ListQuery& query) {
    std::vector<Found> found;
    for (const auto& [key, aggregate] : aggregates) {
        if (key.first != tenant || key.second.kind != kind) continue;
        const auto created_at = std::visit(
            [](const auto& one) { return std::int64_t{one.created_at.time_since_epoch().count()}; },
            aggregate);
        if (!holds(query, aggregate, created_at)) continue;
        found.push_back({created_at, key.second.id, projections::representation(aggregate)});
    }
    std::ranges::sort(found, std::less{});
    return found;
}

inline std::string json_of(const std::vector<Found>& found, std::size_t first, std::size_t count) {
    std::string json = "[";
    for (std::size_t i = first; i < std::min(first + count, found.size()); ++i) {
        if (i > first) json += ',';
        json += found[i].json;
    }
    return json + "]";
}

// A value that some resource of the kind has for this filter.
inline std::string some_value(Publisher& publisher, const Book& book, Kind kind, Filter filter) {
    std::vector<std::string> values{"nobody"};
    for (const auto& [key, aggregate] : book.aggregates()) {
        if (key.second.kind != kind) continue;
        const Terms terms = terms_of(aggregate);
        const auto [first, last] = terms.equal_range(field_of(filter));
        for (auto at = first; at != last; ++at) values.push_back(at->second);
    }
    return publisher.any_of(values);
}

inline projections::RangeFilter some_range(Publisher& publisher, const Book& book, Range field) {
    projections::RangeFilter range{.field = field, .at_least = {}, .at_most = {}};
    const auto value = [&] {
        if (field == Range::amount) return static_cast<std::int64_t>(publisher.below(2000));
        const auto back = static_cast<std::int64_t>(publisher.below(600'000));
        return std::int64_t{book.now().time_since_epoch().count()} - back;
    };
    if (publisher.below(3) > 0) range.at_least = value();
    if (publisher.below(3) > 0) range.at_most = value();
    return range;
}

inline ListQuery some_query(Publisher& publisher, const Book& book, Kind kind) {
    ListQuery query;
    for (const Filter filter : projections::filters(kind)) {
        if (publisher.below(6) > 0) continue;
        projections::EqualityFilter equal{.field = filter, .values = {}};
        for (std::size_t i = 0; i <= publisher.below(3); ++i) {
            equal.values.push_back(some_value(publisher, book, kind, filter));
        }
        query.equal.push_back(equal);
    }
    for (const Range range : projections::ranges(kind)) {
        if (publisher.below(6) == 0) query.ranges.push_back(some_range(publisher, book, range));
    }
    if (publisher.below(3) == 0) {
        const std::vector<std::string> texts{"j",   "jo", "KARI",  "łuk", "luk wal", "perez jose",
                                             "ss",  "we", "weiss", "aeo", "inv",     "ch 1",
                                             "sku", "a",  "daily", "e"};
        query.q = publisher.any_of(texts);
    }
    query.limit = 1 + publisher.below(7);
    return query;
}

}  // namespace tests::projections_test
