// Base64 with padding (RFC 4648, section 4), strictly: each byte sequence has one text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "journal/sha256.hpp"

namespace journal {

std::string to_base64(std::string_view bytes);
inline std::string to_base64(const Hash& hash) { return to_base64(as_text(hash)); }
// Nothing for what `to_base64` would not have written.
std::optional<std::string> from_base64(std::string_view text);
std::optional<Hash> hash_from_base64(std::string_view text);

}  // namespace journal
