// The text of an API key: dbk_<id, 12 characters>_<secret, 43><checksum, 6>, all base 62.
//
// The checksum (CRC-32 of all that stands before it) lets anyone tell a mistyped or cut key from an
// unknown one, and lets secret scanners find keys that leaked. It protects nothing. Pure functions;
// hashing the secret is the caller's. REQUIRES: the random bytes come from a cryptographic source.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

struct ApiKeyText {
    static constexpr std::string_view prefix = "dbk_";
    static constexpr std::size_t id_length = 12;
    static constexpr std::size_t secret_length = 43;
    static constexpr std::size_t checksum_length = 6;
    static constexpr std::size_t length =
        prefix.size() + id_length + 1 + secret_length + checksum_length;
};

// The parts of a key, views into the text that was parsed. Only a hash of the secret may be stored.
struct ApiKeyParts {
    std::string_view id;
    std::string_view secret;
};

using ApiKeyIdBytes = std::array<std::uint8_t, 8>;
using ApiKeySecretBytes = std::array<std::uint8_t, 32>;

// The whole key, made of random bytes of the caller.
std::string make_api_key_text(const ApiKeyIdBytes& id, const ApiKeySecretBytes& secret);

// Another secret for a key that exists: what a rotation hands out. REQUIRES: an id made by us.
std::string make_api_key_text(std::string_view id, const ApiKeySecretBytes& secret);

// Empty when the form or the checksum is wrong.
std::optional<ApiKeyParts> parse_api_key_text(std::string_view text);

}  // namespace domain
