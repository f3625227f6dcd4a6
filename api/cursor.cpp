#include "api/cursor.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <optional>

#include "api/auth.hpp"
#include "api/base64url.hpp"

namespace api {
namespace {

constexpr std::size_t list_size = 8;
constexpr std::size_t mac_size = 16;
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
    return to_base64url(digest + short_mac_of(key_, digest, place) + std::string(place));
}

domain::Result<std::string, CursorRefusal> Cursors::open(std::string_view list,
                                                         std::string_view cursor) const {
    using enum CursorRefusal;
    const auto bytes = from_base64url(cursor);
    // Bits that are left over would make two texts of one cursor.
    if (!bytes || bytes->size() < list_size + mac_size || to_base64url(*bytes) != cursor) {
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
