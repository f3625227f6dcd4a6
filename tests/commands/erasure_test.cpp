// Erasing a person at the shard: the key is destroyed when the log says so, before anybody is told,
// and again after a crash.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "commands/handlers.hpp"
#include "commands/shard.hpp"
#include "tests/commands/simulation.hpp"
#include "tests/support/utc_zones.hpp"

namespace tests::commands {
namespace {

using ::commands::Outcome;
using ::commands::Submission;
using domain::Kind;

const domain::TenantId tenant{"acme"};
const journal::Person kari{tenant, domain::UserId{"kari"}};

class Erasure : public testing::Test {
protected:
    Erasure() {
        open();
        domain::CreateUser create;
        create.email = domain::Email{"kari@example.org"};
        done(create);
    }
    void open() {
        ::commands::ShardSettings settings;
        settings.zones = &zones_;
        shard_ = std::make_unique<::commands::Shard>(
            settings, ::commands::ShardPorts{journal_, keys_, sealing_, rows_, clock_,
                                             [this] { return "id" + std::to_string(++ids_); }});
    }
    template <class Wish>
    std::shared_ptr<std::optional<bool>> submit(Wish wish) {
        auto is_done = std::make_shared<std::optional<bool>>();
        Submission submission{
            .tenant = tenant,
            .target = {{Kind::users, "kari"}, std::nullopt},
            .command = ::commands::make_command(std::move(wish)),
            .actor = {"apiKey", "test"},
            .done = [is_done](const Outcome& outcome) { *is_done = outcome.has_value(); }};
        EXPECT_TRUE(shard_->submit(std::move(submission)));
        return is_done;
    }
    void run(int steps = 200) {
        for (int i = 0; i < steps; ++i) {
            journal_.step();
            shard_->step();
            clock_.pass(10);
        }
    }
    template <class Wish>
    void done(Wish wish) {
        const auto is_done = submit(std::move(wish));
        run();
        ASSERT_EQ(*is_done, true);
    }

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

TEST_F(Erasure, DestroysTheKey) {
    ASSERT_TRUE(keys_.find(kari));
    done(domain::DeleteUser{});
    EXPECT_FALSE(keys_.find(kari));
}

TEST_F(Erasure, IsNotDoneBeforeTheKeyIsDestroyed) {
    const auto is_done = submit(domain::DeleteUser{});
    keys_.fail(true);
    run();
    EXPECT_FALSE(is_done->has_value());
    keys_.fail(false);
    run();
    EXPECT_EQ(*is_done, true);
    EXPECT_FALSE(keys_.find(kari));
}

TEST_F(Erasure, IsFinishedByWhoReadsTheLogNext) {
    std::ignore = submit(domain::DeleteUser{});
    keys_.fail(true);
    run();
    journal_.crash();
    shard_.reset();
    keys_.fail(false);
    ASSERT_TRUE(keys_.find(kari));
    open();
    run();
    EXPECT_FALSE(keys_.find(kari));
}

TEST_F(Erasure, DropsTheCredentialThatAnotherReplaces) {
    ASSERT_TRUE(keys_.keep(kari, {"one"}, "hash one"));
    ASSERT_TRUE(keys_.keep(kari, {"two"}, "hash two"));
    done(domain::SetPassword{.credential_id = {"one"}});
    EXPECT_TRUE(keys_.kept(kari, {"one"}));
    done(domain::SetPassword{.credential_id = {"two"}});
    EXPECT_FALSE(keys_.kept(kari, {"one"}));
    EXPECT_TRUE(keys_.kept(kari, {"two"}));
}

// A node that begins anew reads all of the log.
TEST_F(Erasure, AReplayDropsNoCredentialThatCounts) {
    ASSERT_TRUE(keys_.keep(kari, {"one"}, "hash one"));
    ASSERT_TRUE(keys_.keep(kari, {"two"}, "hash two"));
    done(domain::SetPassword{.credential_id = {"one"}});
    done(domain::SetPassword{.credential_id = {"two"}});
    shard_.reset();
    rows_.erase_prefix("");
    open();
    run();
    EXPECT_TRUE(keys_.kept(kari, {"two"}));
}

}  // namespace
}  // namespace tests::commands
