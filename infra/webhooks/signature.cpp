#include "infra/webhooks/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cassert>
#include <stdexcept>

#include "journal/base64.hpp"

namespace infra {
namespace {

constexpr std::string_view prefix = "whsec_";

using journal::Hash;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Hash hmac(std::string_view key, std::string_view text) {
    Hash digest{};
    unsigned size = 0;
    const bool done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text),
                           text.size(), digest.data(), &size) != nullptr;
    if (!done || size != digest.size()) throw std::runtime_error("OpenSSL could not sign");
    return digest;
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
    return std::string(prefix) + journal::to_base64(hmac(key, text));
}

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t seconds,
                              std::string_view body) {
    assert(secret.starts_with(prefix));
    std::string text(id);
    text.append(".").append(std::to_string(seconds)).append(".").append(body);
    const auto key = journal::from_base64(secret.substr(prefix.size()));
    assert(key.has_value());
    return "v1," + journal::to_base64(hmac(*key, text));
}

}  // namespace infra
