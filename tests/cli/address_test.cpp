// Addresses as settings have them.
#include "cli/address.hpp"

#include <gtest/gtest.h>

#include "cli/exit_code.hpp"

namespace cli {
namespace {

TEST(Advertised, SaysHowItIsServedUnlessItSaysOtherwise) {
    EXPECT_EQ(parse_advertised("node-1:8080", false), "node-1:8080");
    EXPECT_EQ(parse_advertised("node-1:8443", true), "https://node-1:8443");
    EXPECT_EQ(parse_advertised("https://proxy:443", false), "https://proxy:443");
    EXPECT_EQ(parse_advertised("http://10.0.0.2:8080", true), "10.0.0.2:8080");
    EXPECT_EQ(parse_advertised("[2001:db8::1]:8443", true), "https://[2001:db8::1]:8443");
}

TEST(Advertised, IsRefusedWhereNobodyCouldBeReached) {
    for (const char* const bad :
         {"", "node-1", ":8080", "node-1:", "node-1:80800", "ftp://node-1:21", "https://",
          "https://node-1:8443/", "https://a@node-1:8443"}) {
        EXPECT_THROW(parse_advertised(bad, true), Exit) << bad;
    }
}

}  // namespace
}  // namespace cli
