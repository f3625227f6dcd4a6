#include "journal/chain.hpp"

#include <openssl/evp.h>

#include <cassert>
#include <memory>

#include "journal/sha256.hpp"

namespace journal {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

// One context a thread: making one costs more than hashing an entry.
Hash sha256(std::string_view first, std::string_view second) {
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Hash hash{};
    const bool ok = EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), first.data(), first.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), second.data(), second.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
    assert(ok);
    return hash;
}

Hash leaf_hash(std::string_view record) {
    constexpr std::string_view leaf_prefix("\0", 1);
    return sha256(leaf_prefix, record);
}

Hash next_head(const Hash& head, const Hash& leaf) { return sha256(as_text(head), as_text(leaf)); }

Hash next_head(const Hash& head, std::string_view record) {
    return next_head(head, leaf_hash(record));
}

std::string to_hex(const Hash& hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * hash.size());
    for (const unsigned char byte : hash) {
        hex += digits[byte >> 4U];
        hex += digits[byte & 15U];
    }
    return hex;
}

std::optional<Hash> parse_hash(std::string_view hex) {
    Hash hash{};
    if (hex.size() != 2 * hash.size()) return std::nullopt;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        const int high = hex_value(hex[2 * i]);
        const int low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        hash[i] = static_cast<unsigned char>(high * 16 + low);
    }
    return hash;
}

}  // namespace journal
