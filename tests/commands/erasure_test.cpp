// Erasing a person at the shard: the key is destroyed when the log says so, before anybody is told,
// and again after a crash.
#include <gtest/gtest.h>

#include "tests/commands/lone_shard.hpp"

namespace tests::commands {
namespace {

const domain::Subject subject{domain::Kind::users, "kari"};
const journal::Person kari{domain::TenantId{"acme"}, domain::UserId{"kari"}};
// Long enough for what is tried again.
constexpr std::int64_t step_ms = 10;

class Erasure : public LoneShard {
protected:
    Erasure() {
        open();
        domain::CreateUser create;
        create.email = domain::Email{"kari@example.org"};
        done(subject, create);
    }
};

TEST_F(Erasure, DestroysTheKey) {
    ASSERT_TRUE(keys_.find(kari));
    done(subject, domain::DeleteUser{});
    EXPECT_FALSE(keys_.find(kari));
}

TEST_F(Erasure, IsNotDoneBeforeTheKeyIsDestroyed) {
    const auto is_done = submit(subject, domain::DeleteUser{});
    keys_.fail(true);
    run(step_ms);
    EXPECT_FALSE(is_done->has_value());
    keys_.fail(false);
    run(step_ms);
    EXPECT_EQ(*is_done, true);
    EXPECT_FALSE(keys_.find(kari));
}

TEST_F(Erasure, IsFinishedByWhoReadsTheLogNext) {
    std::ignore = submit(subject, domain::DeleteUser{});
    keys_.fail(true);
    run(step_ms);
    journal_.crash();
    shard_.reset();
    keys_.fail(false);
    ASSERT_TRUE(keys_.find(kari));
    open();
    run(step_ms);
    EXPECT_FALSE(keys_.find(kari));
}

TEST_F(Erasure, DropsTheCredentialThatAnotherReplaces) {
    ASSERT_TRUE(keys_.keep(kari, {"one"}, "hash one"));
    ASSERT_TRUE(keys_.keep(kari, {"two"}, "hash two"));
    done(subject, domain::SetPassword{.credential_id = {"one"}});
    EXPECT_TRUE(keys_.kept(kari, {"one"}));
    done(subject, domain::SetPassword{.credential_id = {"two"}});
    EXPECT_FALSE(keys_.kept(kari, {"one"}));
    EXPECT_TRUE(keys_.kept(kari, {"two"}));
}

// A node that begins anew reads all of the log.
TEST_F(Erasure, AReplayDropsNoCredentialThatCounts) {
    ASSERT_TRUE(keys_.keep(kari, {"one"}, "hash one"));
    ASSERT_TRUE(keys_.keep(kari, {"two"}, "hash two"));
    done(subject, domain::SetPassword{.credential_id = {"one"}});
    done(subject, domain::SetPassword{.credential_id = {"two"}});
    shard_.reset();
    rows_.erase_prefix("");
    open();
    run(step_ms);
    EXPECT_TRUE(keys_.kept(kari, {"two"}));
}

}  // namespace
}  // namespace tests::commands
