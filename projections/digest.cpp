#include "projections/digest.hpp"

#include <xxhash.h>

#include "projections/bytes.hpp"
#include "projections/row_keys.hpp"

namespace projections {

Digest& Digest::operator+=(const Digest& other) {
    low += other.low;
    high += other.high + (low < other.low ? 1U : 0U);
    return *this;
}

Digest& Digest::operator-=(const Digest& other) {
    high -= other.high + (low < other.low ? 1U : 0U);
    low -= other.low;
    return *this;
}

std::string to_hex(const Digest& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint64_t half : {digest.high, digest.low}) {
        for (unsigned shift = 64; shift > 0; shift -= 4) text += digits[half >> (shift - 4) & 15U];
    }
    return text;
}

Digest row_digest(std::string_view key, std::string_view value) {
    const auto seed = XXH3_64bits(key.data(), key.size());
    const auto hash = XXH3_128bits_withSeed(value.data(), value.size(), seed);
    return {hash.high64, hash.low64};
}

std::string to_bytes(const Digest& digest) {
    std::string bytes;
    append_big_endian(bytes, digest.high);
    append_big_endian(bytes, digest.low);
    return bytes;
}

Digest digest_from_bytes(std::string_view bytes) {
    return {read_big_endian<std::uint64_t>(bytes), read_big_endian<std::uint64_t>(bytes.substr(8))};
}

Digest stored_digest(const journal::Rows& rows, journal::ShardNumber shard, domain::Kind kind) {
    Digest digest;
    rows.get(digest_key(shard, kind),
             [&digest](std::string_view bytes) { digest = digest_from_bytes(bytes); });
    return digest;
}

Digest computed_digest(
    const journal::Rows& rows, journal::ShardNumber shard, domain::Kind kind,
    const std::function<journal::ShardNumber(const domain::TenantId&)>& shard_of) {
    Digest digest;
    const auto snapshot = rows.snapshot();
    for (const std::string_view tag :
         {resource_rows, version_rows, index_rows, ended_rows, internal_rows}) {
        const auto walk = snapshot->walk(tag);
        for (walk->seek(tag); walk->valid(); walk->next()) {
            const KeyOwner owner = owner_of(walk->key());
            if (owner.kind != kind || shard_of(owner.tenant) != shard) continue;
            digest += row_digest(walk->key(), walk->value());
        }
    }
    return digest;
}

}  // namespace projections
