// The hash chain over the entries of a shard.
//
// The leaf of a record is SHA-256(0x00 ‖ its bytes as stored), as in RFC 6962, section 2.1; the
// head after it is SHA-256(head before ‖ leaf). The head of an empty shard is 32 zero bytes.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace journal {

using Hash = std::array<unsigned char, 32>;

Hash leaf_hash(std::string_view record);
Hash next_head(const Hash& head, const Hash& leaf);
Hash next_head(const Hash& head, std::string_view record);

std::string to_hex(const Hash& hash);
std::optional<Hash> parse_hash(std::string_view hex);

}  // namespace journal
