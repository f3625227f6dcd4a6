#include "api/auth_keys.hpp"

#include <charconv>
#include <string>

namespace api {
namespace {

std::optional<SecretHash> parse_hash(std::string_view hex) {
    SecretHash hash{};
    if (hex.size() != 2 * hash.size()) return {};
    for (std::size_t i = 0; i < hash.size(); ++i) {
        const char* const digits = hex.data() + 2 * i;
        const auto [end, error] = std::from_chars(digits, digits + 2, hash[i], 16);
        if (error != std::errc() || end != digits + 2) return {};
    }
    return hash;
}

}  // namespace

std::optional<KeyRecord> to_record(std::string_view key_id, const domain::ApiKey& key) {
    if (key.status == domain::ApiKeyStatus::absent) return {};
    KeyRecord record;
    record.principal.tenant = key.tenant;
    record.principal.key = {std::string(key_id)};
    for (const domain::ScopeName& scope : key.scopes) {
        if (const auto known = parse_scope(scope.view())) record.principal.scopes.insert(*known);
    }
    std::size_t count = 0;
    for (const domain::SecretHash& secret : key.secret_hashes) {
        const auto hash = parse_hash(secret.sha256.view());
        if (!hash || count == record.secrets.size()) continue;
        record.secrets[count++] = StoredSecret{*hash, secret.expires_at};
    }
    record.expires_at = key.expires_at;
    record.revoked = key.status == domain::ApiKeyStatus::revoked;
    return record;
}

}  // namespace api
