// Limits: how much passes, what comes back when, whose counts are apart, and memory that is
// bounded.
#include "api/http/limits.hpp"

#include <gtest/gtest.h>

#include "tests/api/http/loopback.hpp"

namespace api::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Buckets::TimePoint start{std::chrono::hours(1)};

TEST(Buckets, GiveWhatTheyHoldAndThenAsFastAsTheyFill) {
    Buckets buckets({.most = 10, .window = seconds(10)}, 100);
    for (std::int64_t left = 9; left >= 0; --left) {
        const auto taken = buckets.take("a", start);
        EXPECT_TRUE(taken.is_there);
        EXPECT_EQ(taken.left, left);
        EXPECT_EQ(taken.full_in, seconds(10 - left));
    }
    const auto refused = buckets.take("a", start);
    EXPECT_FALSE(refused.is_there);
    EXPECT_EQ(refused.left, 0);
    EXPECT_EQ(refused.retry_in, seconds(1));
    EXPECT_FALSE(buckets.take("a", start + milliseconds(999)).is_there);
    EXPECT_TRUE(buckets.take("a", start + seconds(1)).is_there);
    EXPECT_FALSE(buckets.take("a", start + seconds(1)).is_there);
}

TEST(Buckets, DoNotPunishWhoIsRefused) {
    Buckets buckets({.most = 1, .window = seconds(10)}, 100);
    EXPECT_TRUE(buckets.take("a", start).is_there);
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(buckets.take("a", start + seconds(9)).is_there);
    EXPECT_TRUE(buckets.take("a", start + seconds(10)).is_there);
}

TEST(Buckets, AreFullAfterARest) {
    Buckets buckets({.most = 3, .window = seconds(3)}, 100);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(buckets.take("a", start).is_there);
    EXPECT_EQ(buckets.take("a", start + std::chrono::hours(5)).left, 2);
}

TEST(Buckets, CountEachNameForItself) {
    Buckets buckets({.most = 1, .window = seconds(1)}, 100);
    EXPECT_TRUE(buckets.take("a", start).is_there);
    EXPECT_TRUE(buckets.take("b", start).is_there);
    EXPECT_FALSE(buckets.take("a", start).is_there);
}

TEST(Buckets, ForgetWhoHasNotAskedForLongest) {
    Buckets buckets({.most = 1, .window = std::chrono::hours(1)}, 1'000);
    EXPECT_TRUE(buckets.take("busy", start).is_there);
    for (int i = 0; i < 100'000; ++i) {
        buckets.take(std::to_string(i), start);
        if (i % 10 == 0) EXPECT_FALSE(buckets.take("busy", start).is_there);
    }
    EXPECT_LE(buckets.size(), 1'000U);
    EXPECT_GE(buckets.size(), 900U);
}

Principal principal(const char* tenant, const char* key) { return {{tenant}, {key}, {}}; }

TEST(Limits, CountKeysAndTenantsAndSaySo) {
    Limits limits({.key_per_second = 1, .tenant_per_second = 2});
    std::string fields;
    EXPECT_FALSE(limits.ask(principal("acme", "k1"), fields));
    EXPECT_EQ(fields,
              "RateLimit-Policy: \"key\";q=10;w=10, \"tenant\";q=20;w=10\r\n"
              "RateLimit: \"key\";r=9;t=1, \"tenant\";r=19;t=1\r\n");
    std::string ignored;
    for (int i = 0; i < 9; ++i) EXPECT_FALSE(limits.ask(principal("acme", "k1"), ignored));
    EXPECT_EQ(limits.ask(principal("acme", "k1"), ignored)->because, Denial::key_limit);
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(limits.ask(principal("acme", "k2"), ignored));
    const auto refused = limits.ask(principal("acme", "k3"), ignored);
    EXPECT_EQ(refused->because, Denial::tenant_limit);
    EXPECT_EQ(refused->retry_in, seconds(1));
    EXPECT_FALSE(limits.ask(principal("other", "k4"), ignored));
}

TEST(Limits, CountClientsOfTokensByTenant) {
    Limits limits({.key_per_second = 1});
    Principal client = principal("acme", "");
    client.client = "shop";
    client.ends_at = domain::Timestamp(seconds(1));
    std::string ignored;
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(limits.ask(client, ignored));
    EXPECT_TRUE(limits.ask(client, ignored));
    client.tenant = {"other"};
    EXPECT_FALSE(limits.ask(client, ignored));
    EXPECT_FALSE(limits.ask(principal("acme", "shop"), ignored));
}

TEST(Limits, CountNothingWhenTheyAreOff) {
    Limits limits({});
    std::string fields;
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_FALSE(limits.ask(principal("acme", "k1"), fields));
        EXPECT_FALSE(limits.ask("192.0.2.1"));
        EXPECT_FALSE(limits.fail("192.0.2.1"));
    }
    EXPECT_EQ(fields, "");
}

TEST(Limits, KnowAddressesByWhatOneCallerHas) {
    using boost::asio::ip::make_address;
    const Limits limits({});
    EXPECT_EQ(limits.place_of(make_address("192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(limits.place_of(make_address("::ffff:192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(limits.place_of(make_address("2001:db8:1:2:3:4:5:6")), "2001:db8:1:2::");
    for (const char* here : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
        EXPECT_EQ(limits.place_of(make_address(here)), "") << here;
    }
    const Limits counting({.counts_this_machine = true});
    EXPECT_EQ(counting.place_of(make_address("127.0.0.1")), "127.0.0.1");
}

// Over connections --------------------------------------------------------------------------------

using loopback::Answer;
using loopback::get;
using loopback::Running;

ServerConfig with(LimitSettings limits) {
    ServerConfig config;
    config.limits = limits;
    config.limits.counts_this_machine = true;
    return config;
}

TEST(Limits, AnswerWhatIsTooMuchWithWhenToComeBack) {
    const Running running(with({.key_per_second = 1}));
    const std::string ask = get("/bills/a", running.keys.authorization());
    for (int i = 0; i < 10; ++i) {
        const Answer answer = running.ask(ask);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.field("RateLimit-Policy"), "\"key\";q=10;w=10");
        EXPECT_TRUE(answer.field("RateLimit").starts_with("\"key\";r="));
    }
    Answer refused = running.ask(ask);
    while (refused.status == 200) refused = running.ask(ask);  // On a machine that is slow.
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.field("Retry-After"), "1");
    EXPECT_TRUE(refused.field("RateLimit").starts_with("\"key\";r=0;"));
    EXPECT_NE(refused.body.find("rate_limited"), std::string::npos);
    EXPECT_EQ(running.ask(get("/hello")).status, 200);
}

TEST(Limits, CountAnAddressWhateverItAsksFor) {
    const Running running(with({.address_per_second = 1}));
    int answered = 0;
    while (running.ask(get(answered % 2 == 0 ? "/hello" : "/nothing")).status != 429) ++answered;
    EXPECT_GE(answered, 10);
}

TEST(Limits, ThrottleBadCredentialsAndLetGoodOnesPass) {
    const Running running(with({.failures_per_minute = 5}));
    const std::string bad = get("/bills/a", "Authorization: Bearer x\r\n");
    int refused = 0;
    Answer answer = running.ask(bad);
    for (; answer.status == 401; answer = running.ask(bad)) ++refused;
    EXPECT_GE(refused, 5);
    EXPECT_EQ(answer.status, 429);
    EXPECT_NE(answer.body.find("too_many_failures"), std::string::npos);
    EXPECT_FALSE(answer.field("Retry-After").empty());
    EXPECT_EQ(running.ask(get("/bills/a")).status, 429);
    EXPECT_EQ(running.ask(get("/bills/a", running.keys.authorization())).status, 200);
    EXPECT_EQ(running.ask(get("/hello")).status, 200);
}

}  // namespace
}  // namespace api::http
