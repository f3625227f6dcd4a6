#include "commands/entitlement.hpp"

#include <gtest/gtest.h>

#include "commands/product.hpp"
#include "commands/user.hpp"
#include "commands/vendor.hpp"
#include "tests/support/workplace.hpp"

namespace commands {
namespace {

using domain::EntitlementDecider;
using domain::EntitlementStatus;

class EntitlementCommands : public testing::Test {
protected:
    EntitlementCommands() {
        domain::CreateVendor vendor;
        vendor.id = domain::Slug{"acme"};
        vendor.name = "Acme";
        EXPECT_TRUE(workplace.run(vendor));
        domain::CreateProduct product;
        product.sku = domain::Sku{"daily"};
        product.type = domain::ProductType::publication;
        product.vendor_id = domain::VendorId{"acme"};
        product.title = "The Daily";
        EXPECT_TRUE(workplace.run(product));
        domain::CreateUser user;
        user.id = domain::UserId{"kari"};
        user.email = domain::Email{"kari@example.org"};
        EXPECT_TRUE(workplace.run(user));
    }
    domain::GrantEntitlement grant() const {
        return {.id = domain::EntitlementId{"right"},
                .user_id = domain::UserId{"kari"},
                .sku = domain::Sku{"daily"},
                .ends_at = workplace.now + std::chrono::days{30}};
    }
    EntitlementStatus status() const { return workplace.state<EntitlementDecider>("right").status; }

    tests::support::Workplace workplace;
};

TEST_F(EntitlementCommands, AGrantBeginsNowAndKnowsTheTypeOfItsProduct) {
    ASSERT_TRUE(workplace.run(grant()));
    const auto& right = workplace.state<EntitlementDecider>("right");
    EXPECT_EQ(right.starts_at, workplace.now);
    EXPECT_EQ(right.product_type, domain::ProductType::publication);
    EXPECT_EQ(right.status, EntitlementStatus::active);
    EXPECT_EQ(right.source.kind, domain::EntitlementSourceKind::grant);
}

TEST_F(EntitlementCommands, TheUserAndTheProductMustExist) {
    auto wish = grant();
    wish.user_id = domain::UserId{"nobody"};
    wish.sku = domain::Sku{"nothing"};
    const auto answer = workplace.run(wish);
    ASSERT_FALSE(answer);
    ASSERT_EQ(answer.error().errors.size(), 2U);
    EXPECT_EQ(answer.error().errors[0].code, "unknown_user");
    EXPECT_EQ(answer.error().errors[1].code, "unknown_product");
}

TEST_F(EntitlementCommands, ByHandOnlyGrantsSharesAndImportsAreGiven) {
    auto wish = grant();
    wish.source = {.kind = domain::EntitlementSourceKind::share,
                   .contract_id = {},
                   .bill_id = {},
                   .granted_by = "kari"};
    ASSERT_TRUE(workplace.run(wish));
    EXPECT_EQ(workplace.state<EntitlementDecider>("right").source, wish.source);

    wish.source = {.kind = domain::EntitlementSourceKind::purchase,
                   .contract_id = domain::ContractId{"c"},
                   .bill_id = domain::BillId{"b"},
                   .granted_by = {}};
    const auto answer = workplace.run(wish);
    ASSERT_FALSE(answer);
    ASSERT_EQ(answer.error().errors.size(), 3U);
    EXPECT_EQ(answer.error().errors[0].pointer, "/source/kind");
    EXPECT_EQ(answer.error().errors[1].pointer, "/source/contractId");
    EXPECT_EQ(answer.error().errors[2].pointer, "/source/billId");
}

TEST_F(EntitlementCommands, TheClockStartsAndEndsItInTimeOnly) {
    auto wish = grant();
    wish.starts_at = workplace.now + std::chrono::days{1};
    ASSERT_TRUE(workplace.run(wish));
    EXPECT_EQ(status(), EntitlementStatus::pending);
    EXPECT_EQ(workplace.code_of(domain::StartEntitlement{}, "right"), "entitlement_not_started");
    workplace.now += std::chrono::days{1};
    ASSERT_TRUE(workplace.run(domain::StartEntitlement{}, "right"));
    EXPECT_EQ(workplace.code_of(domain::ExpireEntitlement{}, "right"), "entitlement_not_ended");
    workplace.now += std::chrono::days{29};
    ASSERT_TRUE(workplace.run(domain::ExpireEntitlement{}, "right"));
    EXPECT_EQ(status(), EntitlementStatus::expired);
}

TEST_F(EntitlementCommands, EachCommandReachesItsEntitlement) {
    ASSERT_TRUE(workplace.run(grant()));
    const auto later = workplace.now + std::chrono::days{60};
    EXPECT_TRUE(workplace.run(domain::ExtendEntitlement{.ends_at = later}, "right"));
    EXPECT_TRUE(workplace.run(domain::SuspendEntitlement{}, "right"));
    EXPECT_EQ(status(), EntitlementStatus::suspended);
    EXPECT_TRUE(workplace.run(domain::ReinstateEntitlement{}, "right"));
    EXPECT_TRUE(workplace.run(domain::RevokeEntitlement{}, "right"));
    EXPECT_EQ(workplace.code_of(domain::ReinstateEntitlement{}, "right"), "illegal_transition");
    EXPECT_EQ(workplace.code_of(domain::RevokeEntitlement{}, "other"), "not_found");
}

}  // namespace
}  // namespace commands
