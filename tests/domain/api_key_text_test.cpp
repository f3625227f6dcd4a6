#include "domain/api_key_text.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

ApiKeySecretBytes largest() {
    ApiKeySecretBytes bytes;
    bytes.fill(0xff);
    return bytes;
}

TEST(ApiKeyText, IsReadBack) {
    for (const ApiKeySecretBytes& secret : {ApiKeySecretBytes{}, ApiKeySecretBytes{1}, largest()}) {
        const std::string text = make_api_key_text({1, 2, 3, 4, 5, 6, 7, 8}, secret);
        EXPECT_EQ(text.size(), ApiKeyText::length);
        const auto parts = parse_api_key_text(text);
        ASSERT_TRUE(parts);
        EXPECT_EQ(parts->id, text.substr(4, 12));
        EXPECT_EQ(parts->secret, text.substr(17, 43));
        EXPECT_EQ(make_api_key_text(parts->id, secret), text);
    }
}

TEST(ApiKeyText, NeverChanges) {
    // Keys that were handed out must stay valid: the largest secret is 2^256 - 1 in base 62.
    EXPECT_EQ(make_api_key_text(ApiKeyIdBytes{}, {}).substr(0, 60),
              "dbk_000000000000_0000000000000000000000000000000000000000000");
    EXPECT_EQ(make_api_key_text(ApiKeyIdBytes{}, largest()).substr(17, 43),
              "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1");
}

TEST(ApiKeyText, IsRefusedWhenAnyCharacterIsWrong) {
    const std::string text = make_api_key_text({1}, {2});
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string wrong = text;
        wrong[i] = wrong[i] == '7' ? '8' : '7';
        EXPECT_FALSE(parse_api_key_text(wrong)) << i;
    }
    EXPECT_FALSE(parse_api_key_text(text.substr(1)));
    EXPECT_FALSE(parse_api_key_text(text + '0'));
    EXPECT_FALSE(parse_api_key_text(""));
}

}  // namespace
}  // namespace domain
