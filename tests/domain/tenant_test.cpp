#include "domain/tenant.hpp"

#include "tests/support/given.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<TenantDecider>;

CreateTenant named(std::string name) { return {{std::move(name), true}, TenantId{"acme"}}; }

TEST(Tenant, CreatedIsActiveAndKnowsWhetherItIsASandbox) {
    const auto tenant = given({}).when(named("Acme")).after();
    EXPECT_EQ(tenant, (Tenant{{"Acme", true}, TenantStatus::active}));
}

const tests::support::Refusal<TenantDecider> refusals[] = {
    {TenantRejection::tenant_name_blank, {}, named("  ")},
};

TEST(Tenant, Refuses) { tests::support::expect_refusals<TenantDecider>(refusals); }

TEST(Tenant, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<TenantDecider>(refusals);
}

}  // namespace
}  // namespace domain
