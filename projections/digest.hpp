// Digests: what all rows of a view in a shard come to, to compare replicas and rebuilds by.
//
// A digest is the sum, mod 2^128, of the hashes of the view's rows, its index rows included, so it
// is kept up to date by adding what is written and subtracting what was there. Equal rows give
// equal digests, in whatever order they came to be.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/subject.hpp"
#include "journal/journal.hpp"
#include "journal/rows.hpp"

namespace projections {

struct Digest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool operator==(const Digest&) const = default;

    Digest& operator+=(const Digest& other);
    Digest& operator-=(const Digest& other);
};

// 32 hex digits.
std::string to_hex(const Digest& digest);

Digest row_digest(std::string_view key, std::string_view value);

std::string to_bytes(const Digest& digest);
Digest digest_from_bytes(std::string_view bytes);

// As the projector keeps it.
Digest stored_digest(const journal::Rows& rows, journal::ShardNumber shard, domain::Kind kind);

// The same from the rows themselves: all rows of all tenants of the shard are read.
Digest computed_digest(
    const journal::Rows& rows, journal::ShardNumber shard, domain::Kind kind,
    const std::function<journal::ShardNumber(const domain::TenantId&)>& shard_of);

}  // namespace projections
