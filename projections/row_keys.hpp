// The keys of the views' rows.
//
//     key      = position | digest | resource | version | index | ended | internal | feed |
//                moment | erasure | tile | layout
//     position = 'p' shard:4                                  → the projector's LogState
//     digest   = 'd' shard:4 kind                             → the kind's digest in the shard
//     resource = 'r' tenant NUL kind id                       → row_value.hpp
//     version  = 'h' tenant NUL kind id NUL until:8           → from:8, and in kinds that keep
//                                                               their versions row_value.hpp: what
//                                                               was true from entry `from` to
//                                                               `until`
//     index    = 'i' tenant NUL kind field value NUL place    → since:8 in kinds that keep their
//                                                               versions, else nothing
//     ended    = 'j' tenant NUL kind field value NUL place NUL until:8
//                                                             → since:8; an index row that was
//     internal = 'k' tenant NUL kind id                       → row_value.hpp; keys and tenants
//     feed     = 'f' tenant NUL seq:8                         → offset:8 latest:8; see feed.hpp
//     moment   = 'm' tenant NUL time:8                        → seq:8 latest:8 of the last entry
//                                                               that was written at that time
//     erasure  = 'e' shard:4 tenant NUL user                  → nothing; rows that tell about the
//                                                               user are to be emptied
//     tile     = 't' shard:4 level:1 index:8                  → hashes of 32 bytes; see tree.hpp
//     layout   = 'v'                                          → what wrote these rows
//     place    = created:8 id     ; falling times first, then ids: the order of all lists
//
// Latest is the time, by the tenant's clock, of the entry's events: nothing that is there by then
// was created later. Numbers are big-endian; kind and field are one byte. No tenant, id or value
// holds a NUL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/subject.hpp"
#include "domain/time.hpp"
#include "journal/entry.hpp"
#include "journal/journal.hpp"

namespace projections {

std::string position_key(journal::ShardNumber shard);
// What all erasure rows of a shard begin with, and the row of one user.
std::string erasure_prefix(journal::ShardNumber shard);
std::string erasure_key(journal::ShardNumber shard, const domain::TenantId& tenant,
                        const domain::UserId& user);
std::string tile_key(journal::ShardNumber shard, std::size_t level, std::uint64_t index);
std::string digest_key(journal::ShardNumber shard, domain::Kind kind);

// Kinds that clients never see: they have rows, but no lists.
constexpr bool is_internal(domain::Kind kind) {
    return kind == domain::Kind::tenants || kind == domain::Kind::keys;
}
inline constexpr std::string_view position_rows = "p";
inline constexpr std::string_view digest_rows = "d";
inline constexpr std::string_view internal_rows = "k";
inline constexpr std::string_view resource_rows = "r";
inline constexpr std::string_view version_rows = "h";
inline constexpr std::string_view index_rows = "i";
inline constexpr std::string_view ended_rows = "j";
inline constexpr std::string_view feed_rows = "f";
inline constexpr std::string_view moment_rows = "m";
inline constexpr std::string_view erasure_rows = "e";
inline constexpr std::string_view tile_rows = "t";
inline constexpr std::string_view layout_key = "v";

// `key` is overwritten, so that its memory is used again.
void set_resource_key(std::string& key, const domain::TenantId& tenant, domain::Kind kind,
                      std::string_view id);
std::string resource_key(const domain::TenantId& tenant, domain::Kind kind, std::string_view id);

// What the rows of a resource's earlier versions begin with; until:8 follows. `key` is overwritten.
void set_version_prefix(std::string& key, std::string_view resource_row_key);
std::string version_prefix(const domain::TenantId& tenant, const domain::Subject& subject);

// What all index rows of a kind begin with.
std::string index_prefix(const domain::TenantId& tenant, domain::Kind kind);
// What the index rows of one value of a field begin with; their places follow.
std::string index_prefix(const domain::TenantId& tenant, domain::Kind kind, std::uint8_t field,
                         std::string_view value);
// As the first, from the key of a resource's row.
void set_index_prefix(std::string& key, std::string_view resource_row_key, std::size_t id_length);

// The row that is left of an index row; and what those begin with whose index rows begin with
// `index_prefix`. Behind their places they have so many bytes.
std::string ended_key(std::string_view index_key, journal::Seq until);
std::string ended_prefix(std::string_view index_prefix);
inline constexpr std::size_t ended_suffix = 1 + sizeof(journal::Seq);

// Of a key that has a kind behind its tenant.
struct KeyOwner {
    domain::TenantId tenant;
    domain::Kind kind = domain::Kind::vendors;
};
KeyOwner owner_of(std::string_view key);

// What all feed rows of a tenant begin with, and the row of one entry.
std::string feed_prefix(const domain::TenantId& tenant);
std::string feed_key(const domain::TenantId& tenant, journal::Seq seq);
// The same of moments.
std::string moment_prefix(const domain::TenantId& tenant);
std::string moment_key(const domain::TenantId& tenant, domain::Timestamp time);

void append_place(std::string& key, domain::Timestamp created_at, std::string_view id);
// A place before all others that were created at that time or earlier.
std::string first_place(std::int64_t created_at_max);
std::int64_t created_at_of(std::string_view place);
inline std::string_view id_of(std::string_view place) { return place.substr(8); }

}  // namespace projections
