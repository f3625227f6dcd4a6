#include "api/denial.hpp"

namespace api {

std::string_view name(Denial denial) {
    switch (denial) {
        case Denial::no_credentials: return "no_credentials";
        case Denial::malformed_credentials: return "malformed_credentials";
        case Denial::unknown_key: return "unknown_key";
        case Denial::wrong_secret: return "wrong_secret";
        case Denial::expired_key: return "expired_key";
        case Denial::revoked_key: return "revoked_key";
        case Denial::malformed_token: return "malformed_token";
        case Denial::unknown_token_key: return "unknown_token_key";
        case Denial::wrong_signature: return "wrong_signature";
        case Denial::wrong_issuer: return "wrong_issuer";
        case Denial::wrong_audience: return "wrong_audience";
        case Denial::expired_token: return "expired_token";
        case Denial::early_token: return "early_token";
        case Denial::unfit_claims: return "unfit_claims";
        case Denial::unknown_tenant: return "unknown_tenant";
        case Denial::insufficient_scope: return "insufficient_scope";
        case Denial::address_limit: return "address_limit";
        case Denial::key_limit: return "key_limit";
        case Denial::tenant_limit: return "tenant_limit";
        case Denial::throttled: return "throttled";
    }
    return {};
}

}  // namespace api
