// An API key: who may call for a tenant, and for what. Only hashes of its secret are ever here.
//
// ACTIVE → REVOKED, for ever. Rotation gives a second secret; the first stays valid until its
// overlap is over, so that callers can be moved without a gap. The id is the stream's.
//
// Events are stored for ever: add a field, never rename, retype or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/decider.hpp"
#include "domain/ids.hpp"
#include "domain/text_types.hpp"
#include "domain/time.hpp"

namespace domain {

struct ApiKeyTerms {
    TenantId tenant;
    std::string name;
    std::vector<ScopeName> scopes;
    std::optional<Timestamp> expires_at;
    bool operator==(const ApiKeyTerms&) const = default;
};
constexpr auto describe(const ApiKeyTerms*) {
    using T = ApiKeyTerms;
    return fields(field<&T::tenant>("tenant", "The tenant for which it is valid."),
                  field<&T::name>("name", "Who or what uses it.").length(1, 200),
                  field<&T::scopes>("scopes", "What it may do."),
                  field<&T::expires_at>("expiresAt", "Until when, exclusive."));
}

struct SecretHash {
    Sha256Hex sha256;
    std::optional<Timestamp> expires_at;
    bool operator==(const SecretHash&) const = default;
};
constexpr auto describe(const SecretHash*) {
    return fields(field<&SecretHash::sha256>("sha256", "Hash of the secret."),
                  field<&SecretHash::expires_at>("expiresAt", "Until when, exclusive."));
}

// Commands ----------------------------------------------------------------------------------------

struct IssueApiKey {
    std::string name = {};
    std::vector<ScopeName> scopes = {};
    std::optional<Timestamp> expires_at = {};
    TenantId tenant = {};
    Sha256Hex secret = {};  // Its hash.
    Timestamp now = {};
    bool operator==(const IssueApiKey&) const = default;
};
constexpr auto describe(const IssueApiKey*) {
    using I = IssueApiKey;
    return fields(field<&I::name>("name", "Who or what uses it.").required().length(1, 200),
                  field<&I::scopes>("scopes", "What it may do.").required(),
                  field<&I::expires_at>("expiresAt", "Until when, exclusive."));
}

struct RotateApiKey {
    std::int64_t overlap_seconds = std::int64_t{7} * 24 * 3600;
    std::optional<std::string> reason = {};
    Sha256Hex secret = {};  // The new one's hash.
    Timestamp now = {};
    bool operator==(const RotateApiKey&) const = default;
};
constexpr auto describe(const RotateApiKey*) {
    using R = RotateApiKey;
    return fields(field<&R::overlap_seconds>("overlapSeconds", "How long the old one stays valid.")
                      .range(0, std::int64_t{90} * 24 * 3600),
                  field<&R::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct RevokeApiKey {
    std::optional<std::string> reason = {};
    bool operator==(const RevokeApiKey&) const = default;
};
constexpr auto describe(const RevokeApiKey*) {
    return fields(
        field<&RevokeApiKey::reason>("reason", "Why; kept in the history.").length(0, 500));
}

using ApiKeyCommand = std::variant<IssueApiKey, RotateApiKey, RevokeApiKey>;

// Events ------------------------------------------------------------------------------------------

struct ApiKeyIssued : ApiKeyTerms {
    Sha256Hex secret;
    bool operator==(const ApiKeyIssued&) const = default;
};
constexpr auto describe(const ApiKeyIssued*) {
    return std::tuple_cat(describe(static_cast<const ApiKeyTerms*>(nullptr)),
                          fields(field<&ApiKeyIssued::secret>("secret", "Hash of the secret.")));
}
struct ApiKeyRotated {
    Sha256Hex secret;
    Timestamp previous_expires_at;
    bool operator==(const ApiKeyRotated&) const = default;
};
constexpr auto describe(const ApiKeyRotated*) {
    return fields(field<&ApiKeyRotated::secret>("secret", "Hash of the new secret."),
                  field<&ApiKeyRotated::previous_expires_at>("previousExpiresAt",
                                                             "End of the old one, exclusive."));
}
struct ApiKeyRevoked {
    bool operator==(const ApiKeyRevoked&) const = default;
};
constexpr auto describe(const ApiKeyRevoked*) { return fields(); }

using ApiKeyEvent = std::variant<ApiKeyIssued, ApiKeyRotated, ApiKeyRevoked>;

// Refusals ----------------------------------------------------------------------------------------

enum class ApiKeyRejection : std::uint8_t { scopes_missing, expires_in_the_past };
constexpr auto describe(const ApiKeyRejection*) {
    return wire_names("scopes_missing", "expires_in_the_past");
}
RefusalInfo info(ApiKeyRejection refusal);

// State -------------------------------------------------------------------------------------------

enum class ApiKeyStatus : std::uint8_t { absent, active, revoked };
constexpr auto describe(const ApiKeyStatus*) { return wire_names("", "ACTIVE", "REVOKED"); }

struct ApiKey : ApiKeyTerms {
    std::vector<SecretHash> secret_hashes;  // The newest first; two at most.
    ApiKeyStatus status = ApiKeyStatus::absent;
    bool operator==(const ApiKey&) const = default;
};
constexpr auto describe(const ApiKey*) {
    return std::tuple_cat(
        describe(static_cast<const ApiKeyTerms*>(nullptr)),
        fields(field<&ApiKey::secret_hashes>("secretHashes", "Hashes of its secrets.").internal(),
               field<&ApiKey::status>("status", "Whether it may be used.")));
}

// A key claims nothing besides its id.
inline std::vector<std::string> claims(const ApiKey&, std::string_view) { return {}; }

struct ApiKeyDecider {
    using State = ApiKey;
    using Command = ApiKeyCommand;
    using Event = ApiKeyEvent;
    using Rejection = ApiKeyRejection;
    using Status = ApiKeyStatus;

    static constexpr Kind kind = Kind::keys;
    static constexpr std::array<Transition<Status>, 3> transitions{{
        {"IssueApiKey", {Status::absent}, {Status::active}},
        {"RotateApiKey", {Status::active}, {Status::active}},
        {"RevokeApiKey", {Status::active}, {Status::revoked}},
    }};

    static Decision<ApiKeyDecider> decide(const ApiKey& key, const ApiKeyCommand& command);
    static ApiKey evolve(ApiKey key, const ApiKeyEvent& event);
};

}  // namespace domain
