#include "projections/row_keys.hpp"

#include "projections/bytes.hpp"

namespace projections {
namespace {

// Big-endian bytes of this sort like the times.
std::uint64_t rising(std::int64_t time) {
    return static_cast<std::uint64_t>(time) ^ (std::uint64_t{1} << 63U);
}
// The latest first.
std::uint64_t falling(std::int64_t time) { return ~rising(time); }

std::string shard_key(char tag, journal::ShardNumber shard) {
    std::string key(1, tag);
    append_big_endian(key, shard);
    return key;
}

void append_owner(std::string& key, const domain::TenantId& tenant, domain::Kind kind) {
    key += tenant.view();
    key += '\0';
    key += static_cast<char>(kind);
}

}  // namespace

std::string position_key(journal::ShardNumber shard) { return shard_key('p', shard); }

std::string erasure_prefix(journal::ShardNumber shard) { return shard_key('e', shard); }

std::string erasure_key(journal::ShardNumber shard, const domain::TenantId& tenant,
                        const domain::UserId& user) {
    std::string key = erasure_prefix(shard);
    key += tenant.view();
    key += '\0';
    key += user.view();
    return key;
}

std::string tile_key(journal::ShardNumber shard, std::size_t level, std::uint64_t index) {
    std::string key = shard_key('t', shard);
    key += static_cast<char>(level);
    append_big_endian(key, index);
    return key;
}

std::string digest_key(journal::ShardNumber shard, domain::Kind kind) {
    std::string key = shard_key('d', shard);
    key += static_cast<char>(kind);
    return key;
}

void set_resource_key(std::string& key, const domain::TenantId& tenant, domain::Kind kind,
                      std::string_view id) {
    key = is_internal(kind) ? internal_rows : resource_rows;
    append_owner(key, tenant, kind);
    key += id;
}

std::string resource_key(const domain::TenantId& tenant, domain::Kind kind, std::string_view id) {
    std::string key;
    set_resource_key(key, tenant, kind, id);
    return key;
}

void set_version_prefix(std::string& key, std::string_view resource_row_key) {
    key = version_rows;
    key += resource_row_key.substr(1);
    key += '\0';
}

std::string version_prefix(const domain::TenantId& tenant, const domain::Subject& subject) {
    std::string key;
    set_version_prefix(key, resource_key(tenant, subject.kind, subject.id));
    return key;
}

std::string index_prefix(const domain::TenantId& tenant, domain::Kind kind) {
    std::string key(index_rows);
    append_owner(key, tenant, kind);
    return key;
}

std::string index_prefix(const domain::TenantId& tenant, domain::Kind kind, std::uint8_t field,
                         std::string_view value) {
    std::string key = index_prefix(tenant, kind);
    key += static_cast<char>(field);
    key += value;
    key += '\0';
    return key;
}

void set_index_prefix(std::string& key, std::string_view resource_row_key, std::size_t id_length) {
    key = index_rows;
    key += resource_row_key.substr(1, resource_row_key.size() - 1 - id_length);
}

std::string ended_prefix(std::string_view index_prefix) {
    std::string key(ended_rows);
    key += index_prefix.substr(1);
    return key;
}

std::string ended_key(std::string_view index_key, journal::Seq until) {
    std::string key = ended_prefix(index_key);
    key += '\0';
    append_big_endian(key, until);
    return key;
}

KeyOwner owner_of(std::string_view key) {
    const auto end = key.find('\0');
    return {domain::TenantId{std::string(key.substr(1, end - 1))},
            static_cast<domain::Kind>(key[end + 1])};
}

std::string feed_prefix(const domain::TenantId& tenant) {
    std::string key(feed_rows);
    key += tenant.view();
    key += '\0';
    return key;
}

std::string feed_key(const domain::TenantId& tenant, journal::Seq seq) {
    std::string key = feed_prefix(tenant);
    append_big_endian(key, seq);
    return key;
}

std::string moment_prefix(const domain::TenantId& tenant) {
    std::string key(moment_rows);
    key += tenant.view();
    key += '\0';
    return key;
}

std::string moment_key(const domain::TenantId& tenant, domain::Timestamp time) {
    std::string key = moment_prefix(tenant);
    append_big_endian(key, rising(time.time_since_epoch().count()));
    return key;
}

void append_place(std::string& key, domain::Timestamp created_at, std::string_view id) {
    append_big_endian(key, falling(created_at.time_since_epoch().count()));
    key += id;
}

std::string first_place(std::int64_t created_at_max) {
    std::string place;
    append_big_endian(place, falling(created_at_max));
    return place;
}

std::int64_t created_at_of(std::string_view place) {
    return static_cast<std::int64_t>(~read_big_endian<std::uint64_t>(place) ^
                                     (std::uint64_t{1} << 63U));
}

}  // namespace projections
