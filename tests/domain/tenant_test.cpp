#include "domain/tenant.hpp"

#include "tests/domain/samples.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<TenantDecider>;

CreateTenant named(std::string name) { return {{std::move(name), true}, TenantId{"acme"}}; }

TEST(Tenant, CreatedIsActiveAndKnowsWhetherItIsASandbox) {
    const auto tenant = given({}).when(named("Acme")).after();
    EXPECT_EQ(tenant, (Tenant{{"Acme", true}, TenantStatus::active, std::nullopt}));
}

TEST(Tenant, ASandboxShowsWhenItWasMadeUntilItsClockIsMoved) {
    Versioned<Tenant> tenant{
        .id = "acme", .version = 0, .created_at = {}, .updated_at = {}, .state = {}};
    advance<TenantDecider>(tenant, TenantCreated{{"Acme", true}}, sample_start);
    EXPECT_EQ(sandbox_clock(tenant), sample_start);
    advance<TenantDecider>(tenant, ClockAdvanced{sample_end}, sample_start);
    EXPECT_EQ(sandbox_clock(tenant), sample_end);
}

TEST(Tenant, ThatIsNoSandboxHasNoClockOfItsOwn) {
    Versioned<Tenant> tenant{
        .id = "acme", .version = 0, .created_at = {}, .updated_at = {}, .state = {}};
    advance<TenantDecider>(tenant, TenantCreated{{"Acme", false}}, sample_start);
    EXPECT_EQ(sandbox_clock(tenant), std::nullopt);
}

TEST(Tenant, AClockThatIsThereAlreadyIsNotMoved) {
    given({TenantCreated{{"Acme", true}}})
        .when(AdvanceClock{.to = sample_end, .now = sample_end})
        .then_nothing();
}

const tests::support::Refusal<TenantDecider> refusals[] = {
    {TenantRejection::tenant_name_blank, {}, named("  ")},
    {TenantRejection::not_a_sandbox,
     {TenantCreated{{"Acme", false}}},
     AdvanceClock{.to = sample_end, .now = sample_start}},
    {TenantRejection::clock_goes_back,
     {TenantCreated{{"Acme", true}}},
     AdvanceClock{.to = sample_start, .now = sample_end}},
    {TenantRejection::clock_out_of_range,
     {TenantCreated{{"Acme", true}}},
     AdvanceClock{.to = *parse_rfc3339("2900-01-01T00:00:00Z"), .now = sample_start}},
};

TEST(Tenant, Refuses) { tests::support::expect_refusals<TenantDecider>(refusals); }

TEST(Tenant, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<TenantDecider>(refusals);
}

}  // namespace
}  // namespace domain
