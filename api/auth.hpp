// Who calls, and what may they do: credentials in, a Principal or a denial out.
//
// Credentials are API keys of ours, or tokens of an identity provider
// (tokens.hpp). A key is dbk_<id>_<secret> (domain/api_key_text.hpp). Of the
// secret only the SHA-256 is known; it is compared in constant time, and an
// unknown key costs the same work as a wrong secret. A refusal names the reason
// (expired, revoked) only to a caller who has shown the right secret, or a
// token that the identity provider signed.
//
// Threads: an Authenticator belongs to one thread. The KeyDirectory is called
// from all of them.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/denial.hpp"
#include "domain/ids.hpp"
#include "domain/result.hpp"
#include "domain/time.hpp"

namespace api {

class Tokens;

// What a key may do. name() is the wire name, "bills:read". Stored by name: add
// and reorder freely.
enum class Scope : std::uint8_t {
    vendors_read,
    vendors_write,
    products_read,
    products_write,
    users_read,
    users_write,
    users_password,
    users_erase,
    contracts_read,
    contracts_write,
    bills_read,
    bills_write,
    transactions_read,
    transactions_write,
    entitlements_read,
    entitlements_write,
    fulfillments_read,
    fulfillments_write,
    customers_read,
    audit_read,
    events_read,
    webhooks_read,
    webhooks_write,
    clock_read,
    clock_write,
    keys_admin,
};
constexpr std::size_t scope_count = static_cast<std::size_t>(Scope::keys_admin) + 1;

std::string_view name(Scope scope);
std::optional<Scope> parse_scope(std::string_view name);

class ScopeSet {
public:
    ScopeSet() = default;
    ScopeSet(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes) insert(scope);
    }
    static ScopeSet all() {
        ScopeSet scopes;
        scopes.bits_.set();
        return scopes;
    }
    void insert(Scope scope) { bits_.set(static_cast<std::size_t>(scope)); }
    bool contains(Scope scope) const { return bits_.test(static_cast<std::size_t>(scope)); }
    bool operator==(const ScopeSet&) const = default;

private:
    std::bitset<scope_count> bits_;
};

// Who calls, once that is proved.
struct Principal {
    domain::TenantId tenant;
    domain::ApiKeyId key;  // Empty for the bearer of a token.
    ScopeSet scopes;
    // Of a token:
    std::string client = {};                        // which OAuth client uses it,
    std::string token_key = {};                     // the print of the key that vouches for it,
    std::optional<domain::Timestamp> ends_at = {};  // and its end, exclusive.
    bool has_token() const { return ends_at.has_value(); }
};

using SecretHash = std::array<std::uint8_t, 32>;

// The SHA-256 of a key's secret, which is what is stored and compared.
SecretHash hash_secret(std::string_view secret);

struct StoredSecret {
    SecretHash hash;
    std::optional<domain::Timestamp> expires_at;  // Exclusive.
};

struct KeyRecord {
    Principal principal;
    std::array<std::optional<StoredSecret>, 2> secrets;  // Two are valid while a key is rotated.
    std::optional<domain::Timestamp> expires_at;
    bool revoked = false;
};

// Port: where keys are found. Threads: called from every I/O thread; must not
// block on a disk sync.
class KeyDirectory {
public:
    virtual ~KeyDirectory() = default;
    virtual std::optional<KeyRecord> find(std::string_view key_id) const = 0;
    virtual bool has_tenant(const domain::TenantId& tenant) const = 0;
    // False while keys that exist may still be missing: an unknown key proves
    // nothing then.
    virtual bool is_complete() const { return true; }
    // Changes whenever any key or tenant changes, before that is acknowledged:
    // caches compare it.
    virtual std::uint64_t generation() const = 0;
};

// What the caller is told of credentials that are refused; each is a 401. The
// name is the problem's code.
enum class CredentialsRefusal : std::uint8_t {
    credentials_missing,  // Send Authorization: Bearer <API key or token>.
    credentials_invalid,  // Malformed, unknown, of another secret, not signed by
                          // whom we trust, …
    credentials_expired,  // Was right; get another one.
    credentials_revoked,  // Was right; will never work again.
};
std::string_view name(CredentialsRefusal refusal);
// REQUIRES: the denial is one of credentials.
CredentialsRefusal refusal_of(Denial denial);

struct Denied {
    Denial because;
    std::string key = {};  // The id of a key that there is, if it was one's.
    bool operator==(Denial denial) const { return because == denial; }
};

using Authenticated = domain::Result<std::shared_ptr<const Principal>, Denied>;

class Authenticator {
public:
    using Now = std::function<domain::Timestamp()>;
    // REQUIRES: `keys` and `tokens` outlive this. Without `tokens` none is taken.
    Authenticator(const KeyDirectory& keys, Now now, const Tokens* tokens = nullptr);

    // `authorization` is the field's value, empty when there is none.
    Authenticated authenticate(std::string_view authorization);

    bool knows_all_keys() const { return keys_.is_complete(); }

private:
    struct Known {
        KeyRecord record;
        std::shared_ptr<const Principal> principal;
    };
    struct Generation {
        std::uint64_t keys = 0;
        std::uint64_t tokens = 0;
        bool operator==(const Generation&) const = default;
    };
    // What was accepted last: the same again, while no key has changed, is right
    // until it expires.
    struct Accepted {
        std::string authorization;
        Generation generation;
        std::optional<domain::Timestamp> until;  // Exclusive.
        std::shared_ptr<const Principal> principal;
    };
    Generation generation() const;
    void forget_what_changed();
    const Known* find(std::string_view key_id);
    bool is_last(std::string_view authorization) const;
    Authenticated with_key(std::string_view authorization, std::string_view text);
    Authenticated with_token(std::string_view authorization, std::string_view text);

    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    struct DigestHash {
        std::size_t operator()(const SecretHash& digest) const;
    };

    const KeyDirectory& keys_;
    Now now_;
    const Tokens* tokens_;
    Generation generation_;
    std::unordered_map<std::string, Known, TextHash, std::equal_to<>> known_;
    // Tokens that were good, by their SHA-256: a signature costs more than all
    // the rest of a request.
    std::unordered_map<SecretHash, std::shared_ptr<const Principal>, DigestHash> verified_;
    Accepted last_;
};

}  // namespace api
