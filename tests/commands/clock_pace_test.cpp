// How fast the clock does what is due.
#include <gtest/gtest.h>

#include "tests/commands/lone_shard.hpp"

namespace tests::commands {
namespace {

using domain::Kind;

constexpr int rights = 20;

// A shard with as many rights that all end at the same instant.
class ClockPace : public LoneShard {
protected:
    ClockPace() {
        ::commands::ShardSettings settings;
        settings.clock_per_second = 10;
        settings.clock_step_max = 4;
        open(settings);
        domain::CreateVendor vendor;
        vendor.name = "Acme";
        done({Kind::vendors, "acme"}, vendor);
        domain::CreateProduct product;
        product.sku = domain::Sku{"daily"};
        product.type = domain::ProductType::publication;
        product.vendor_id = domain::VendorId{"acme"};
        product.title = "The Daily";
        done({Kind::products, "daily"}, product);
        domain::CreateUser user;
        user.email = domain::Email{"kari@example.org"};
        done({Kind::users, "kari"}, user);
        for (int i = 0; i < rights; ++i) {
            domain::GrantEntitlement grant;
            grant.user_id = domain::UserId{"kari"};
            grant.sku = domain::Sku{"daily"};
            grant.ends_at = clock_.now() + std::chrono::hours{1};
            done({Kind::entitlements, "right-" + std::to_string(i)}, grant);
        }
    }

    // So many milliseconds later, all at once.
    void run_after(std::int64_t milliseconds) {
        clock_.pass(milliseconds);
        run();
    }
    std::uint64_t ended() const { return shard_->status().clock_done; }
};

TEST_F(ClockPace, DoesNoMoreInASecondThanItMayAndAllOfItInTheEnd) {
    clock_.set(clock_.now() + std::chrono::hours{2});
    run_after(0);
    EXPECT_EQ(ended(), 4U);  // A step.
    run_after(399);
    EXPECT_EQ(ended(), 4U);
    run_after(1);
    EXPECT_EQ(ended(), 8U);
    for (int i = 0; i < 4; ++i) run_after(400);
    EXPECT_EQ(ended(), std::uint64_t{rights});
}

TEST_F(ClockPace, WaitsUntilItMayGoOn) {
    clock_.set(clock_.now() + std::chrono::hours{2});
    run_after(0);
    EXPECT_EQ(shard_->pause_ms(), 400);
    run_after(150);
    EXPECT_EQ(shard_->pause_ms(), 250);
}

}  // namespace
}  // namespace tests::commands
