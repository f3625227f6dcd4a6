#include "api/cursor.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <optional>

#include "api/auth.hpp"

namespace api {
namespace {

constexpr std::size_t list_size = 8;
constexpr std::size_t mac_size = 16;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// RFC 4648, section 5, without padding.
std::string encode(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(c);
        for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> (held - 6) & 63U];
    }
    if (held > 0) text += alphabet[bits << (6 - held) & 63U];
    return text;
}

std::optional<std::string> decode(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const std::size_t digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 255U);
    }
    return bytes;
}

std::string digest_of(std::string_view list) {
    const SecretHash hash = hash_secret(list);
    return {hash.begin(), hash.begin() + list_size};
}

std::string short_mac_of(const MacKey& key, std::string_view digest, std::string_view place) {
    std::string text(digest);
    text += place;
    const Mac mac = mac_of(key, text);
    return {mac.begin(), mac.begin() + mac_size};
}

}  // namespace

std::string Cursors::seal(std::string_view list, std::string_view place) const {
    const std::string digest = digest_of(list);
    return encode(digest + short_mac_of(key_, digest, place) + std::string(place));
}

domain::Result<std::string, CursorRefusal> Cursors::open(std::string_view list,
                                                         std::string_view cursor) const {
    using enum CursorRefusal;
    const auto bytes = decode(cursor);
    // Bits that are left over would make two texts of one cursor.
    if (!bytes || bytes->size() < list_size + mac_size || encode(*bytes) != cursor) {
        return domain::Failure(invalid_cursor);
    }
    const std::string_view whole = *bytes;
    const std::string_view digest = whole.substr(0, list_size);
    const std::string_view place = whole.substr(list_size + mac_size);
    const std::string mac = short_mac_of(key_, digest, place);
    if (CRYPTO_memcmp(mac.data(), whole.data() + list_size, mac_size) != 0) {
        return domain::Failure(invalid_cursor);
    }
    if (digest != digest_of(list)) return domain::Failure(cursor_mismatch);
    return std::string(place);
}

}  // namespace api
