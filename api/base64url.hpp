// base64url without padding (RFC 4648, section 5), strictly: each byte sequence has one text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace api {

std::string to_base64url(std::string_view bytes);
// Nothing for what `to_base64url` would not have written.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace api
