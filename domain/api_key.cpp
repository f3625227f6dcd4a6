#include "domain/api_key.hpp"

#include <cassert>
#include <chrono>

namespace domain {
namespace {

using Events = std::vector<ApiKeyEvent>;

Failure<ApiKeyRejection> because(ApiKeyRejection reason) { return Failure{reason}; }

Decision<ApiKeyDecider> handle(const ApiKey&, const IssueApiKey& command) {
    using enum ApiKeyRejection;
    if (command.scopes.empty()) return because(scopes_missing);
    if (command.expires_at && *command.expires_at <= command.now) {
        return because(expires_in_the_past);
    }
    return Events{ApiKeyIssued{{command.tenant, command.name, command.scopes, command.expires_at},
                               command.secret}};
}

Decision<ApiKeyDecider> handle(const ApiKey&, const RotateApiKey& command) {
    return Events{
        ApiKeyRotated{command.secret, command.now + std::chrono::seconds{command.overlap_seconds}}};
}

Decision<ApiKeyDecider> handle(const ApiKey&, const RevokeApiKey&) {
    return Events{ApiKeyRevoked{}};
}

ApiKey replay(ApiKey key, const ApiKeyIssued& event) {
    assert(key.status == ApiKeyStatus::absent);
    static_cast<ApiKeyTerms&>(key) = event;
    key.secret_hashes = {{event.secret, std::nullopt}};
    key.status = ApiKeyStatus::active;
    return key;
}

ApiKey replay(ApiKey key, const ApiKeyRotated& event) {
    assert(key.status == ApiKeyStatus::active && !key.secret_hashes.empty());
    key.secret_hashes = {{event.secret, std::nullopt},
                         {key.secret_hashes.front().sha256, event.previous_expires_at}};
    return key;
}

ApiKey replay(ApiKey key, const ApiKeyRevoked&) {
    assert(key.status == ApiKeyStatus::active);
    key.status = ApiKeyStatus::revoked;
    return key;
}

}  // namespace

RefusalInfo info(ApiKeyRejection refusal) {
    using enum ApiKeyRejection;
    using enum RefusalKind;
    switch (refusal) {
        case scopes_missing: return {invalid, "/scopes", "a key needs one scope at least"};
        case expires_in_the_past: return {invalid, "/expiresAt", "must be later than now"};
    }
    return {};
}

Decision<ApiKeyDecider> ApiKeyDecider::decide(const ApiKey& key, const ApiKeyCommand& command) {
    assert(is_legal<ApiKeyDecider>(key.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(key, one); }, command);
}

ApiKey ApiKeyDecider::evolve(ApiKey key, const ApiKeyEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(key), one); }, event);
}

}  // namespace domain
