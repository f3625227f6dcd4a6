// A message authentication code: what only who has the key can tell from a text, HMAC-SHA256
// (RFC 2104).
#pragma once

#include <array>
#include <string_view>

namespace api {

using MacKey = std::array<unsigned char, 32>;
using Mac = std::array<unsigned char, 32>;

// From any thread. Throws std::runtime_error when OpenSSL cannot.
Mac mac_of(const MacKey& key, std::string_view text);

}  // namespace api
