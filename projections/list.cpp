// Lists: an index is walked in order, and rows are looked at until the page is full.
#include <algorithm>
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

// Where a list goes on: "1.<resources to skip>.<created at>.<id>".
struct Cursor {
    std::size_t skip = 0;
    std::string place;  // To go on behind; empty at the start.
};

std::string to_text(const Cursor& cursor) {
    std::string text = "1.";
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

std::optional<Cursor> parse_cursor(std::string_view text) {
    int version = 0;
    std::int64_t created_at = 0;
    Cursor cursor;
    const bool is_cursor = take_number(text, version) && version == 1 &&
                           take_number(text, cursor.skip) && take_number(text, created_at) &&
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

    bool hold(std::string_view terms) const {
        return std::ranges::all_of(query_.equal,
                                   [&](const EqualityFilter& filter) {
                                       return &filter == by_index_ || is_equal(terms, filter);
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
    const View& view;
    std::string row_prefix;    // Of resources' rows.
    std::string index_prefix;  // Of index rows.

    std::string prefix_of(TermField field, std::string_view value) const {
        std::string prefix = index_prefix;
        prefix += static_cast<char>(field);
        prefix += value;
        prefix += '\0';
        return prefix;
    }
};

const EqualityFilter* find_indexed(const Source& source, const ListQuery& query,
                                   bool is_coarse_too) {
    for (const Filter field : source.view.filters) {
        if (!source.view.indexed.contains(field_of(field))) continue;
        if (is_coarse(field) && !is_coarse_too) continue;
        for (const EqualityFilter& filter : query.equal) {
            if (filter.field == field && filter.values.size() <= ranges_max) return &filter;
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
    auto found = words_from(source.snapshot, prefix, *longest);
    if (!found) return std::nullopt;
    for (std::string& word : *found) word = source.prefix_of(words_field, word);
    return found;
}

// Chooses the index that finds fewest and tells the conditions that it sees to them.
std::vector<std::string> choose_ranges(const Source& source, const ListQuery& query,
                                       Conditions& conditions) {
    if (const auto* filter = find_indexed(source, query, false)) {
        conditions.leave_out(*filter);
        return ranges_of(source, *filter);
    }
    if (auto words = ranges_of_words(source, conditions)) {
        if (conditions.words().size() == 1) conditions.leave_out_words();
        return *std::move(words);
    }
    if (const auto* filter = find_indexed(source, query, true)) {
        conditions.leave_out(*filter);
        return ranges_of(source, *filter);
    }
    return {source.prefix_of(all_resources, {})};
}

// The resources for which the conditions hold, in order.
class Matches {
public:
    Matches(const Source& source, const Conditions& conditions, IndexWalk& walk)
        : source_(source),
          conditions_(conditions),
          walk_(walk),
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
            if (!needs_row_) {
                is_valid_ = true;
                return;
            }
            load_row();
            ++scanned_;
            if (conditions_.hold(view_row(row_).terms)) {
                is_valid_ = true;
                return;
            }
            is_exhausted_ = scanned_ >= rows_scanned_max;
            if (is_exhausted_) return;
        }
    }

    void load_row() {
        key_ = source_.row_prefix;
        key_ += id_of(walk_.place());
        // The index and the rows are written together.
        row_ = source_.snapshot.get(key_).value();
        has_row_ = true;
    }

    const Source& source_;
    const Conditions& conditions_;
    IndexWalk& walk_;
    bool needs_row_;
    std::int64_t least_;
    bool is_valid_ = false;
    bool has_row_ = false;
    bool is_exhausted_ = false;
    std::size_t scanned_ = 0;
    std::string key_;
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
    return std::ranges::all_of(query.equal, [&](const auto& one) { return view.has(one.field); }) &&
           std::ranges::all_of(query.ranges, [&](const auto& one) { return view.has(one.field); });
}

}  // namespace

domain::Result<Page, QueryError> Queries::list(const domain::TenantId& tenant, domain::Kind kind,
                                               const ListQuery& query) const {
    const View* view = find_view(kind);
    if (view == nullptr || !is_known(*view, query)) {
        return domain::Failure(QueryError::unknown_filter);
    }
    Cursor cursor{.skip = query.offset, .place = {}};
    if (!query.after.empty()) {
        auto parsed = parse_cursor(query.after);
        if (!parsed) return domain::Failure(QueryError::bad_cursor);
        cursor = *std::move(parsed);
    }
    Page page;
    page.position = position(tenant);
    page.json = "[]";
    Conditions conditions(query);
    if (!conditions.can_hold()) {
        if (query.with_count) page.count = "0";
        return page;
    }
    const auto snapshot = rows_.snapshot();
    const Source source{*snapshot, *view, resource_key(tenant, kind, {}),
                        index_prefix(tenant, kind)};
    IndexWalk walk(*snapshot, choose_ranges(source, query, conditions));
    if (query.with_count) {
        Matches all(source, conditions, walk);
        page.count = count_of(all);
    }
    Matches matches(source, conditions, walk);
    fill_page(page, matches, query.limit, std::move(cursor));
    return page;
}

}  // namespace projections
