// Why a call was denied, as the operator sees it in the log and the metrics.
//
// Callers are told less: the code of refusal_of (auth.hpp), which is the same for all that a caller
// who holds no valid credentials could learn from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace api {

enum class Denial : std::uint8_t {
    no_credentials,
    malformed_credentials,  // Neither a key nor a token.
    unknown_key,
    wrong_secret,
    expired_key,
    revoked_key,
    malformed_token,
    unknown_token_key,  // No key with its kid, or the key is for another algorithm.
    wrong_signature,
    wrong_issuer,
    wrong_audience,
    expired_token,
    early_token,
    unfit_claims,  // Signed, but it does not say what it must.
    unknown_tenant,
    insufficient_scope,
    address_limit,
    key_limit,
    tenant_limit,
    throttled  // Not good either, after too many of its kind from the same address.
};
constexpr std::size_t denial_count = static_cast<std::size_t>(Denial::throttled) + 1;

std::string_view name(Denial denial);

}  // namespace api
