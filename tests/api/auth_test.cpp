#include "api/auth.hpp"

#include <gtest/gtest.h>

#include <map>

#include "domain/api_key_text.hpp"

namespace api {
namespace {

using enum CredentialsRefusal;
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
    EXPECT_EQ(authenticator.authenticate("").error(), credentials_missing);
    for (const std::string& bad : {std::string("Bearer"), std::string("Bearer "), "Basic " + text,
                                   text, "Bearer " + text + "x", "Bearer x" + text}) {
        EXPECT_EQ(authenticator.authenticate(bad).error(), credentials_invalid) << bad;
    }
    EXPECT_TRUE(authenticator.authenticate("bEARER  " + text));
}

TEST_F(Auth, RefusesAnotherSecretAndAnUnknownKeyAlike) {
    EXPECT_EQ(with(rotated).error(), credentials_invalid);
    EXPECT_EQ(with(domain::make_api_key_text({9}, {2})).error(), credentials_invalid);
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
    EXPECT_EQ(with(text).error(), credentials_expired);
}

TEST_F(Auth, ForgetsAKeyAsSoonAsItIsRevoked) {
    ASSERT_TRUE(with(text));
    directory.record.revoked = true;
    ++directory.changes;
    EXPECT_EQ(with(text).error(), credentials_revoked);
    EXPECT_EQ(with(rotated).error(), credentials_invalid);
}

TEST_F(Auth, RefusesAKeyFromItsExpiryOn) {
    directory.record.expires_at = now + std::chrono::milliseconds(1);
    EXPECT_TRUE(with(text));
    directory.record.expires_at = now;
    ++directory.changes;
    EXPECT_EQ(with(text).error(), credentials_expired);
}

TEST_F(Auth, RefusesAfterASuccessWhatIsOverOrAnotherText) {
    directory.record.secrets[0]->expires_at = now + std::chrono::milliseconds(10);
    ASSERT_TRUE(with(text));
    EXPECT_EQ(with(rotated).error(), credentials_invalid);
    clock += std::chrono::milliseconds(9);
    EXPECT_TRUE(with(text));
    clock += std::chrono::milliseconds(1);
    EXPECT_EQ(with(text).error(), credentials_expired);
}

TEST_F(Auth, TakesNoKeyWithoutAStoredSecret) {
    directory.record.secrets = {};
    EXPECT_EQ(with(text).error(), credentials_invalid);
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
