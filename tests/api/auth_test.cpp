#include "api/auth.hpp"

#include <gtest/gtest.h>

#include <map>

#include "api/tokens.hpp"
#include "domain/api_key_text.hpp"
#include "tests/api/signer.hpp"

namespace api {
namespace {

using enum CredentialsRefusal;
using enum Denial;
constexpr domain::Timestamp now{std::chrono::milliseconds(1'000'000)};

const std::string text = domain::make_api_key_text({1}, {2});
const std::string rotated = domain::make_api_key_text(text.substr(4, 12), {3});

StoredSecret hash_of(std::string_view key) {
    return {hash_secret(domain::parse_api_key_text(key)->secret), std::nullopt};
}

// A directory of one key, which counts how often it is asked.
struct Directory : KeyDirectory {
    KeyRecord record{.principal = {{"acme"}, {"k"}, {Scope::bills_read}},
                     .secrets = {hash_of(text), std::nullopt},
                     .expires_at = {}};
    std::uint64_t changes = 1;
    mutable int asked = 0;

    std::optional<KeyRecord> find(std::string_view key_id) const override {
        ++asked;
        if (key_id != domain::parse_api_key_text(text)->id) return {};
        return record;
    }
    bool has_tenant(const domain::TenantId& tenant) const override {
        return tenant == record.principal.tenant;
    }
    std::uint64_t generation() const override { return changes; }
};

struct Auth : testing::Test {
    Directory directory;
    domain::Timestamp clock = now;
    Authenticator authenticator{directory, [this] { return clock; }};

    Authenticated with(const std::string& key) {
        return authenticator.authenticate("Bearer " + key);
    }
};

TEST_F(Auth, KnowsAKeyAgainWithoutAsking) {
    for (int i = 0; i < 3; ++i) {
        const auto principal = with(text);
        ASSERT_TRUE(principal);
        EXPECT_EQ((*principal)->tenant.text, "acme");
        EXPECT_TRUE((*principal)->scopes.contains(Scope::bills_read));
        EXPECT_FALSE((*principal)->scopes.contains(Scope::bills_write));
    }
    EXPECT_EQ(directory.asked, 1);
}

TEST_F(Auth, RefusesWhatIsNotAKey) {
    EXPECT_EQ(authenticator.authenticate("").error(), no_credentials);
    EXPECT_EQ(refusal_of(no_credentials), credentials_missing);
    for (const std::string& bad : {std::string("Bearer"), std::string("Bearer "), "Basic " + text,
                                   text, "Bearer " + text + "x", "Bearer x" + text}) {
        EXPECT_EQ(authenticator.authenticate(bad).error(), malformed_credentials) << bad;
    }
    EXPECT_TRUE(authenticator.authenticate("bEARER  " + text));
}

TEST_F(Auth, RefusesAnotherSecretAndAnUnknownKeyAlike) {
    EXPECT_EQ(with(rotated).error(), wrong_secret);
    EXPECT_EQ(with(domain::make_api_key_text({9}, {2})).error(), unknown_key);
    EXPECT_EQ(refusal_of(wrong_secret), refusal_of(unknown_key));
}

TEST_F(Auth, TakesBothSecretsWhileAKeyIsRotated) {
    directory.record.secrets[1] = hash_of(rotated);
    EXPECT_TRUE(with(text));
    EXPECT_TRUE(with(rotated));
}

TEST_F(Auth, RefusesTheOldSecretWhenTheRotationsOverlapIsOver) {
    directory.record.secrets = {hash_of(rotated), hash_of(text)};
    directory.record.secrets[1]->expires_at = now;
    EXPECT_TRUE(with(rotated));
    EXPECT_EQ(with(text).error(), expired_key);
}

TEST_F(Auth, ForgetsAKeyAsSoonAsItIsRevoked) {
    ASSERT_TRUE(with(text));
    directory.record.revoked = true;
    ++directory.changes;
    EXPECT_EQ(with(text).error(), revoked_key);
    EXPECT_EQ(with(rotated).error(), wrong_secret);
}

TEST_F(Auth, RefusesAKeyFromItsExpiryOn) {
    directory.record.expires_at = now + std::chrono::milliseconds(1);
    EXPECT_TRUE(with(text));
    directory.record.expires_at = now;
    ++directory.changes;
    EXPECT_EQ(with(text).error(), expired_key);
}

TEST_F(Auth, RefusesAfterASuccessWhatIsOverOrAnotherText) {
    directory.record.secrets[0]->expires_at = now + std::chrono::milliseconds(10);
    ASSERT_TRUE(with(text));
    EXPECT_EQ(with(rotated).error(), wrong_secret);
    clock += std::chrono::milliseconds(9);
    EXPECT_TRUE(with(text));
    clock += std::chrono::milliseconds(1);
    EXPECT_EQ(with(text).error(), expired_key);
}

TEST_F(Auth, TakesNoKeyWithoutAStoredSecret) {
    directory.record.secrets = {};
    EXPECT_EQ(with(text).error(), wrong_secret);
}

TEST_F(Auth, TellsTheCallerWhyOnlyOnceHeHasShownWhatIsRight) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(insufficient_scope); ++i) {
        const auto denial = static_cast<Denial>(i);
        const bool is_shown = denial == expired_key || denial == expired_token ||
                              denial == revoked_key || denial == no_credentials;
        EXPECT_EQ(refusal_of(denial) == credentials_invalid, !is_shown) << name(denial);
    }
}

// Tokens ------------------------------------------------------------------------------------------

struct TokenAuth : Auth {
    const Signer signer{TokenAlgorithm::ed_dsa, "k"};
    Tokens tokens{{.issuer = "i", .audience = "a", .leeway = std::chrono::seconds(0)},
                  *TokenKeys::parse(signer.jwks())};
    Authenticator both{directory, [this] { return clock; }, &tokens};

    std::string token(const std::string& tenant = "acme", int number = 0) const {
        return signer.token(R"({"iss":"i","aud":"a","exp":1001,"client_id":"c","jti":)" +
                            std::to_string(number) + R"(,"scope":"bills:read","tenant":")" +
                            tenant + "\"}");
    }
    Authenticated bear(const std::string& one) { return both.authenticate("Bearer " + one); }
};

TEST_F(TokenAuth, AreTakenBesideKeys) {
    for (int i = 0; i < 2; ++i) {
        const auto bearer = bear(token());
        ASSERT_TRUE(bearer);
        EXPECT_EQ((*bearer)->client, "c");
        EXPECT_TRUE((*bearer)->scopes.contains(Scope::bills_read));
        const auto key = both.authenticate("Bearer " + text);
        ASSERT_TRUE(key);
        EXPECT_FALSE((*key)->has_token());
    }
    EXPECT_EQ(with(token()).error(), malformed_credentials);  // Where none is taken.
    EXPECT_EQ(bear("x").error(), malformed_credentials);
    EXPECT_EQ(bear("a.b.c").error(), malformed_token);
}

TEST_F(TokenAuth, AreRememberedUntilTheyEnd) {
    const std::string one = token();
    const std::string other = token("acme", 1);
    const auto first = bear(one);
    ASSERT_TRUE(first);
    ASSERT_TRUE(bear(other));
    EXPECT_EQ(*bear(one), *first);  // The same object: it was not verified again.
    clock += std::chrono::milliseconds(1'000);
    EXPECT_EQ(bear(one).error(), expired_token);
    EXPECT_EQ(bear(other).error(), expired_token);
    EXPECT_EQ(bear(other).error(), expired_token);
}

TEST_F(TokenAuth, AreForgottenWhenTheirKeyGoes) {
    ASSERT_TRUE(bear(token()));
    ASSERT_TRUE(bear(token("acme", 1)));
    const Signer next{TokenAlgorithm::ed_dsa, "next"};
    tokens.replace(*TokenKeys::parse(next.jwks()));
    EXPECT_EQ(bear(token("acme", 1)).error(), unknown_token_key);
    EXPECT_EQ(bear(token()).error(), unknown_token_key);
}

TEST_F(TokenAuth, AreForTenantsThatThereAre) {
    EXPECT_EQ(bear(token("nowhere")).error(), unknown_tenant);
    directory.record.principal.tenant = {"nowhere"};
    ++directory.changes;
    EXPECT_TRUE(bear(token("nowhere")));
}

TEST_F(TokenAuth, AreRememberedInBoundedMemory) {
    for (int i = 0; i < 3'000; ++i) ASSERT_TRUE(bear(token("acme", i)));
}

TEST(Scopes, HaveWireNamesThatReadBack) {
    for (std::size_t i = 0; i < scope_count; ++i) {
        const auto scope = static_cast<Scope>(i);
        EXPECT_FALSE(name(scope).empty());
        EXPECT_EQ(parse_scope(name(scope)), scope);
    }
    EXPECT_EQ(name(Scope::keys_admin), "keys:admin");
    EXPECT_EQ(name(Scope::transactions_write), "transactions:write");
    EXPECT_EQ(parse_scope("bills:"), std::nullopt);
}

}  // namespace
}  // namespace api
