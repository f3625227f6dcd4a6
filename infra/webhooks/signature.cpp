#include "infra/webhooks/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>
#include <cassert>
#include <stdexcept>

namespace infra {
namespace {

constexpr std::string_view prefix = "whsec_";

using Digest = std::array<unsigned char, 32>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Digest hmac(std::string_view key, std::string_view text) {
    Digest digest{};
    unsigned size = 0;
    const bool done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text),
                           text.size(), digest.data(), &size) != nullptr;
    if (!done || size != digest.size()) throw std::runtime_error("OpenSSL could not sign");
    return digest;
}

std::string to_base64(const Digest& bytes) {
    std::array<char, sodium_base64_ENCODED_LEN(sizeof(Digest), sodium_base64_VARIANT_ORIGINAL)>
        text{};
    return sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                             sodium_base64_VARIANT_ORIGINAL);
}

std::string from_base64(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const int failed =
        sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
    assert(failed == 0);
    bytes.resize(size);
    return bytes;
}

}  // namespace

std::string webhook_secret(const Secret& root_key, const domain::TenantId& tenant,
                           std::string_view endpoint, std::int64_t version) {
    // No id holds the line end that parts them.
    std::string text = "daybook webhook secret\n";
    text.append(tenant.view()).append("\n").append(endpoint).append("\n");
    text += std::to_string(version);
    const std::string_view key(reinterpret_cast<const char*>(root_key.bytes.data()),
                               root_key.bytes.size());
    return std::string(prefix) + to_base64(hmac(key, text));
}

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t seconds,
                              std::string_view body) {
    assert(secret.starts_with(prefix));
    std::string text(id);
    text.append(".").append(std::to_string(seconds)).append(".").append(body);
    return "v1," + to_base64(hmac(from_base64(secret.substr(prefix.size())), text));
}

}  // namespace infra
