#include "infra/ids.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace infra {
namespace {

void append_hex(std::string& out, std::uint64_t word) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (unsigned shift = 64; shift > 0; shift -= 4) out += digits[word >> (shift - 4) & 0xfU];
}

}  // namespace

std::uint64_t random_word() {
    struct Page {
        std::array<std::uint64_t, 64> words{};
        std::size_t used = 64;
    };
    thread_local Page page;
    if (page.used == page.words.size()) {
        randombytes_buf(page.words.data(), sizeof page.words);
        page.used = 0;
    }
    // What was given out is wiped, so that a look at the memory does not show it.
    return std::exchange(page.words[page.used++], 0);
}

std::string Ids::next() {
    const auto now = clock_.now().time_since_epoch().count();
    const std::uint64_t least = static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)) << 12U;
    std::uint64_t last = last_.load(std::memory_order_relaxed);
    std::uint64_t mine = 0;
    do {
        mine = std::max(least, last + 1);
    } while (!last_.compare_exchange_weak(last, mine, std::memory_order_relaxed));

    constexpr std::uint64_t version = 0x7000;
    constexpr std::uint64_t variant = std::uint64_t{2} << 62U;
    std::string id;
    id.reserve(32);
    append_hex(id, mine >> 12U << 16U | version | (mine & 0xfffU));
    append_hex(id, variant | random_word() >> 2U);
    return id;
}

}  // namespace infra
