#include "api/tokens.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "api/base64url.hpp"
#include "api/json_members.hpp"

namespace api {
namespace {

using Object = simdjson::dom::object;
using Refused = domain::Failure<Denial>;
using domain::Timestamp;

constexpr std::size_t client_length_max = 128;
constexpr std::int64_t last_second = 253'402'300'799;  // Of the year 9999.

struct Parts {
    std::string_view header;
    std::string_view claims;
    std::string_view signature;
    std::string_view is_signed;  // Header and claims, with the dot between them.
};

std::optional<Parts> split(std::string_view token) {
    if (token.size() > Tokens::length_max || std::ranges::count(token, '.') != 2) return {};
    const std::size_t first = token.find('.');
    const std::size_t second = token.rfind('.');
    return Parts{.header = token.substr(0, first),
                 .claims = token.substr(first + 1, second - first - 1),
                 .signature = token.substr(second + 1),
                 .is_signed = token.substr(0, second)};
}

// A part of a token, as long as this lives.
class Part {
public:
    explicit Part(std::string_view base64url) {
        const auto json = from_base64url(base64url);
        if (!json || json->empty()) return;
        Object object;
        if (parser_.parse(*json).get(object) != simdjson::SUCCESS) return;
        if (!has_duplicates(object)) object_ = object;
    }
    // Nothing unless it is an object without duplicates.
    const std::optional<Object>& object() const { return object_; }

private:
    simdjson::dom::parser parser_;
    std::optional<Object> object_;
};

// "at+jwt", "application/at+jwt" and "JWT" are access tokens; "logout+jwt" and others are not.
bool is_access_token(std::string_view type) {
    std::string lower(type);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    constexpr std::string_view prefix = "application/";
    std::string_view plain = lower;
    if (plain.starts_with(prefix)) plain.remove_prefix(prefix.size());
    return plain == "at+jwt" || plain == "jwt";
}

// Seconds since the epoch, which may be written with a fraction.
std::optional<std::int64_t> seconds_in(const Object& claims, std::string_view name) {
    simdjson::dom::element value;
    std::int64_t seconds = 0;
    double real = 0;
    if (claims.at_key(name).get(value) != simdjson::SUCCESS) return {};
    if (value.get(seconds) != simdjson::SUCCESS) {
        if (value.get(real) != simdjson::SUCCESS) return {};
        if (!(real >= 0 && real <= static_cast<double>(last_second))) return {};
        seconds = static_cast<std::int64_t>(real);
    }
    if (seconds < 0 || seconds > last_second) return {};
    return seconds;
}

bool is_for(const Object& claims, std::string_view audience) {
    return text_in(claims, "aud") == audience || list_contains(claims, "aud", audience);
}

// Who uses the token, by the name that RFC 9068 has for it, or OpenID Connect. Never the subject:
// that may be an e-mail address, and this goes into the journal for ever.
std::optional<std::string> client_in(const Object& claims) {
    const auto client = text_in(claims, has(claims, "client_id") ? "client_id" : "azp");
    const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
    if (!client || client->empty() || client->size() > client_length_max) return {};
    if (!std::ranges::all_of(*client, is_visible)) return {};
    return std::string(*client);
}

// What is unknown grants nothing.
ScopeSet scopes_in(std::string_view names) {
    ScopeSet scopes;
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(' '), names.size());
        if (const auto scope = parse_scope(names.substr(0, end))) scopes.insert(*scope);
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return scopes;
}

// REQUIRES: the claims are signed.
domain::Result<Principal, Denial> principal_of(const Object& claims, const TokenRules& rules,
                                               const TokenKey& key, Timestamp now) {
    if (text_in(claims, "iss") != rules.issuer) return Refused(Denial::wrong_issuer);
    if (!is_for(claims, rules.audience)) return Refused(Denial::wrong_audience);
    const auto expires = seconds_in(claims, "exp");
    if (!expires) return Refused(Denial::unfit_claims);
    const Timestamp ends_at(std::chrono::seconds(*expires) + rules.leeway);
    if (ends_at <= now) return Refused(Denial::expired_token);
    if (has(claims, "nbf")) {
        const auto begins = seconds_in(claims, "nbf");
        if (!begins) return Refused(Denial::unfit_claims);
        if (now + rules.leeway < Timestamp(std::chrono::seconds(*begins))) {
            return Refused(Denial::early_token);
        }
    }
    auto tenant = domain::TenantId::parse(text_in(claims, "tenant").value_or(""));
    auto client = client_in(claims);
    const bool is_fit = tenant && client && (!has(claims, "scope") || text_in(claims, "scope"));
    if (!is_fit) return Refused(Denial::unfit_claims);
    return Principal{.tenant = *std::move(tenant),
                     .key = {},
                     .scopes = scopes_in(text_in(claims, "scope").value_or("")),
                     .client = *std::move(client),
                     .token_key = key.print(),
                     .ends_at = ends_at};
}

}  // namespace

Tokens::Tokens(TokenRules rules, TokenKeys keys)
    : rules_(std::move(rules)), keys_(std::make_shared<const TokenKeys>(std::move(keys))) {}

std::shared_ptr<const TokenKeys> Tokens::keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

void Tokens::replace(TokenKeys keys) {
    auto shared = std::make_shared<const TokenKeys>(std::move(keys));
    {
        const std::lock_guard lock(mutex_);
        keys_.swap(shared);
    }
    generation_.fetch_add(1, std::memory_order_release);
}

domain::Result<Principal, Denial> Tokens::verify(std::string_view token, Timestamp now) const {
    const auto parts = split(token);
    if (!parts) return Refused(Denial::malformed_token);
    const auto signature = from_base64url(parts->signature);
    const Part header(parts->header);
    if (!signature || !header.object()) return Refused(Denial::malformed_token);

    const auto kid = text_in(*header.object(), "kid");
    const auto algorithm = parse_token_algorithm(text_in(*header.object(), "alg").value_or(""));
    const bool is_known = kid && algorithm && !has(*header.object(), "crit") &&
                          is_access_token(text_in(*header.object(), "typ").value_or(""));
    if (!is_known) return Refused(Denial::malformed_token);
    const auto keys = this->keys();
    const TokenKey* const key = keys->find(*kid);
    if (key == nullptr || key->algorithm() != *algorithm) {
        return Refused(Denial::unknown_token_key);
    }
    if (!key->verifies(parts->is_signed, *signature)) return Refused(Denial::wrong_signature);

    const Part claims(parts->claims);
    if (!claims.object()) return Refused(Denial::malformed_token);
    return principal_of(*claims.object(), rules_, *key, now);
}

}  // namespace api
