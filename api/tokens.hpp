// Tokens: signed JSON Web Tokens (RFC 7515, RFC 7519) of one issuer, in the form of access tokens
// (RFC 9068).
//
//     {"alg":"EdDSA","kid":"2026-11","typ":"at+jwt"}
//     {"iss":"https://id.example.org","aud":"daybook","exp":1795000000,"client_id":"shop",
//      "tenant":"acme","scope":"bills:read users:read"}
//
// Only a key of ours decides, found by exactly the token's kid, with the key's own algorithm. What
// a token says of keys (jku, x5u, jwk, x5c) is not looked at. No claim is looked at before the
// signature is right, and nothing that stands twice is taken.
// Threads: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "api/auth.hpp"
#include "api/denial.hpp"
#include "api/token_keys.hpp"
#include "domain/result.hpp"
#include "domain/time.hpp"

namespace api {

struct TokenRules {
    std::string issuer;    // iss is exactly this,
    std::string audience;  // and aud is or has this.
    // How far the issuer's clock may be from ours.
    std::chrono::seconds leeway{30};
};

class Tokens {
public:
    static constexpr std::size_t length_max = 8192;

    Tokens(TokenRules rules, TokenKeys keys);

    // Who bears it, until Principal::ends_at. Whether there is such a tenant is not looked at.
    domain::Result<Principal, Denial> verify(std::string_view token, domain::Timestamp now) const;

    // Other keys from now on; what others vouched for is not good any more.
    void replace(TokenKeys keys);
    // Whether this key, by its print (Principal::token_key), still vouches.
    bool has_key(std::string_view print) const { return keys()->has(print); }
    // Changes with every replacement.
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

private:
    std::shared_ptr<const TokenKeys> keys() const;

    const TokenRules rules_;
    mutable std::mutex mutex_;
    std::shared_ptr<const TokenKeys> keys_;
    std::atomic<std::uint64_t> generation_ = 1;
};

}  // namespace api
