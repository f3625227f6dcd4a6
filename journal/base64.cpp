#include "journal/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace journal {

std::string to_base64(std::string_view bytes) {
    // Room for the end that OpenSSL writes behind the text.
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size != static_cast<int>(bytes.size())) return std::nullopt;
    // OpenSSL counts what is padded as zeros, and passes over spaces around the text.
    const auto padding = std::min<std::size_t>(2, text.size() - text.find_last_not_of('=') - 1);
    if (!text.empty()) bytes.resize(bytes.size() - padding);
    if (to_base64(bytes) != text) return std::nullopt;
    return bytes;
}

std::optional<Hash> hash_from_base64(std::string_view text) {
    const auto bytes = from_base64(text);
    Hash hash{};
    if (!bytes || bytes->size() != hash.size()) return std::nullopt;
    std::ranges::copy(*bytes, hash.begin());
    return hash;
}

}  // namespace journal
