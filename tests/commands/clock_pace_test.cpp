// How fast the clock does what is due.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "commands/handlers.hpp"
#include "commands/shard.hpp"
#include "tests/commands/simulation.hpp"
#include "tests/support/memory_rows.hpp"
#include "tests/support/plain_keys.hpp"
#include "tests/support/utc_zones.hpp"

namespace tests::commands {
namespace {

using ::commands::Submission;
using domain::Kind;

const domain::TenantId tenant{"acme"};

constexpr int rights = 20;

// A shard with as many rights that all end at the same instant.
class ClockPace : public testing::Test {
protected:
    ClockPace() {
        ::commands::ShardSettings settings;
        settings.zones = &zones_;
        settings.clock_per_second = 10;
        settings.clock_step_max = 4;
        shard_ = std::make_unique<::commands::Shard>(
            settings, ::commands::ShardPorts{journal_, keys_, sealing_, rows_, clock_,
                                             [this] { return "id" + std::to_string(++ids_); }});
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

    template <class Wish>
    void done(domain::Subject subject, Wish wish) {
        bool is_done = false;
        EXPECT_TRUE(shard_->submit({.tenant = tenant,
                                    .target = {std::move(subject), std::nullopt},
                                    .command = ::commands::make_command(std::move(wish)),
                                    .actor = {"apiKey", "test"},
                                    .done = [&is_done](const ::commands::Outcome& outcome) {
                                        is_done = outcome.has_value();
                                    }}));
        run(0);
        EXPECT_TRUE(is_done);
    }

    // As long as there is anything to do, with so many milliseconds for all of it.
    void run(std::int64_t milliseconds) {
        clock_.pass(milliseconds);
        for (int i = 0; i < 100; ++i) {
            journal_.step();
            shard_->step();
        }
    }
    std::uint64_t ended() const { return shard_->status().clock_done; }

    support::SimulatedJournal journal_{
        {.repeat_chance = 0, .fail_before_chance = 0, .fail_after_chance = 0}};
    support::PlainKeys keys_;
    support::PlainSealing sealing_;
    support::MemoryRows rows_;
    WorldClock clock_;
    support::UtcZones zones_;
    int ids_ = 0;
    std::unique_ptr<::commands::Shard> shard_;
};

TEST_F(ClockPace, DoesNoMoreInASecondThanItMayAndAllOfItInTheEnd) {
    clock_.set(clock_.now() + std::chrono::hours{2});
    run(0);
    EXPECT_EQ(ended(), 4U);  // A step.
    run(399);
    EXPECT_EQ(ended(), 4U);
    run(1);
    EXPECT_EQ(ended(), 8U);
    for (int i = 0; i < 4; ++i) run(400);
    EXPECT_EQ(ended(), std::uint64_t{rights});
}

TEST_F(ClockPace, WaitsUntilItMayGoOn) {
    clock_.set(clock_.now() + std::chrono::hours{2});
    run(0);
    EXPECT_EQ(shard_->pause_ms(), 400);
    run(150);
    EXPECT_EQ(shard_->pause_ms(), 250);
}

}  // namespace
}  // namespace tests::commands
