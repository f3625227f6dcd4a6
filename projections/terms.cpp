#include "projections/terms.hpp"

#include <algorithm>
#include <limits>

#include "projections/bytes.hpp"
#include "projections/folding.hpp"

namespace projections {
namespace {

// Enough to find anything by; a resource with very long texts must not have thousands of rows.
constexpr std::size_t terms_max = 96;

}  // namespace

void TermReader::next() {
    constexpr std::size_t head = 3;
    is_valid_ = rest_.size() >= head;
    if (!is_valid_) return;
    const auto length = read_little_endian<std::uint16_t>(rest_.substr(1));
    term_ = {static_cast<TermField>(rest_[0]), rest_.substr(head, length)};
    since_ = read_little_endian<std::uint64_t>(rest_.substr(head + length));
    rest_.remove_prefix(head + length + sizeof since_);
}

void TermBuilder::clear() {
    values_.clear();
    places_.clear();
    is_hidden_ = false;
}

void TermBuilder::add(TermField field, std::string_view value) {
    // No client can send a NUL, and in keys it ends a value.
    const bool fits = value.size() <= std::numeric_limits<std::uint16_t>::max();
    if (value.empty() || !fits) return;
    places_.push_back({field, static_cast<std::uint32_t>(values_.size()),
                       static_cast<std::uint16_t>(value.size())});
    values_ += value;
}

void TermBuilder::equal(Filter filter, std::string_view value) {
    if (!value.contains('\0')) add(field_of(filter), value);
}

void TermBuilder::range(Range range, std::int64_t value) {
    add(field_of(range), range_value(value));
}

void TermBuilder::words(std::string_view text) {
    folded_.clear();
    append_folded(folded_, text);
    for_each_word(folded_, [this](std::string_view word) {
        if (places_.size() < terms_max) add(words_field, word);
    });
}

void TermBuilder::append_to(std::string& out, std::uint64_t since, std::string_view before) {
    const auto term_of = [this](const Place& place) { return Term{place.field, value_of(place)}; };
    std::ranges::sort(places_, {}, term_of);
    TermReader known(before);
    const Place* last = nullptr;
    for (const Place& place : places_) {
        const Term term = term_of(place);
        if (last != nullptr && term_of(*last) == term) continue;
        last = &place;
        while (known.valid() && known.term() < term) known.next();
        const bool is_known = known.valid() && known.term() == term;
        out += static_cast<char>(place.field);
        append_little_endian(out, place.length);
        out += term.value;
        append_little_endian(out, is_known ? known.since() : since);
    }
}

std::string range_value(std::int64_t number) {
    std::string value;
    append_little_endian(value, static_cast<std::uint64_t>(number));
    return value;
}

std::int64_t range_number(std::string_view value) {
    return static_cast<std::int64_t>(read_little_endian<std::uint64_t>(value));
}

}  // namespace projections
