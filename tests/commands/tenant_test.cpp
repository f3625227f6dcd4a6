#include "commands/tenant.hpp"

#include <gtest/gtest.h>

#include "commands/api_key.hpp"
#include "tests/support/workplace.hpp"

namespace commands {
namespace {

using domain::ApiKeyDecider;
using tests::support::Workplace;

domain::Sha256Hex hash(char digit) { return {std::string(64, digit)}; }

domain::IssueApiKey key() {
    domain::IssueApiKey issue;
    issue.name = "import";
    issue.scopes = {domain::ScopeName{"bills:read"}};
    issue.secret = hash('a');
    return issue;
}

domain::CreateTenant tenant(const Workplace& workplace) {
    return {{.name = "Acme Press", .sandbox = false}, workplace.tenant};
}

TEST(TenantCommands, ATenantIsCreatedOnce) {
    Workplace workplace;
    EXPECT_EQ(workplace.run(tenant(workplace))->id, workplace.tenant.text);
    EXPECT_EQ(workplace.code_of(tenant(workplace)), "tenant_exists");
}

TEST(ApiKeyCommands, AKeyIsForTheTenantThatIsThere) {
    Workplace workplace;
    EXPECT_EQ(workplace.code_of(key(), "k1"), "unknown_tenant");
    ASSERT_TRUE(workplace.run(tenant(workplace)));
    ASSERT_TRUE(workplace.run(key(), "k1"));
    EXPECT_EQ(workplace.state<ApiKeyDecider>("k1").tenant, workplace.tenant);
    EXPECT_EQ(workplace.code_of(key(), "k1"), "key_exists");
}

TEST(ApiKeyCommands, ARotatedKeyHasTwoSecretsAndARevokedOneIsNotRotated) {
    Workplace workplace;
    ASSERT_TRUE(workplace.run(tenant(workplace)));
    ASSERT_TRUE(workplace.run(key(), "k1"));
    const domain::RotateApiKey rotate{.overlap_seconds = 3600, .secret = hash('b')};
    ASSERT_TRUE(workplace.run(rotate, "k1"));
    const auto& hashes = workplace.state<ApiKeyDecider>("k1").secret_hashes;
    ASSERT_EQ(hashes.size(), 2U);
    EXPECT_EQ(hashes.back().expires_at, workplace.now + std::chrono::hours{1});
    ASSERT_TRUE(workplace.run(domain::RevokeApiKey{}, "k1"));
    EXPECT_EQ(workplace.code_of(rotate, "k1"), "illegal_transition");
}

}  // namespace
}  // namespace commands
