// Which shard a tenant lives in: Kafka's default partitioner (murmur2 of the key, made positive,
// modulo the partitions), so that any Kafka client finds the same one.
#pragma once

#include <cstdint>
#include <string_view>

#include "domain/ids.hpp"
#include "journal/journal.hpp"

namespace journal {

// MurmurHash2, 32 bits, with Kafka's seed.
constexpr std::uint32_t murmur2(std::string_view data) {
    constexpr std::uint32_t multiplier = 0x5bd1e995;
    const auto byte = [data](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(data[i]));
    };
    auto hash = 0x9747b28cU ^ static_cast<std::uint32_t>(data.size());
    std::size_t at = 0;
    for (; at + 4 <= data.size(); at += 4) {
        std::uint32_t word =
            byte(at) | byte(at + 1) << 8U | byte(at + 2) << 16U | byte(at + 3) << 24U;
        word *= multiplier;
        word ^= word >> 24U;
        word *= multiplier;
        hash = hash * multiplier ^ word;
    }
    const std::size_t rest = data.size() - at;
    if (rest >= 3) hash ^= byte(at + 2) << 16U;
    if (rest >= 2) hash ^= byte(at + 1) << 8U;
    if (rest >= 1) hash = (hash ^ byte(at)) * multiplier;
    hash ^= hash >> 13U;
    hash *= multiplier;
    return hash ^ hash >> 15U;
}

constexpr ShardNumber shard_of(const domain::TenantId& tenant, ShardNumber shards) {
    return (murmur2(tenant.view()) & 0x7fffffffU) % shards;
}

}  // namespace journal
