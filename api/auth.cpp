#include "api/auth.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

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

// The token of "Bearer <token>"; the scheme's name has no case. Empty if there is none.
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

SecretHash hash_secret(std::string_view secret) {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    SecretHash hash{};
    const bool done = context && EVP_DigestInit_ex2(context.get(), sha256(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), secret.data(), secret.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
    if (!done) throw std::runtime_error("OpenSSL could not compute a SHA-256.");
    return hash;
}

Authenticator::Authenticator(const KeyDirectory& keys, Now now)
    : keys_(keys), now_(std::move(now)) {}

const Authenticator::Known* Authenticator::find(std::string_view key_id) {
    // The generation is read before the key: a change in between is then seen the next time.
    const std::uint64_t generation = keys_.generation();
    if (generation != generation_ || known_.size() >= known_max) known_.clear();
    generation_ = generation;

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
    return last_.principal != nullptr && last_.generation == keys_.generation() &&
           last.size() == authorization.size() &&
           CRYPTO_memcmp(last.data(), authorization.data(), last.size()) == 0 &&
           !is_over(last_.until, now_());
}

Authenticated Authenticator::authenticate(std::string_view authorization) {
    using enum CredentialsRefusal;
    using Refused = domain::Failure<CredentialsRefusal>;
    if (authorization.empty()) return Refused(credentials_missing);
    if (is_last(authorization)) return last_.principal;
    const auto parts = domain::parse_api_key_text(bearer_token(authorization));
    if (!parts) return Refused(credentials_invalid);

    static const KeyRecord nobody{};
    const Known* known = find(parts->id);
    const KeyRecord& record = known != nullptr ? known->record : nobody;
    const StoredSecret* secret = find_secret(hash_secret(parts->secret), record);
    if (secret == nullptr || known == nullptr) return Refused(credentials_invalid);
    if (record.revoked) return Refused(credentials_revoked);
    const auto until = earlier(record.expires_at, secret->expires_at);
    if (is_over(until, now_())) return Refused(credentials_expired);
    last_ = {std::string(authorization), generation_, until, known->principal};
    return known->principal;
}

}  // namespace api
