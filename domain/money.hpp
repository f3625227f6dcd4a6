// Money: whole minor units of an ISO 4217 currency. Never a floating-point number.
//
// Inside one aggregate the currency is the same for all amounts, so amounts are plain `Minor`
// beside one `Currency`; where two aggregates meet, guards compare currencies first. Sums and
// products go through 128 bits; what does not fit 64 bits again is an error, never a wrap.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace domain {

// An ISO 4217 code that is in use for payments: three capital letters.
struct Currency {
    std::array<char, 3> code{};

    static constexpr std::string_view format = "currency";
    static constexpr std::string_view pattern = "^[A-Z]{3}$";
    static constexpr std::size_t length_max = 3;

    static Result<Currency, std::string_view> parse(std::string_view raw);
    constexpr std::string_view view() const {
        return code[0] == '\0' ? std::string_view{} : std::string_view{code.data(), code.size()};
    }
    constexpr bool empty() const { return code[0] == '\0'; }
    auto operator<=>(const Currency&) const = default;
};

// Decimals of the currency's minor unit by ISO 4217: JPY 0, EUR 2, KWD 3.
// REQUIRES: a currency that `parse` gave.
int minor_digits(Currency currency);

// An amount in minor units of a currency that stands beside it.
using Minor = std::int64_t;
__extension__ typedef __int128 Wide;  // For intermediate results.

// The value if it fits into 64 bits.
constexpr std::optional<Minor> narrow(Wide value) {
    if (value > std::numeric_limits<Minor>::max() || value < std::numeric_limits<Minor>::min()) {
        return std::nullopt;
    }
    return static_cast<Minor>(value);
}

// numerator / denominator, rounded half away from zero. REQUIRES: denominator > 0.
constexpr Wide divide_half_away(Wide numerator, Wide denominator) {
    const Wide magnitude = numerator < 0 ? -numerator : numerator;
    const Wide rounded = (2 * magnitude + denominator) / (2 * denominator);
    return numerator < 0 ? -rounded : rounded;
}

// The decimal rendering: 34900 NOK is "349.00", 5 KWD is "0.005".
std::string to_decimal(Minor amount, Currency currency);

}  // namespace domain
