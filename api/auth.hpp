// Who calls, and what may they do: credentials in, a Principal or a refusal out.
//
// A key is dbk_<id>_<secret> (domain/api_key_text.hpp). Of the secret only the SHA-256 is known; it
// is compared in constant time, and an unknown key costs the same work as a wrong secret. A refusal
// names the reason (expired, revoked) only to a caller who has shown the right secret.
//
// Threads: an Authenticator belongs to one thread. The KeyDirectory is called from all of them.
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

#include "domain/ids.hpp"
#include "domain/result.hpp"
#include "domain/time.hpp"

namespace api {

// What a key may do. name() is the wire name, "bills:read". Stored by name: add and reorder freely.
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
    domain::ApiKeyId key;
    ScopeSet scopes;
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

// Port: where keys are found. Threads: called from every I/O thread; must not block on a disk sync.
class KeyDirectory {
public:
    virtual ~KeyDirectory() = default;
    virtual std::optional<KeyRecord> find(std::string_view key_id) const = 0;
    // False while keys that exist may still be missing: an unknown key proves nothing then.
    virtual bool is_complete() const { return true; }
    // Changes whenever any key changes, before the change is acknowledged: caches compare it.
    virtual std::uint64_t generation() const = 0;
};

// Why credentials are refused; each is a 401. The name is the problem's code.
enum class CredentialsRefusal : std::uint8_t {
    credentials_missing,  // Send Authorization: Bearer <API key>.
    credentials_invalid,  // Not a key of ours: malformed, unknown, or another secret.
    credentials_expired,  // Was right; create or rotate a key.
    credentials_revoked,  // Was right; will never work again.
};
std::string_view name(CredentialsRefusal refusal);

using Authenticated = domain::Result<std::shared_ptr<const Principal>, CredentialsRefusal>;

class Authenticator {
public:
    using Now = std::function<domain::Timestamp()>;
    // REQUIRES: `keys` outlives this.
    Authenticator(const KeyDirectory& keys, Now now);

    // `authorization` is the field's value, empty when there is none.
    Authenticated authenticate(std::string_view authorization);

    bool knows_all_keys() const { return keys_.is_complete(); }

private:
    struct Known {
        KeyRecord record;
        std::shared_ptr<const Principal> principal;
    };
    // What was accepted last: the same again, while no key has changed, is right until it expires.
    struct Accepted {
        std::string authorization;
        std::uint64_t generation = 0;
        std::optional<domain::Timestamp> until;  // Exclusive.
        std::shared_ptr<const Principal> principal;
    };
    const Known* find(std::string_view key_id);
    bool is_last(std::string_view authorization) const;

    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    const KeyDirectory& keys_;
    Now now_;
    std::uint64_t generation_ = 0;
    std::unordered_map<std::string, Known, TextHash, std::equal_to<>> known_;
    Accepted last_;
};

}  // namespace api
