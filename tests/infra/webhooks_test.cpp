// What of webhooks needs no network: secrets, signatures, and which addresses are anybody's.
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

#include "infra/webhooks/addresses.hpp"
#include "infra/webhooks/signature.hpp"
#include "infra/webhooks/web_address.hpp"

namespace infra {
namespace {

// The example of the Standard Webhooks libraries.
TEST(WebhookSignature, IsThatOfTheStandard) {
    EXPECT_EQ(
        webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                          1614265330, R"({"test": 2432232314})"),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSecret, IsTheSameForTheSameAndAnotherForAllElse) {
    Secret key;
    const auto secret = [&key](const char* tenant, std::string_view endpoint,
                               std::int64_t version) {
        return webhook_secret(key, domain::TenantId{tenant}, endpoint, version);
    };
    const std::string first = secret("acme", "hook", 1);
    EXPECT_TRUE(first.starts_with("whsec_"));
    EXPECT_EQ(first.size(), 6U + 44U);
    EXPECT_EQ(secret("acme", "hook", 1), first);
    EXPECT_NE(secret("acme", "hook", 2), first);
    EXPECT_NE(secret("acme", "hook1", 1), first);
    EXPECT_NE(secret("other", "hook", 1), first);
    // What is joined differently must not be the same.
    EXPECT_NE(secret("acme", "1", 11), secret("acme", "11", 1));
    key.bytes[0] = 1;
    EXPECT_NE(secret("acme", "hook", 1), first);
}

TEST(PublicAddress, IsNoneThatLeadsInside) {
    for (const char* inside : {"0.0.0.0",
                               "10.1.2.3",
                               "100.64.0.1",
                               "100.127.255.255",
                               "127.0.0.1",
                               "127.255.0.1",
                               "169.254.169.254",
                               "172.16.0.1",
                               "172.31.255.255",
                               "192.168.1.1",
                               "198.18.0.1",
                               "224.0.0.1",
                               "255.255.255.255",
                               "::",
                               "::1",
                               "::ffff:127.0.0.1",
                               "::ffff:8.8.8.8",
                               "::127.0.0.1",
                               "64:ff9b::a00:1",
                               "fc00::1",
                               "fd12::1",
                               "fe80::1",
                               "fec0::1",
                               "ff02::1",
                               "2001:db8::1",
                               "2001::1",
                               "2002:7f00:1::",
                               "3fff::1"}) {
        EXPECT_FALSE(is_public(boost::asio::ip::make_address(inside))) << inside;
    }
    for (const char* outside : {"8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1",
                                "172.32.0.1", "192.167.1.1", "2606:4700::1111", "2a00:1450::1"}) {
        EXPECT_TRUE(is_public(boost::asio::ip::make_address(outside))) << outside;
    }
}

TEST(WebAddress, HasThePartsOfTheText) {
    EXPECT_EQ(parse_web_address("https://example.org/a/b?c=d#e"),
              (WebAddress{true, "example.org", "443", "/a/b?c=d"}));
    EXPECT_EQ(parse_web_address("http://example.org:8081"),
              (WebAddress{false, "example.org", "8081", "/"}));
    EXPECT_EQ(parse_web_address("http://example.org?a"),
              (WebAddress{false, "example.org", "80", "/?a"}));
    EXPECT_EQ(parse_web_address("https://example.org/").authority(), "example.org");
    EXPECT_EQ(parse_web_address("https://example.org:80/").authority(), "example.org:80");
}

TEST(WebAddress, IsRefusedWhenItIsSeenToLeadInside) {
    const auto code = [](std::string_view url, bool allow_private) {
        const auto refusal = refusal_of(url, allow_private);
        return refusal ? refusal->code : std::string_view("none");
    };
    EXPECT_EQ(code("https://example.org/", false), "none");
    EXPECT_EQ(code("https://8.8.8.8:8443/", false), "none");
    EXPECT_EQ(code("http://example.org/", false), "https_required");
    EXPECT_EQ(code("http://10.0.0.1/", true), "none");
    EXPECT_EQ(code("https://10.0.0.1/", false), "private_address");
    EXPECT_EQ(code("https://169.254.169.254/latest", false), "private_address");
    EXPECT_EQ(code("https://example.org:0/", true), "invalid_port");
    EXPECT_EQ(code("https://example.org:65536/", false), "invalid_port");
}

}  // namespace
}  // namespace infra
