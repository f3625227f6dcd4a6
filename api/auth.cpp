#include "api/auth.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "api/tokens.hpp"
#include "domain/api_key_text.hpp"

namespace api {
namespace {

constexpr std::array<std::string_view, scope_count> scope_names = {
    "vendors:read",      "vendors:write",      "products:read",     "products:write",
    "users:read",        "users:write",        "users:password",    "users:erase",
    "contracts:read",    "contracts:write",    "bills:read",        "bills:write",
    "transactions:read", "transactions:write", "entitlements:read", "entitlements:write",
    "fulfillments:read", "fulfillments:write", "customers:read",    "audit:read",
    "events:read",       "webhooks:read",      "webhooks:write",    "clock:read",
    "clock:write",       "keys:admin"};

constexpr std::size_t known_max = 1024;

struct FreeDigest {
    void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// OpenSSL looks an algorithm up by name each time unless it is fetched once.
const EVP_MD* sha256() {
    static const std::unique_ptr<EVP_MD, FreeDigest> digest(
        EVP_MD_fetch(nullptr, "SHA256", nullptr));
    if (!digest) throw std::runtime_error("OpenSSL offers no SHA-256.");
    return digest.get();
}

bool is_over(const std::optional<domain::Timestamp>& end, domain::Timestamp now) {
    return end && *end <= now;
}

std::optional<domain::Timestamp> earlier(const std::optional<domain::Timestamp>& a,
                                         const std::optional<domain::Timestamp>& b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

bool is_same(const SecretHash& a, const std::optional<StoredSecret>& b) {
    const SecretHash nothing{};
    const SecretHash& other = b ? b->hash : nothing;
    const bool equal = CRYPTO_memcmp(a.data(), other.data(), a.size()) == 0;
    return equal && b.has_value();
}

// The stored secret that was shown; all are compared, whichever it is.
const StoredSecret* find_secret(const SecretHash& hash, const KeyRecord& record) {
    const StoredSecret* found = nullptr;
    for (const auto& stored : record.secrets) {
        if (is_same(hash, stored)) found = &*stored;
    }
    return found;
}

// The token of "Bearer <token>"; the scheme's name has no case. Empty if there
// is none.
std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer";
    if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ') return {};
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        if ((authorization[i] | 0x20) != scheme[i]) return {};
    }
    authorization.remove_prefix(scheme.size());
    const std::size_t start = authorization.find_first_not_of(' ');
    return start == std::string_view::npos ? std::string_view() : authorization.substr(start);
}

}  // namespace

std::string_view name(Scope scope) { return scope_names[static_cast<std::size_t>(scope)]; }

std::optional<Scope> parse_scope(std::string_view name) {
    const auto found = std::ranges::find(scope_names, name);
    if (found == scope_names.end()) return {};
    return static_cast<Scope>(found - scope_names.begin());
}

std::string_view name(CredentialsRefusal refusal) {
    switch (refusal) {
        case CredentialsRefusal::credentials_missing: return "credentials_missing";
        case CredentialsRefusal::credentials_invalid: return "credentials_invalid";
        case CredentialsRefusal::credentials_expired: return "credentials_expired";
        case CredentialsRefusal::credentials_revoked: return "credentials_revoked";
    }
    return {};
}

CredentialsRefusal refusal_of(Denial denial) {
    using enum CredentialsRefusal;
    switch (denial) {
        case Denial::no_credentials: return credentials_missing;
        case Denial::expired_key:
        case Denial::expired_token: return credentials_expired;
        case Denial::revoked_key: return credentials_revoked;
        case Denial::malformed_credentials:
        case Denial::unknown_key:
        case Denial::wrong_secret:
        case Denial::malformed_token:
        case Denial::unknown_token_key:
        case Denial::wrong_signature:
        case Denial::wrong_issuer:
        case Denial::wrong_audience:
        case Denial::early_token:
        case Denial::unfit_claims:
        case Denial::unknown_tenant: return credentials_invalid;
        case Denial::insufficient_scope:
        case Denial::address_limit:
        case Denial::key_limit:
        case Denial::tenant_limit:
        case Denial::throttled: break;
    }
    assert(false);
    return credentials_invalid;
}

SecretHash hash_secret(std::string_view secret) {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    SecretHash hash{};
    const bool done = context && EVP_DigestInit_ex2(context.get(), sha256(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), secret.data(), secret.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
    if (!done) throw std::runtime_error("OpenSSL could not compute a SHA-256.");
    return hash;
}

std::size_t Authenticator::DigestHash::operator()(const SecretHash& digest) const {
    std::size_t first = 0;
    std::memcpy(&first, digest.data(), sizeof first);
    return first;
}

Authenticator::Authenticator(const KeyDirectory& keys, Now now, const Tokens* tokens)
    : keys_(keys), now_(std::move(now)), tokens_(tokens) {}

Authenticator::Generation Authenticator::generation() const {
    return {keys_.generation(), tokens_ != nullptr ? tokens_->generation() : 0};
}

// The generation is read before what it is of: a change in between is then seen
// the next time.
void Authenticator::forget_what_changed() {
    const Generation now = generation();
    if (now != generation_ || known_.size() >= known_max) known_.clear();
    if (now != generation_ || verified_.size() >= known_max) verified_.clear();
    generation_ = now;
}

const Authenticator::Known* Authenticator::find(std::string_view key_id) {
    if (const auto found = known_.find(key_id); found != known_.end()) return &found->second;
    auto record = keys_.find(key_id);
    if (!record) return nullptr;
    auto principal = std::make_shared<const Principal>(record->principal);
    const auto added =
        known_.try_emplace(std::string(key_id), Known{*std::move(record), std::move(principal)});
    return &added.first->second;
}

bool Authenticator::is_last(std::string_view authorization) const {
    const std::string& last = last_.authorization;
    return last_.principal != nullptr && last_.generation == generation() &&
           last.size() == authorization.size() &&
           CRYPTO_memcmp(last.data(), authorization.data(), last.size()) == 0 &&
           !is_over(last_.until, now_());
}

Authenticated Authenticator::authenticate(std::string_view authorization) {
    using Refused = domain::Failure<Denied>;
    if (authorization.empty()) return Refused(Denied{Denial::no_credentials});
    if (is_last(authorization)) return last_.principal;
    forget_what_changed();
    const std::string_view text = bearer_token(authorization);
    const bool is_key = text.starts_with(domain::ApiKeyText::prefix);
    if (is_key || tokens_ == nullptr) return with_key(authorization, text);
    return with_token(authorization, text);
}

Authenticated Authenticator::with_key(std::string_view authorization, std::string_view text) {
    const auto refused = [](Denial because, std::string_view key = {}) {
        return domain::Failure<Denied>(Denied{because, std::string(key)});
    };
    const auto parts = domain::parse_api_key_text(text);
    if (!parts) return refused(Denial::malformed_credentials);

    static const KeyRecord nobody{};
    const Known* known = find(parts->id);
    const KeyRecord& record = known != nullptr ? known->record : nobody;
    const StoredSecret* secret = find_secret(hash_secret(parts->secret), record);
    if (known == nullptr) return refused(Denial::unknown_key);
    if (secret == nullptr) return refused(Denial::wrong_secret, parts->id);
    if (record.revoked) return refused(Denial::revoked_key, parts->id);
    const auto until = earlier(record.expires_at, secret->expires_at);
    if (is_over(until, now_())) return refused(Denial::expired_key, parts->id);
    last_ = {std::string(authorization), generation_, until, known->principal};
    return known->principal;
}

Authenticated Authenticator::with_token(std::string_view authorization, std::string_view text) {
    using Refused = domain::Failure<Denied>;
    if (!text.contains('.')) return Refused(Denied{Denial::malformed_credentials});
    const SecretHash digest = hash_secret(text);
    const auto found = verified_.find(digest);
    std::shared_ptr<const Principal> principal;
    if (found != verified_.end()) {
        principal = found->second;
        if (is_over(principal->ends_at, now_())) {
            verified_.erase(found);
            return Refused(Denied{Denial::expired_token});
        }
    } else {
        auto verified = tokens_->verify(text, now_());
        if (!verified) return Refused(Denied{verified.error()});
        if (!keys_.has_tenant(verified->tenant)) return Refused(Denied{Denial::unknown_tenant});
        principal = std::make_shared<const Principal>(*std::move(verified));
        verified_.emplace(digest, principal);
    }
    last_ = {std::string(authorization), generation_, principal->ends_at, principal};
    return principal;
}

}  // namespace api
