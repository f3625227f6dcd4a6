#include "api/auth_keys.hpp"

#include <gtest/gtest.h>

namespace api {
namespace {

domain::ApiKey active_key() {
    domain::ApiKey key;
    key.tenant = {"acme"};
    key.scopes = {{"bills:read"}, {"unheard:of"}};
    key.secret_hashes = {{{std::string(64, 'a')}, std::nullopt}};
    key.status = domain::ApiKeyStatus::active;
    return key;
}

TEST(AuthKeys, TakesOverWhatTheJournalSaysOfAKey) {
    const auto record = to_record("k", active_key());
    ASSERT_TRUE(record);
    EXPECT_EQ(record->principal.tenant.text, "acme");
    EXPECT_EQ(record->principal.key.text, "k");
    EXPECT_EQ(record->principal.scopes, ScopeSet{Scope::bills_read});
    ASSERT_TRUE(record->secrets[0]);
    EXPECT_EQ(record->secrets[0]->hash[31], 0xaa);
    EXPECT_FALSE(record->secrets[1]);
    EXPECT_FALSE(record->revoked);
}

TEST(AuthKeys, KeepsRevocationAndForgetsAbsentKeys) {
    domain::ApiKey key = active_key();
    key.status = domain::ApiKeyStatus::revoked;
    EXPECT_TRUE(to_record("k", key)->revoked);
    EXPECT_FALSE(to_record("k", domain::ApiKey()));
}

TEST(AuthKeys, IgnoresAHashThatIsDamaged) {
    domain::ApiKey key = active_key();
    key.secret_hashes = {{{std::string(63, 'a')}, std::nullopt},
                         {{std::string(63, 'a') + "g"}, std::nullopt}};
    EXPECT_FALSE(to_record("k", key)->secrets[0]);
}

}  // namespace
}  // namespace api
