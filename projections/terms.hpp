// Terms: what a resource can be found by, as stored in its row and as keys of the indexes.
//
//     terms = { field:1 length:2 value since:8 }   ; sorted by field and value, each once
//
// A field is a filter, a range (its value is 8 bytes) or the field of words. Since is the seq of
// the entry that the term came with; 0 in kinds that do not keep their versions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/description.hpp"
#include "domain/time.hpp"
#include "projections/filters.hpp"

namespace projections {

using TermField = std::uint8_t;

// Under this field all resources are indexed, without a value.
inline constexpr TermField all_resources = 0;
inline constexpr TermField words_field = 128;
constexpr TermField field_of(Filter filter) {
    return static_cast<TermField>(1 + static_cast<unsigned>(filter));
}
constexpr TermField field_of(Range range) {
    return static_cast<TermField>(64 + static_cast<unsigned>(range));
}

// A set of fields.
struct FieldSet {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    bool has_words = false;

    constexpr void insert(TermField field) {
        if (field == words_field) {
            has_words = true;
        } else if (field < 64) {
            low |= std::uint64_t{1} << field;
        } else {
            high |= std::uint64_t{1} << (field - 64U);
        }
    }
    constexpr bool contains(TermField field) const {
        if (field == words_field) return has_words;
        return field < 64 ? (low >> field & 1U) != 0 : (high >> (field - 64U) & 1U) != 0;
    }
};

struct Term {
    TermField field = 0;
    std::string_view value;
    auto operator<=>(const Term&) const = default;
};

// Walks encoded terms.
class TermReader {
public:
    explicit TermReader(std::string_view terms) : rest_(terms) { next(); }
    bool valid() const { return is_valid_; }
    const Term& term() const { return term_; }
    std::uint64_t since() const { return since_; }
    void next();

private:
    std::string_view rest_;
    Term term_;
    std::uint64_t since_ = 0;
    bool is_valid_ = false;
};

// Collects the terms of one resource; reused for the next.
class TermBuilder {
public:
    void clear();

    void equal(Filter filter, std::string_view value);
    template <class T>
        requires requires(const T& id) { id.view(); }
    void equal(Filter filter, const T& id) {
        equal(filter, std::string_view(id.view()));
    }
    template <domain::DescribedEnum T>
    void equal(Filter filter, T value) {
        equal(filter, domain::name(value));
    }
    template <class T>
    void equal(Filter filter, const std::optional<T>& value) {
        if (value) equal(filter, *value);
    }

    void range(Range range, std::int64_t value);
    void range(Range field, domain::Timestamp time) {
        range(field, std::int64_t{time.time_since_epoch().count()});
    }
    template <class T>
    void range(Range field, const std::optional<T>& value) {
        if (value) range(field, *value);
    }

    // Each word of the text becomes a term.
    void words(std::string_view text);
    template <class T>
        requires requires(const T& id) { id.view(); }
    void words(const T& text) {
        words(std::string_view(text.view()));
    }
    template <class T>
    void words(const std::optional<T>& text) {
        if (text) words(*text);
    }

    // The resource is in no list: of one that was erased, only what is looked up by is indexed.
    void hide() { is_hidden_ = true; }
    bool is_hidden() const { return is_hidden_; }

    // Appends the terms' encoding. Those that are among the terms `before` are there since then,
    // the others since `since`.
    void append_to(std::string& out, std::uint64_t since = 0, std::string_view before = {});

private:
    struct Place {
        TermField field;
        std::uint32_t begin;
        std::uint16_t length;
    };
    void add(TermField field, std::string_view value);
    std::string_view value_of(const Place& place) const {
        return std::string_view(values_).substr(place.begin, place.length);
    }

    std::string values_;
    std::vector<Place> places_;
    std::string folded_;
    bool is_hidden_ = false;
};

std::string range_value(std::int64_t number);
std::int64_t range_number(std::string_view value);

}  // namespace projections
