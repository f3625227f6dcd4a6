#include "domain/api_key_text.hpp"

#include <algorithm>
#include <cassert>
#include <span>

namespace domain {
namespace {

constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool is_base62(std::string_view text) {
    return text.find_first_not_of(digits) == std::string_view::npos;
}

// The number that the bytes write in base 256, in base 62, with leading zeros up to `width`.
void append_base62(std::string& out, std::span<const std::uint8_t> bytes, std::size_t width) {
    std::array<std::uint8_t, 32> number{};
    assert(bytes.size() <= number.size());
    std::ranges::copy(bytes, number.end() - std::ssize(bytes));

    const std::size_t start = out.size();
    out.resize(start + width);
    for (std::size_t at = width; at-- > 0;) {
        unsigned remainder = 0;
        for (std::uint8_t& byte : number) {
            const unsigned value = remainder * 256 + byte;
            byte = static_cast<std::uint8_t>(value / 62);
            remainder = value % 62;
        }
        out[start + at] = digits[remainder];
    }
}

std::uint32_t crc32(std::string_view text) {
    std::uint32_t crc = 0xffffffffU;
    for (const char c : text) {
        crc ^= static_cast<std::uint8_t>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) * 0xedb88320U);
    }
    return ~crc;
}

void append_checksum(std::string& out, std::string_view text) {
    const std::uint32_t crc = crc32(text);
    const std::array bytes{static_cast<std::uint8_t>(crc >> 24U),
                           static_cast<std::uint8_t>(crc >> 16U),
                           static_cast<std::uint8_t>(crc >> 8U), static_cast<std::uint8_t>(crc)};
    append_base62(out, bytes, ApiKeyText::checksum_length);
}

}  // namespace

std::string make_api_key_text(const ApiKeyIdBytes& id, const ApiKeySecretBytes& secret) {
    std::string text;
    append_base62(text, id, ApiKeyText::id_length);
    return make_api_key_text(text, secret);
}

std::string make_api_key_text(std::string_view id, const ApiKeySecretBytes& secret) {
    assert(id.size() == ApiKeyText::id_length && is_base62(id));
    std::string text(ApiKeyText::prefix);
    text.append(id).push_back('_');
    append_base62(text, secret, ApiKeyText::secret_length);
    const std::string checked = text;
    append_checksum(text, checked);
    return text;
}

std::optional<ApiKeyParts> parse_api_key_text(std::string_view text) {
    if (text.size() != ApiKeyText::length || !text.starts_with(ApiKeyText::prefix)) return {};
    const std::string_view id = text.substr(ApiKeyText::prefix.size(), ApiKeyText::id_length);
    const std::size_t bar = ApiKeyText::prefix.size() + ApiKeyText::id_length;
    const std::string_view secret = text.substr(bar + 1, ApiKeyText::secret_length);
    const std::string_view checksum = text.substr(text.size() - ApiKeyText::checksum_length);
    if (text[bar] != '_' || !is_base62(id) || !is_base62(secret)) return {};

    std::string expected;
    append_checksum(expected, text.substr(0, text.size() - ApiKeyText::checksum_length));
    if (checksum != expected) return {};
    return ApiKeyParts{id, secret};
}

}  // namespace domain
