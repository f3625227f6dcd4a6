#include "tests/api/signer.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>

#include "api/base64url.hpp"

namespace api {
namespace {

EVP_PKEY* new_key(TokenAlgorithm algorithm, unsigned rsa_bits) {
    switch (algorithm) {
        case TokenAlgorithm::ed_dsa: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        case TokenAlgorithm::es256: return EVP_EC_gen("P-256");
        case TokenAlgorithm::rs256: return EVP_RSA_gen(rsa_bits);
    }
    return nullptr;
}

// A number of the key, in base64url.
std::string number(const EVP_PKEY* key, const char* name, int size = 0) {
    BIGNUM* value = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &value), 1);
    std::string bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(value)), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()),
                 static_cast<int>(bytes.size()));
    BN_free(value);
    return to_base64url(bytes);
}

std::string ed25519_bytes(const EVP_PKEY* key) {
    std::string bytes(32, '\0');
    std::size_t size = bytes.size();
    EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size);
    return to_base64url(bytes);
}

// Both numbers, one behind the other.
std::string plain(std::string_view der) {
    const auto* next = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* both = d2i_ECDSA_SIG(nullptr, &next, static_cast<long>(der.size()));
    std::string bytes(64, '\0');
    auto* out = reinterpret_cast<unsigned char*>(bytes.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(both), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(both), out + 32, 32);
    ECDSA_SIG_free(both);
    return bytes;
}

}  // namespace

Signer::Signer(TokenAlgorithm algorithm, std::string kid, unsigned rsa_bits)
    : algorithm_(algorithm),
      kid_(std::move(kid)),
      key_(new_key(algorithm, rsa_bits), EVP_PKEY_free) {}

std::string Signer::jwk(std::string_view more) const {
    std::string text = "{\"kid\":\"" + kid_ + "\"" + std::string(more);
    switch (algorithm_) {
        case TokenAlgorithm::ed_dsa:
            text += R"(,"kty":"OKP","crv":"Ed25519","x":")" + ed25519_bytes(key_.get());
            break;
        case TokenAlgorithm::es256:
            text += R"(,"kty":"EC","crv":"P-256","x":")" +
                    number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32) + R"(","y":")" +
                    number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32);
            break;
        case TokenAlgorithm::rs256:
            text += R"(,"kty":"RSA","n":")" + number(key_.get(), OSSL_PKEY_PARAM_RSA_N) +
                    R"(","e":")" + number(key_.get(), OSSL_PKEY_PARAM_RSA_E);
            break;
    }
    return text + "\"}";
}

std::string Signer::header() const {
    return R"({"alg":")" + std::string(name(algorithm_)) + R"(","kid":")" + kid_ +
           R"(","typ":"at+jwt"})";
}

std::string Signer::token(std::string_view header, std::string_view claims) const {
    const std::string text = to_base64url(header) + '.' + to_base64url(claims);
    return text + '.' + to_base64url(signature(text));
}

std::string Signer::signature(std::string_view text) const {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const EVP_MD* const digest = algorithm_ == TokenAlgorithm::ed_dsa ? nullptr : EVP_sha256();
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::array<unsigned char, 1024> made{};
    std::size_t size = made.size();
    EXPECT_EQ(EVP_DigestSignInit(context, nullptr, digest, nullptr, key_.get()), 1);
    EXPECT_EQ(EVP_DigestSign(context, made.data(), &size, bytes, text.size()), 1);
    EVP_MD_CTX_free(context);
    const std::string signature(reinterpret_cast<const char*>(made.data()), size);
    return algorithm_ == TokenAlgorithm::es256 ? plain(signature) : signature;
}

std::string Signer::public_der() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &bytes);
    const std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

}  // namespace api
