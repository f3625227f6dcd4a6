#include "infra/webhooks/addresses.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace infra {
namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct Block {
    std::uint32_t first;
    unsigned bits;
};

// The IANA registry of special addresses of IPv4 that are not globally reachable.
constexpr std::array blocks{
    Block{0x00000000, 8},   // 0.0.0.0/8: this network.
    Block{0x0A000000, 8},   // 10.0.0.0/8: private.
    Block{0x64400000, 10},  // 100.64.0.0/10: shared.
    Block{0x7F000000, 8},   // 127.0.0.0/8: loopback.
    Block{0xA9FE0000, 16},  // 169.254.0.0/16: link-local.
    Block{0xAC100000, 12},  // 172.16.0.0/12: private.
    Block{0xC0000000, 24},  // 192.0.0.0/24: protocols.
    Block{0xC0000200, 24},  // 192.0.2.0/24: documentation.
    Block{0xC0586300, 24},  // 192.88.99.0/24: relays that are no more.
    Block{0xC0A80000, 16},  // 192.168.0.0/16: private.
    Block{0xC6120000, 15},  // 198.18.0.0/15: benchmarks.
    Block{0xC6336400, 24},  // 198.51.100.0/24: documentation.
    Block{0xCB007100, 24},  // 203.0.113.0/24: documentation.
    Block{0xE0000000, 4},   // 224.0.0.0/4: multicast.
    Block{0xF0000000, 4},   // 240.0.0.0/4: reserved, broadcast.
};

bool is_public(const address_v4& address) {
    const std::uint32_t number = address.to_uint();
    return std::ranges::none_of(blocks, [number](const Block& block) {
        return (number ^ block.first) >> (32 - block.bits) == 0;
    });
}

// Only 2000::/3 is given out; of it, some ranges are special or carry an address of IPv4.
bool is_public(const address_v6& address) {
    const auto bytes = address.to_bytes();
    const auto word = [&bytes](std::size_t i) {
        return static_cast<unsigned>(bytes[2 * i]) << 8U | bytes[2 * i + 1];
    };
    if (bytes[0] >> 5U != 1) return false;
    const bool is_protocol = word(0) == 0x2001 && word(1) < 0x0200;
    const bool is_documentation = (word(0) == 0x2001 && word(1) == 0x0DB8) || word(0) == 0x3FFF;
    const bool is_6to4 = word(0) == 0x2002;
    return !is_protocol && !is_documentation && !is_6to4;
}

}  // namespace

bool is_public(const boost::asio::ip::address& address) {
    return address.is_v4() ? is_public(address.to_v4()) : is_public(address.to_v6());
}

}  // namespace infra
