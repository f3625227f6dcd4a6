#include "commands/vendor.hpp"

#include <gtest/gtest.h>

#include "tests/support/workplace.hpp"

namespace commands {
namespace {

using tests::support::Workplace;

domain::CreateVendor vendor(std::optional<domain::Slug> id) {
    domain::CreateVendor create;
    create.id = std::move(id);
    create.name = "Acme";
    return create;
}

TEST(VendorCommands, AVendorHasTheIdThatItCameWithOrANewOne) {
    Workplace workplace;
    EXPECT_EQ(workplace.run(vendor(domain::Slug{"acme"}))->id, "acme");
    EXPECT_EQ(workplace.run(vendor({}))->id, "made-1");
}

TEST(VendorCommands, AnIdIsUsedOnce) {
    Workplace workplace;
    ASSERT_TRUE(workplace.run(vendor(domain::Slug{"acme"})));
    EXPECT_EQ(workplace.code_of(vendor(domain::Slug{"acme"})), "vendor_exists");
}

TEST(VendorCommands, ATimeZoneThatDoesNotExistIsRefused) {
    Workplace workplace;
    auto create = vendor(domain::Slug{"acme"});
    create.time_zone = {"Europe/Atlantis"};
    EXPECT_EQ(workplace.code_of(create), "unknown_time_zone");
    ASSERT_TRUE(workplace.run(vendor(domain::Slug{"acme"})));
    const domain::UpdateVendor move{.time_zone =
                                        domain::change_to(domain::TimeZoneName{"Europe/Atlantis"})};
    EXPECT_EQ(workplace.code_of(move, "acme"), "unknown_time_zone");
}

TEST(VendorCommands, AnExternalIdIsUniqueAndFreeAgainWhenGivenUp) {
    Workplace workplace;
    auto first = vendor(domain::Slug{"first"});
    first.external_id = "4711";
    auto second = vendor(domain::Slug{"second"});
    second.external_id = "4711";
    ASSERT_TRUE(workplace.run(first));
    EXPECT_EQ(workplace.code_of(second), "external_id_taken");
    ASSERT_TRUE(workplace.run(domain::UpdateVendor{.external_id = {true, {}}}, "first"));
    EXPECT_TRUE(workplace.run(second));
}

TEST(VendorCommands, AVendorIsSuspendedReinstatedAndClosed) {
    Workplace workplace;
    ASSERT_TRUE(workplace.run(vendor(domain::Slug{"acme"})));
    EXPECT_EQ(workplace.code_of(domain::CloseVendor{}, "acme"), "illegal_transition");
    EXPECT_TRUE(workplace.run(domain::SuspendVendor{}, "acme"));
    EXPECT_TRUE(workplace.run(domain::ReinstateVendor{}, "acme"));
    EXPECT_TRUE(workplace.run(domain::SuspendVendor{}, "acme"));
    EXPECT_TRUE(workplace.run(domain::CloseVendor{}, "acme"));
    EXPECT_EQ(workplace.code_of(domain::SuspendVendor{}, "nobody"), "not_found");
}

}  // namespace
}  // namespace commands
