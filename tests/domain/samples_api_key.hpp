// Samples of API keys.
#pragma once

#include "domain/api_key.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

inline Sha256Hex sample_hash(char digit) { return {std::string(64, digit)}; }

inline IssueApiKey sample_api_key() {
    return {.name = "import",
            .scopes = {ScopeName{"bills:read"}},
            .tenant = TenantId{"acme"},
            .secret = sample_hash('a'),
            .now = sample_start};
}

template <>
struct Samples<ApiKeyDecider> {
    static std::vector<ApiKeyEvent> past(ApiKeyStatus status) {
        const ApiKeyEvent issued = ApiKeyDecider::decide({}, sample_api_key()).value().front();
        switch (status) {
            case ApiKeyStatus::absent: return {};
            case ApiKeyStatus::active: return {issued};
            case ApiKeyStatus::revoked: return {issued, ApiKeyRevoked{}};
        }
        return {};
    }
    static std::vector<ApiKeyCommand> commands(ApiKeyStatus) {
        return {sample_api_key(), RotateApiKey{.secret = sample_hash('b'), .now = sample_start},
                RevokeApiKey{}};
    }
};

}  // namespace domain
