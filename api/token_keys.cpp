#include "api/token_keys.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "api/base64url.hpp"
#include "api/json_members.hpp"

namespace api {
namespace {

using Object = simdjson::dom::object;
using Key = std::shared_ptr<EVP_PKEY>;

constexpr std::size_t keys_max = 100;
constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;  // More would make each token cost too much.
constexpr std::size_t coordinate_size = 32;
constexpr std::size_t ed25519_size = 32;

struct Free {
    void operator()(BIGNUM* one) const { BN_free(one); }
    void operator()(ECDSA_SIG* one) const { ECDSA_SIG_free(one); }
    void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
    void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
    void operator()(EVP_PKEY_CTX* one) const { EVP_PKEY_CTX_free(one); }
    void operator()(OSSL_PARAM* one) const { OSSL_PARAM_free(one); }
    void operator()(OSSL_PARAM_BLD* one) const { OSSL_PARAM_BLD_free(one); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<BIGNUM> number_of(std::string_view bytes) {
    return Owned<BIGNUM>(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

// The bytes of a member in base64url.
std::optional<std::string> bytes_in(const Object& object, std::string_view name) {
    const auto text = text_in(object, name);
    return text ? from_base64url(*text) : std::nullopt;
}

// Null when the numbers are no such key.
Key key_of(const char* type, OSSL_PARAM_BLD* builder) {
    const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
    const Owned<EVP_PKEY_CTX> making(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    const bool done =
        parameters && making && EVP_PKEY_fromdata_init(making.get()) == 1 &&
        EVP_PKEY_fromdata(making.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
    Key key(made, Free());
    const Owned<EVP_PKEY_CTX> checking(done ? EVP_PKEY_CTX_new_from_pkey(nullptr, made, nullptr)
                                            : nullptr);
    if (!checking || EVP_PKEY_public_check(checking.get()) != 1) key.reset();
    ERR_clear_error();
    return key;
}

Key rsa_key(const Object& object) {
    const auto modulus = bytes_in(object, "n");
    const auto exponent = bytes_in(object, "e");
    if (!modulus || !exponent) return nullptr;
    const auto n = number_of(*modulus);
    const auto e = number_of(*exponent);
    const int bits = BN_num_bits(n.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max || BN_num_bits(e.get()) > 64) return nullptr;
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    const bool done = OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
                      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1;
    return done ? key_of("RSA", builder.get()) : nullptr;
}

Key p256_key(const Object& object) {
    const auto x = bytes_in(object, "x");
    const auto y = bytes_in(object, "y");
    if (!x || !y || x->size() != coordinate_size || y->size() != coordinate_size) return nullptr;
    const std::string point = "\x04" + *x + *y;
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    const bool done = OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                      "prime256v1", 0) == 1 &&
                      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                       point.data(), point.size()) == 1;
    return done ? key_of("EC", builder.get()) : nullptr;
}

Key ed25519_key(const Object& object) {
    const auto x = bytes_in(object, "x");
    if (!x || x->size() != ed25519_size) return nullptr;
    Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size()),
            Free());
    ERR_clear_error();
    return key;
}

// What the kind of a key is used with here; nothing if it is not.
std::optional<TokenAlgorithm> algorithm_of(const Object& object) {
    const auto type = text_in(object, "kty");
    const auto curve = text_in(object, "crv");
    if (type == "RSA") return TokenAlgorithm::rs256;
    if (type == "EC" && curve == "P-256") return TokenAlgorithm::es256;
    if (type == "OKP" && curve == "Ed25519") return TokenAlgorithm::ed_dsa;
    return std::nullopt;
}

Key key_in(const Object& object, TokenAlgorithm algorithm) {
    switch (algorithm) {
        case TokenAlgorithm::ed_dsa: return ed25519_key(object);
        case TokenAlgorithm::es256: return p256_key(object);
        case TokenAlgorithm::rs256: return rsa_key(object);
    }
    return nullptr;
}

bool is_secret(const Object& object) {
    constexpr std::array<std::string_view, 7> members{"d", "p", "q", "dp", "dq", "qi", "k"};
    for (const std::string_view member : members) {
        if (has(object, member)) return true;
    }
    return false;
}

// Whether it is meant to verify signatures of that algorithm.
bool is_meant_for(const Object& object, TokenAlgorithm algorithm) {
    if (has(object, "use") && text_in(object, "use") != "sig") return false;
    if (has(object, "alg") && text_in(object, "alg") != name(algorithm)) return false;
    return !has(object, "key_ops") || list_contains(object, "key_ops", "verify");
}

// ES256 has both numbers one behind the other; OpenSSL takes them in DER.
std::optional<std::string> der_of(std::string_view signature) {
    if (signature.size() != 2 * coordinate_size) return std::nullopt;
    auto r = number_of(signature.substr(0, coordinate_size));
    auto s = number_of(signature.substr(coordinate_size));
    if (BN_is_zero(r.get()) || BN_is_zero(s.get())) return std::nullopt;
    const Owned<ECDSA_SIG> both(ECDSA_SIG_new());
    ECDSA_SIG_set0(both.get(), r.release(), s.release());
    std::array<unsigned char, 2 * coordinate_size + 16> der{};
    unsigned char* end = der.data();
    const int size = i2d_ECDSA_SIG(both.get(), &end);
    if (size <= 0) return std::nullopt;
    return std::string(der.begin(), der.begin() + size);
}

}  // namespace

std::string_view name(TokenAlgorithm algorithm) {
    switch (algorithm) {
        case TokenAlgorithm::ed_dsa: return "EdDSA";
        case TokenAlgorithm::es256: return "ES256";
        case TokenAlgorithm::rs256: return "RS256";
    }
    return {};
}

std::optional<TokenAlgorithm> parse_token_algorithm(std::string_view text) {
    for (const auto one : {TokenAlgorithm::ed_dsa, TokenAlgorithm::es256, TokenAlgorithm::rs256}) {
        if (name(one) == text) return one;
    }
    return std::nullopt;
}

TokenKey::TokenKey(TokenAlgorithm algorithm, std::shared_ptr<EVP_PKEY> key)
    : algorithm_(algorithm), key_(std::move(key)) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned digest_size = 0;
    if (size > 0) {
        EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), &digest_size, EVP_sha256(),
                   nullptr);
    }
    OPENSSL_free(der);
    print_.assign(digest.begin(), digest.begin() + digest_size);
}

bool TokenKey::verifies(std::string_view text, std::string_view signature) const {
    std::optional<std::string> der;
    if (algorithm_ == TokenAlgorithm::es256) {
        der = der_of(signature);
        if (!der) return false;
        signature = *der;
    }
    const EVP_MD* const digest = algorithm_ == TokenAlgorithm::ed_dsa ? nullptr : EVP_sha256();
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    // RSA is PKCS #1 v1.5 unless another padding is set, and of the modulus's size.
    const bool is_right =
        context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                         text.size()) == 1;
    ERR_clear_error();
    return is_right;
}

domain::Result<TokenKeys, std::string> TokenKeys::parse(std::string_view json) {
    using Refused = domain::Failure<std::string>;
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    simdjson::dom::array all;
    if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS ||
        root["keys"].get(all) != simdjson::SUCCESS) {
        return Refused("it is no JWK Set: an object with an array `keys`");
    }
    if (all.size() > keys_max) return Refused("it has more than 100 keys");
    TokenKeys keys;
    std::size_t number = 0;
    for (const simdjson::dom::element one : all) {
        const std::string which = "key " + std::to_string(++number);
        Object object;
        if (one.get(object) != simdjson::SUCCESS || has_duplicates(object)) {
            return Refused(which + " is no object, or has a member twice");
        }
        if (is_secret(object)) return Refused(which + " is a private or secret key");
        const auto kid = text_in(object, "kid");
        const auto algorithm = algorithm_of(object);
        if (!kid || kid->empty() || !algorithm || !is_meant_for(object, *algorithm)) continue;
        Key key = key_in(object, *algorithm);
        if (!key) {
            return Refused(which + " is not well-formed, or too weak: RSA must have 2048 bits");
        }
        const auto added = keys.keys_.try_emplace(std::string(*kid), *algorithm, std::move(key));
        if (!added.second) return Refused(which + " has the kid of another one");
    }
    if (keys.keys_.empty()) {
        return Refused("it has no key with a kid for EdDSA, ES256 or RS256");
    }
    return keys;
}

bool TokenKeys::has(std::string_view print) const {
    return std::ranges::any_of(keys_, [&](const auto& key) { return key.second.print() == print; });
}

const TokenKey* TokenKeys::find(std::string_view kid) const {
    const auto found = keys_.find(kid);
    return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace api
