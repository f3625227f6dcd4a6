// Whole numbers from text.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace domain {

// The whole number that the text is, in decimal: digits alone, behind a minus if T has a sign.
// Nothing for any other text, and for a number that T cannot hold.
template <std::integral T>
std::optional<T> parse_whole(std::string_view text) {
    T number = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
    return number;
}

}  // namespace domain
