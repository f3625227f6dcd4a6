// An identity provider for tests: keys, their JWKs, and tokens that they sign.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "api/token_keys.hpp"

namespace api {

class Signer {
public:
    Signer(TokenAlgorithm algorithm, std::string kid, unsigned rsa_bits = 2048);

    // The public key, as a JSON object; `more` are members, each with a comma before it.
    std::string jwk(std::string_view more = "") const;
    // {"keys":[…]} with this key alone.
    std::string jwks() const { return "{\"keys\":[" + jwk() + "]}"; }
    // {"alg":…,"kid":…,"typ":"at+jwt"}
    std::string header() const;
    // A token of these two JSON texts.
    std::string token(std::string_view header, std::string_view claims) const;
    std::string token(std::string_view claims) const { return token(header(), claims); }
    // What JWS has as the signature of a text.
    std::string signature(std::string_view text) const;
    // The DER of the public key, as who confuses algorithms uses it.
    std::string public_der() const;

private:
    TokenAlgorithm algorithm_;
    std::string kid_;
    std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace api
