// The public keys that vouch for tokens: a JWK Set (RFC 7517).
//
// A key has one algorithm, which follows from what it is: Ed25519 is EdDSA (RFC 8037), P-256 is
// ES256, RSA of 2048 bits and more is RS256. Nothing that a token says can change that.
// Threads: a TokenKeys never changes after it is made, so all threads share it.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace api {

enum class TokenAlgorithm : std::uint8_t { ed_dsa, es256, rs256 };
// "EdDSA"; the other direction is empty for all that is not allowed, such as "none" and "HS256".
std::string_view name(TokenAlgorithm algorithm);
std::optional<TokenAlgorithm> parse_token_algorithm(std::string_view name);

class TokenKey {
public:
    TokenKey(TokenAlgorithm algorithm, std::shared_ptr<EVP_PKEY> key);

    TokenAlgorithm algorithm() const { return algorithm_; }
    // The SHA-256 of the key: another key has another one, whatever its kid.
    const std::string& print() const { return print_; }
    // Whether the holder of the private key signed exactly this text.
    bool verifies(std::string_view text, std::string_view signature) const;

private:
    TokenAlgorithm algorithm_;
    std::shared_ptr<EVP_PKEY> key_;
    std::string print_;
};

class TokenKeys {
public:
    // Keys without a kid, for other uses and of other kinds are left out. The error is a sentence:
    // no JWK Set, a private or secret key in it, one that is too weak or is none, two with one kid,
    // or none that can be used.
    static domain::Result<TokenKeys, std::string> parse(std::string_view json);

    // By exactly this kid; null if there is none.
    const TokenKey* find(std::string_view kid) const;
    bool has(std::string_view print) const;
    std::size_t size() const { return keys_.size(); }

private:
    std::map<std::string, TokenKey, std::less<>> keys_;
};

}  // namespace api
