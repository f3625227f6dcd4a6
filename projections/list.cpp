// Lists: an index is walked in order, and rows are looked at until the page is full.
#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>
#include <memory>
#include <utility>

#include "projections/folding.hpp"
#include "projections/index_walk.hpp"
#include "projections/query.hpp"
#include "projections/resource_view.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"
#include "projections/terms.hpp"

namespace projections {
namespace {

std::vector<std::string> words_of(std::string_view text) {
    std::string folded;
    append_folded(folded, text);
    std::vector<std::string> words;
    for_each_word(folded, [&words](std::string_view word) { words.emplace_back(word); });
    return words;
}

// Where a list goes on: "1.<resources to skip>.<created at>.<id>", or, as of a moment,
// "2.<seq>.<resources to skip>.<created at>.<id>".
struct Cursor {
    std::optional<journal::Seq> as_of = {};
    std::size_t skip = 0;
    std::string place = {};  // To go on behind; empty at the start.
};

std::string to_text(const Cursor& cursor) {
    std::string text = cursor.as_of ? "2." + std::to_string(*cursor.as_of) + '.' : "1.";
    text += std::to_string(cursor.skip);
    text += '.';
    text += std::to_string(created_at_of(cursor.place));
    text += '.';
    text += id_of(cursor.place);
    return text;
}

template <class T>
bool take_number(std::string_view& text, T& number) {
    const char* const begin = std::to_address(text.begin());
    const char* const end = begin + text.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc{} || stop == end || *stop != '.') return false;
    text.remove_prefix(static_cast<std::size_t>(stop - begin) + 1);
    return true;
}

std::optional<Cursor> parse_cursor(std::string_view text, bool is_of_past) {
    int version = 0;
    std::int64_t created_at = 0;
    Cursor cursor;
    bool is_cursor = take_number(text, version) && version == (is_of_past ? 2 : 1);
    if (is_of_past) is_cursor = is_cursor && take_number(text, cursor.as_of.emplace());
    is_cursor = is_cursor && take_number(text, cursor.skip) && take_number(text, created_at) &&
                domain::is_id_text(text, domain::Sku::length_max);
    if (!is_cursor) return std::nullopt;
    append_place(cursor.place, domain::Timestamp(std::chrono::milliseconds(created_at)), text);
    return cursor;
}

// The conditions of a query, and which of them the walked index sees to.
class Conditions {
public:
    explicit Conditions(const ListQuery& query) : query_(query), words_(words_of(query.q)) {}

    // A search for nothing but punctuation finds nothing.
    bool can_hold() const { return query_.q.empty() || !words_.empty(); }
    const std::vector<std::string>& words() const { return words_; }

    void leave_out(const EqualityFilter& filter) { by_index_ = &filter; }
    void leave_out_words() { checks_words_ = false; }

    bool need_row() const {
        const auto equalities = query_.equal.size() - (by_index_ == nullptr ? 0U : 1U);
        return equalities > 0 || (checks_words_ && !words_.empty()) ||
               std::ranges::any_of(query_.ranges, [](const RangeFilter& range) {
                   return range.field != Range::created_at;
               });
    }

    // Of what is in effect at a time the status is told by the time, and looked at apart.
    bool is_apart(const EqualityFilter& filter) const {
        return query_.time.effective_at && filter.field == Filter::status;
    }
    bool hold_in_effect(std::string_view terms) const {
        return std::ranges::all_of(query_.equal, [&](const EqualityFilter& filter) {
            return !is_apart(filter) || is_equal(terms, filter);
        });
    }

    bool hold(std::string_view terms) const {
        return std::ranges::all_of(query_.equal,
                                   [&](const EqualityFilter& filter) {
                                       return &filter == by_index_ || is_apart(filter) ||
                                              is_equal(terms, filter);
                                   }) &&
               std::ranges::all_of(query_.ranges,
                                   [&](const RangeFilter& range) {
                                       return range.field == Range::created_at ||
                                              is_within(terms, range);
                                   }) &&
               (!checks_words_ || std::ranges::all_of(words_, [&](const std::string& word) {
                   return begins_a_word(terms, word);
               }));
    }

    // The latest and the earliest time that a resource of the list may have been created at.
    std::pair<std::int64_t, std::int64_t> created() const {
        std::int64_t most = std::numeric_limits<std::int64_t>::max();
        if (query_.time.as_of) most = query_.time.as_of->latest.time_since_epoch().count();
        std::int64_t least = std::numeric_limits<std::int64_t>::min();
        for (const RangeFilter& range : query_.ranges) {
            if (range.field != Range::created_at) continue;
            most = std::min(most, range.at_most.value_or(most));
            least = std::max(least, range.at_least.value_or(least));
        }
        return {most, least};
    }

private:
    template <class F>
    static bool any_term(std::string_view terms, TermField field, F holds) {
        for (TermReader reader(terms); reader.valid(); reader.next()) {
            if (reader.term().field == field && holds(reader.term().value)) return true;
        }
        return false;
    }
    static bool is_equal(std::string_view terms, const EqualityFilter& filter) {
        return any_term(terms, field_of(filter.field), [&](std::string_view value) {
            return std::ranges::find(filter.values, value) != filter.values.end();
        });
    }
    static bool is_within(std::string_view terms, const RangeFilter& range) {
        return any_term(terms, field_of(range.field), [&](std::string_view value) {
            const auto number = range_number(value);
            return number >= range.at_least.value_or(number) &&
                   number <= range.at_most.value_or(number);
        });
    }
    static bool begins_a_word(std::string_view terms, std::string_view start) {
        return any_term(terms, words_field,
                        [&](std::string_view word) { return word.starts_with(start); });
    }

    const ListQuery& query_;
    std::vector<std::string> words_;
    const EqualityFilter* by_index_ = nullptr;
    bool checks_words_ = true;
};

// What a list of one kind of one tenant is read from.
struct Source {
    const journal::RowSnapshot& snapshot;
    const domain::TenantId& tenant;
    const View& view;
    std::string index_prefix;  // Of index rows.
    const PastTime& time;

    std::optional<journal::Seq> as_of() const {
        return time.as_of ? std::optional(time.as_of->seq) : std::nullopt;
    }
    std::string prefix_of(TermField field, std::string_view value) const {
        std::string prefix = index_prefix;
        prefix += static_cast<char>(field);
        prefix += value;
        prefix += '\0';
        return prefix;
    }
};

const EqualityFilter* find_indexed(const Source& source, const ListQuery& query,
                                   const Conditions& conditions, bool is_coarse_too) {
    for (const Filter field : source.view.filters) {
        if (!source.view.indexed.contains(field_of(field))) continue;
        if (is_coarse(field) && !is_coarse_too) continue;
        for (const EqualityFilter& filter : query.equal) {
            const bool fits = filter.field == field && filter.values.size() <= ranges_max;
            if (fits && !conditions.is_apart(filter)) return &filter;
        }
    }
    return nullptr;
}

std::vector<std::string> ranges_of(const Source& source, const EqualityFilter& filter) {
    std::vector<std::string> prefixes;
    for (const std::string& value : filter.values) {
        // No resource has such a value, and the prefix would be another one's.
        if (value.contains('\0')) continue;
        prefixes.push_back(source.prefix_of(field_of(filter.field), value));
    }
    return prefixes;
}

// The ranges of the longest word, which finds fewest; empty when it finds too many words.
std::optional<std::vector<std::string>> ranges_of_words(const Source& source,
                                                        const Conditions& conditions) {
    const auto& words = conditions.words();
    if (words.empty()) return std::nullopt;
    const auto longest = std::ranges::max_element(words, {}, &std::string::size);
    const std::string prefix = source.index_prefix + static_cast<char>(words_field);
    auto found = words_from(source.snapshot, prefix, *longest, source.as_of());
    if (!found) return std::nullopt;
    for (std::string& word : *found) word = source.prefix_of(words_field, word);
    return found;
}

// Chooses the index that finds fewest and tells the conditions that it sees to them.
std::vector<std::string> choose_ranges(const Source& source, const ListQuery& query,
                                       Conditions& conditions) {
    if (const auto* filter = find_indexed(source, query, conditions, false)) {
        conditions.leave_out(*filter);
        return ranges_of(source, *filter);
    }
    if (auto words = ranges_of_words(source, conditions)) {
        if (conditions.words().size() == 1) conditions.leave_out_words();
        return *std::move(words);
    }
    if (const auto* filter = find_indexed(source, query, conditions, true)) {
        conditions.leave_out(*filter);
        return ranges_of(source, *filter);
    }
    return {source.prefix_of(all_resources, {})};
}

// The resources for which the conditions hold, in order.
class Matches {
public:
    Matches(const Source& source, const Conditions& conditions, IndexWalk& walk)
        : conditions_(conditions),
          walk_(walk),
          rows_(source.snapshot, source.tenant, source.view.kind, source.time),
          needs_row_(conditions.need_row()),
          least_(conditions.created().second) {}

    // Begins behind `place`, or at the start if it is empty.
    void start(std::string_view place) {
        const std::string first = first_place(conditions_.created().first);
        walk_.seek(std::max(place, std::string_view(first)));
        if (!place.empty() && walk_.valid() && walk_.place() == place) walk_.next();
        settle();
    }
    bool valid() const { return is_valid_; }
    void next() {
        walk_.next();
        settle();
    }
    std::string_view place() const { return walk_.place(); }

    // The row of the match.
    std::string_view row() {
        if (!has_row_) load_row();
        put_into_effect();
        return row_;
    }

    // Ended because enough rows were looked at; `place` is the last of them.
    bool is_exhausted() const { return is_exhausted_; }

private:
    // From where the walk is to the next match.
    void settle() {
        is_valid_ = false;
        for (; walk_.valid() && created_at_of(walk_.place()) >= least_; walk_.next()) {
            has_row_ = false;
            is_valid_ = walk_.was_there() && (!needs_row_ || does_match());
            if (is_valid_) return;
            ++scanned_;
            is_exhausted_ = scanned_ >= rows_scanned_max;
            if (is_exhausted_) return;
        }
    }

    bool does_match() {
        load_row();
        if (!conditions_.hold(view_row(row_).terms)) return false;
        put_into_effect();
        return conditions_.hold_in_effect(view_row(row_).terms);
    }

    void load_row() {
        has_row_ = rows_.get(id_of(walk_.place()), row_);
        assert(has_row_ && "the index and the rows are written together");
        is_in_effect_ = false;
    }
    void put_into_effect() {
        if (!is_in_effect_) rows_.put_into_effect(id_of(walk_.place()), row_);
        is_in_effect_ = true;
    }

    const Conditions& conditions_;
    IndexWalk& walk_;
    PastRows rows_;
    bool needs_row_;
    std::int64_t least_;
    bool is_valid_ = false;
    bool has_row_ = false;
    bool is_in_effect_ = false;
    bool is_exhausted_ = false;
    std::size_t scanned_ = 0;
    std::string row_;
};

void fill_page(Page& page, Matches& matches, std::size_t limit, Cursor cursor) {
    page.json = "[";
    matches.start(cursor.place);
    for (; matches.valid(); matches.next()) {
        if (page.size == limit) {
            page.next = to_text(cursor);
            break;
        }
        cursor.place = matches.place();
        if (cursor.skip > 0) {
            --cursor.skip;
            continue;
        }
        if (page.size > 0) page.json += ',';
        page.json += view_row(matches.row()).json;
        ++page.size;
    }
    page.json += ']';
    if (!matches.is_exhausted()) return;
    cursor.place = matches.place();
    page.next = to_text(cursor);
}

std::string count_of(Matches& matches) {
    std::size_t count = 0;
    for (matches.start({}); matches.valid() && count <= count_max; matches.next()) ++count;
    if (count > count_max) return std::to_string(count_max) + "+";
    return std::to_string(count) + (matches.is_exhausted() ? "+" : "");
}

bool is_known(const View& view, const ListQuery& query) {
    if (!query.time.is_now() && !view.keeps_versions) return false;
    return std::ranges::all_of(query.equal, [&](const auto& one) { return view.has(one.field); }) &&
           std::ranges::all_of(query.ranges, [&](const auto& one) { return view.has(one.field); });
}

}  // namespace

domain::Result<Page, QueryError> Queries::list(const domain::TenantId& tenant, domain::Kind kind,
                                               ListQuery query) const {
    const View* view = find_view(kind);
    if (view == nullptr || !is_known(*view, query)) {
        return domain::Failure(QueryError::unknown_filter);
    }
    Cursor cursor{.skip = query.offset};
    if (!query.after.empty()) {
        auto parsed = parse_cursor(query.after, query.time.as_of.has_value());
        if (!parsed) return domain::Failure(QueryError::bad_cursor);
        cursor = *std::move(parsed);
    }
    Page page;
    page.position = position(tenant);
    page.json = "[]";
    const auto snapshot = rows_.snapshot();
    // All pages are as of what the first one was as of.
    if (cursor.as_of) query.time.as_of = projections::moment_at(*snapshot, tenant, *cursor.as_of);
    if (query.time.as_of) cursor.as_of = page.as_of = query.time.as_of->seq;
    Conditions conditions(query);
    if (!conditions.can_hold()) {
        if (query.with_count) page.count = "0";
        return page;
    }
    const Source source{*snapshot, tenant, *view, index_prefix(tenant, kind), query.time};
    IndexWalk walk(*snapshot, choose_ranges(source, query, conditions), page.as_of);
    if (query.with_count) {
        Matches all(source, conditions, walk);
        page.count = count_of(all);
    }
    Matches matches(source, conditions, walk);
    fill_page(page, matches, query.limit, std::move(cursor));
    return page;
}

}  // namespace projections
