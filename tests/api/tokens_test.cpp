// Tokens: what is taken, and a corpus of what must not be.
#include "api/tokens.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <map>

#include "api/base64url.hpp"
#include "tests/api/signer.hpp"

namespace api {
namespace {

constexpr domain::Timestamp now{std::chrono::seconds(1'800'000'000)};
const std::string good_claims =
    R"({"iss":"https://id.example","aud":"daybook","exp":1800000300,"nbf":1799999990,)"
    R"("client_id":"shop","tenant":"acme","scope":"bills:read no:such users:write"})";

TokenRules rules() {
    return {
        .issuer = "https://id.example", .audience = "daybook", .leeway = std::chrono::seconds(10)};
}

Tokens tokens_of(const std::string& jwks) { return {rules(), *TokenKeys::parse(jwks)}; }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string hmac_sha256(const std::string& key, const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
    return {reinterpret_cast<const char*>(mac.data()), size};
}

struct TokensOf : testing::TestWithParam<TokenAlgorithm> {
    static const Signer& signer(TokenAlgorithm algorithm) {
        static std::map<TokenAlgorithm, Signer> all;
        return all.try_emplace(algorithm, algorithm, "k1").first->second;
    }
    const Signer& ours() const { return signer(GetParam()); }
    Tokens tokens = tokens_of(signer(GetParam()).jwks());

    void expect(Denial denial, const std::string& token) const {
        const auto verified = tokens.verify(token, now);
        ASSERT_FALSE(verified) << token;
        EXPECT_EQ(name(verified.error()), name(denial)) << token.substr(0, 300);
    }
    void expect_claims(Denial denial, const std::string& claims) const {
        SCOPED_TRACE(claims);
        expect(denial, ours().token(claims));
    }
    void expect_header(Denial denial, const std::string& header) const {
        SCOPED_TRACE(header);
        expect(denial, ours().token(header, good_claims));
    }
};

INSTANTIATE_TEST_SUITE_P(Algorithms, TokensOf,
                         testing::Values(TokenAlgorithm::ed_dsa, TokenAlgorithm::es256,
                                         TokenAlgorithm::rs256),
                         [](const auto& one) { return std::string(name(one.param)); });

TEST_P(TokensOf, SayWhoBearsThem) {
    const auto verified = tokens.verify(ours().token(good_claims), now);
    ASSERT_TRUE(verified) << name(verified.error());
    EXPECT_EQ(verified->tenant.text, "acme");
    EXPECT_EQ(verified->client, "shop");
    EXPECT_TRUE(tokens.has_key(verified->token_key));
    EXPECT_EQ(verified->scopes, (ScopeSet{Scope::bills_read, Scope::users_write}));
    EXPECT_EQ(verified->ends_at, now + std::chrono::seconds(310));
    EXPECT_TRUE(verified->has_token());
}

TEST_P(TokensOf, MayBeWrittenInOtherWays) {
    const std::vector<std::pair<std::string, std::string>> ways = {
        {R"("aud":"daybook")", R"("aud":["other","daybook"])"},
        {"1800000300", "1800000300.75"},
        {"1800000300", "1.8000003e9"},
        {R"("client_id":"shop")", R"("azp":"shop")"},
        {R"(,"nbf":1799999990)", ""},
        {"1799999990", "1800000010"},  // Within the leeway.
        {"1800000300", "1799999991"},
        {R"("scope":"bills:read)", R"("other":[{"scope":1}],"scope":"bills:read)"}};
    for (const auto& [from, to] : ways) {
        EXPECT_TRUE(tokens.verify(ours().token(replaced(good_claims, from, to)), now)) << to;
    }
    for (const std::string type : {"JWT", "jwt", "AT+JWT", "application/at+jwt"}) {
        const std::string header = replaced(ours().header(), "at+jwt", type);
        EXPECT_TRUE(tokens.verify(ours().token(header, good_claims), now)) << type;
    }
    const auto without_scope =
        ours().token(replaced(good_claims, R"(,"scope":"bills:read no:such users:write")", ""));
    EXPECT_EQ(tokens.verify(without_scope, now)->scopes, ScopeSet());
}

TEST_P(TokensOf, AreRefusedWithoutAnAlgorithmThatIsAllowed) {
    const std::string body = to_base64url(good_claims);
    for (const std::string alg : {"none", "None", "nOnE", "", "HS256", "HS512", "ES384", "PS256",
                                  "RS512", "ES256K", "eddsa"}) {
        const std::string header =
            to_base64url(R"({"alg":")" + alg + R"(","kid":"k1","typ":"JWT"})");
        expect(Denial::malformed_token, header + '.' + body + '.');
        expect(Denial::malformed_token,
               header + '.' + body + '.' + to_base64url(ours().signature(header + '.' + body)));
    }
    for (const std::string alg : {"null", "1", "[\"EdDSA\"]", "{}", "true"}) {
        expect_header(Denial::malformed_token, R"({"alg":)" + alg + R"(,"kid":"k1","typ":"JWT"})");
    }
    expect_header(Denial::malformed_token, R"({"kid":"k1","typ":"JWT"})");
}

TEST_P(TokensOf, AreRefusedWithThePublicKeyAsASecret) {
    const std::string text =
        to_base64url(R"({"alg":"HS256","kid":"k1","typ":"JWT"})") + '.' + to_base64url(good_claims);
    expect(Denial::malformed_token,
           text + '.' + to_base64url(hmac_sha256(ours().public_der(), text)));
    expect(Denial::malformed_token, text + '.' + to_base64url(hmac_sha256("", text)));
}

TEST_P(TokensOf, AreRefusedWithAnotherAlgorithmThanTheKeys) {
    for (const auto other :
         {TokenAlgorithm::ed_dsa, TokenAlgorithm::es256, TokenAlgorithm::rs256}) {
        if (other == GetParam()) continue;
        expect(Denial::unknown_token_key, signer(other).token(good_claims));
    }
}

TEST_P(TokensOf, AreRefusedWithAnotherKid) {
    for (const std::string kid :
         {"k2", "K1", "k1 ", "k", "", "../k1", "k1\\u0000", "*", "' OR 1=1"}) {
        expect_header(Denial::unknown_token_key,
                      replaced(ours().header(), R"("kid":"k1")", R"("kid":")" + kid + "\""));
    }
    for (const std::string kid : {"1", "null", "[\"k1\"]", R"({"k1":1})"}) {
        expect_header(Denial::malformed_token,
                      replaced(ours().header(), R"("kid":"k1")", R"("kid":)" + kid));
    }
    expect_header(Denial::malformed_token, replaced(ours().header(), R"("kid":"k1",)", ""));
}

TEST_P(TokensOf, BringNoKeysOfTheirOwn) {
    const Signer attacker(GetParam(), "k1");
    const std::string attacks[] = {R"("jwk":)" + attacker.jwk() + ",",
                                   R"("jku":"https://evil.example/jwks",)",
                                   R"("x5u":"https://evil.example/cert",)", R"("x5c":["MIIB"],)"};
    for (const std::string& attack : attacks) {
        const std::string header = "{" + attack + attacker.header().substr(1);
        expect(Denial::wrong_signature, attacker.token(header, good_claims));
        // Nor does it harm a token that is good without it.
        EXPECT_TRUE(tokens.verify(
            ours().token("{" + attack + ours().header().substr(1), good_claims), now));
    }
    expect(Denial::wrong_signature, attacker.token(good_claims));
}

TEST_P(TokensOf, AreRefusedWhenTheyAreForSomethingElse) {
    for (const std::string type :
         {"logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE", "", "at+jwt;x"}) {
        expect_header(Denial::malformed_token, replaced(ours().header(), "at+jwt", type));
    }
    expect_header(Denial::malformed_token, replaced(ours().header(), R"(,"typ":"at+jwt")", ""));
    expect_header(Denial::malformed_token,
                  replaced(ours().header(), "}", R"(,"crit":["exp"],"exp":1})"));
    expect_header(Denial::malformed_token,
                  replaced(ours().header(), "}", R"(,"crit":["b64"],"b64":false})"));
}

TEST_P(TokensOf, AreRefusedWithAnotherSignature) {
    const std::string token = ours().token(good_claims);
    const std::size_t dot = token.rfind('.');
    const std::string text = token.substr(0, dot);
    const std::string right = ours().signature(text);
    expect(Denial::wrong_signature, text + '.');
    for (std::size_t i = 0; i < right.size(); i += 7) {
        std::string flipped = right;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        expect(Denial::wrong_signature, text + '.' + to_base64url(flipped));
    }
    expect(Denial::wrong_signature, text + '.' + to_base64url(std::string(right.size(), '\0')));
    expect(Denial::wrong_signature, text + '.' + to_base64url(std::string(right.size(), '\xff')));
    expect(Denial::wrong_signature, text + '.' + to_base64url(right.substr(1)));
    expect(Denial::wrong_signature, text + '.' + to_base64url(right.substr(0, right.size() - 1)));
    expect(Denial::wrong_signature, text + '.' + to_base64url(right + '\0'));
    expect(Denial::wrong_signature, text + '.' + to_base64url('\0' + right));
    expect(Denial::wrong_signature, text + '.' + to_base64url(right + right));
    // Of another text: claims of one token with the signature of another.
    const std::string other = ours().token(replaced(good_claims, "acme", "beta"));
    expect(Denial::wrong_signature, other.substr(0, other.rfind('.')) + '.' + to_base64url(right));
}

TEST_P(TokensOf, AreRefusedCutOrWithSomethingBehindThem) {
    const std::string token = ours().token(good_claims);
    for (std::size_t size = 0; size < token.size(); size += 3) {
        EXPECT_FALSE(tokens.verify(token.substr(0, size), now)) << size;
    }
    for (const std::string end : {".", "=", "==", " ", "\n", "A", ".e30", "%00", ","}) {
        EXPECT_FALSE(tokens.verify(token + end, now)) << end;
        EXPECT_FALSE(tokens.verify(end + token, now)) << end;
    }
    EXPECT_FALSE(tokens.verify(token + "." + token, now));
    expect(Denial::malformed_token, "..");
    expect(Denial::malformed_token, "e30.e30.e30");
    expect(Denial::malformed_token, ours().token("[]", good_claims));
    expect(Denial::malformed_token, ours().token(ours().header() + "{}", good_claims));
    expect(Denial::malformed_token, ours().token(ours().header(), "[]"));
    expect(Denial::malformed_token, ours().token(ours().header(), good_claims + "x"));
    expect(Denial::malformed_token, ours().token(ours().header(), "\xff"));
    expect(Denial::malformed_token, ours().token(ours().header(), std::string(4000, '[')));
}

TEST_P(TokensOf, AreRefusedWhenTheyAreTooLong) {
    const std::string padded =
        replaced(good_claims, "{", R"({"padding":")" + std::string(100'000, 'a') + "\",");
    expect(Denial::malformed_token, ours().token(padded));
}

TEST_P(TokensOf, SayNothingTwice) {
    for (const std::string twice :
         {R"("aud":"daybook")", R"("tenant":"acme")", R"("exp":1800000300)",
          R"("iss":"https://id.example")", R"("x":1,"x":2)", R"("\u0061ud":"daybook")"}) {
        expect_claims(Denial::malformed_token, replaced(good_claims, "{", "{" + twice + ","));
    }
    expect_header(Denial::malformed_token, replaced(ours().header(), "{", R"({"kid":"k1",)"));
    expect_header(Denial::malformed_token,
                  replaced(ours().header(), "{", R"({"\u0061lg":"none",)"));
}

TEST_P(TokensOf, AreRefusedOfOtherIssuersAndForOthers) {
    for (const std::string iss : {R"("https://id.example/")", R"("https://ID.example")", "\"\"",
                                  R"(["https://id.example"])", "null"}) {
        expect_claims(Denial::wrong_issuer, replaced(good_claims, R"("https://id.example")", iss));
    }
    for (const std::string aud : {R"("daybook2")", R"("Daybook")", "[]", R"(["other"])", "null",
                                  "\"\"", R"([["daybook"]])", R"({"daybook":1})"}) {
        expect_claims(Denial::wrong_audience, replaced(good_claims, R"("daybook")", aud));
    }
    expect_claims(Denial::wrong_issuer, "{}");
    expect_claims(Denial::wrong_audience, R"({"iss":"https://id.example"})");
}

TEST_P(TokensOf, AreGoodForTheirTimeOnly) {
    expect_claims(Denial::expired_token, replaced(good_claims, "1800000300", "1799999990"));
    expect_claims(Denial::expired_token, replaced(good_claims, "1800000300", "0"));
    expect_claims(Denial::early_token, replaced(good_claims, "1799999990", "1800000011"));
    for (const std::string time : {"\"1800000300\"", "-1", "1e300", "18446744073709551615",
                                   "9223372036854775807", "253402300800", "null", "[]", "true"}) {
        expect_claims(Denial::unfit_claims, replaced(good_claims, "1800000300", time));
        expect_claims(Denial::unfit_claims, replaced(good_claims, "1799999990", time));
    }
    expect_claims(Denial::unfit_claims, replaced(good_claims, R"("exp":1800000300,)", ""));
}

TEST_P(TokensOf, SayWhatTheyMust) {
    for (const std::string tenant :
         {"\"\"", "\"..\"", "\"a/b\"", "\"a b\"", "1", "null", "[\"acme\"]"}) {
        expect_claims(Denial::unfit_claims, replaced(good_claims, "\"acme\"", tenant));
    }
    for (const std::string client :
         {"\"\"", "\"a b\"", "\"\\u0000\"", "\"\xc3\xb8\"", "1", "null"}) {
        expect_claims(Denial::unfit_claims, replaced(good_claims, "\"shop\"", client));
    }
    expect_claims(Denial::unfit_claims, replaced(good_claims, R"("client_id":"shop",)", ""));
    expect_claims(Denial::unfit_claims,
                  replaced(good_claims, R"("bills:read no:such users:write")", "[\"bills:read\"]"));
}

TEST_P(TokensOf, AreNotGoodAnyMoreWhenTheirKeyIsGone) {
    const std::string token = ours().token(good_claims);
    const std::string print = tokens.verify(token, now)->token_key;
    const std::uint64_t before = tokens.generation();
    const Signer same_kid(GetParam(), "k1");
    tokens.replace(*TokenKeys::parse(same_kid.jwks()));
    EXPECT_NE(tokens.generation(), before);
    EXPECT_FALSE(tokens.has_key(print));
    expect(Denial::wrong_signature, token);
    const Signer next(GetParam(), "k2");
    tokens.replace(*TokenKeys::parse(next.jwks()));
    expect(Denial::unknown_token_key, token);
    EXPECT_TRUE(tokens.verify(next.token(good_claims), now));
}

// Keys -------------------------------------------------------------------------------------------

std::string set_of(const std::string& key) { return "{\"keys\":[" + key + "]}"; }

TEST(TokenKeys, AreFoundByTheirKid) {
    const Signer one(TokenAlgorithm::ed_dsa, "one");
    const Signer two(TokenAlgorithm::es256, "two");
    const auto keys = TokenKeys::parse(
        set_of(one.jwk() + "," + two.jwk(R"(,"use":"sig","alg":"ES256","key_ops":["verify"])")));
    ASSERT_TRUE(keys) << keys.error();
    EXPECT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->find("two")->algorithm(), TokenAlgorithm::es256);
    EXPECT_EQ(keys->find("three"), nullptr);
}

TEST(TokenKeys, LeaveOutWhatIsForOtherUses) {
    const Signer good(TokenAlgorithm::ed_dsa, "good");
    const Signer other(TokenAlgorithm::es256, "other");
    for (const char* more : {R"(,"use":"enc")", R"(,"alg":"ES384")", R"(,"key_ops":["sign"])"}) {
        const auto keys = TokenKeys::parse(set_of(good.jwk() + "," + other.jwk(more)));
        ASSERT_TRUE(keys) << more;
        EXPECT_EQ(keys->size(), 1U) << more;
        EXPECT_FALSE(TokenKeys::parse(set_of(other.jwk(more)))) << more;
    }
    const std::string p384 = R"({"kty":"EC","crv":"P-384","kid":"x","x":"AA","y":"AA"})";
    EXPECT_EQ(TokenKeys::parse(set_of(good.jwk() + "," + p384))->size(), 1U);
}

TEST(TokenKeys, AreRefusedWhenOneIsNotGood) {
    const Signer good(TokenAlgorithm::es256, "good");
    const Signer weak(TokenAlgorithm::rs256, "weak", 1024);
    const std::string bad[] = {
        "", "{}", "[]", "{\"keys\":{}}", set_of("1"), "{\"keys\":[]}", set_of(weak.jwk()),
        set_of(good.jwk(R"(,"d":"AAAA")")), set_of(R"({"kty":"oct","kid":"s","k":"c2VjcmV0"})"),
        set_of(good.jwk() + "," + good.jwk()), set_of(good.jwk(R"(,"kid":"twice")")),
        set_of(R"({"kty":"OKP","crv":"Ed25519","kid":"short","x":"AAAA"})"),
        // A point that is not on the curve, and a key that is no base64url.
        set_of(R"({"kty":"EC","crv":"P-256","kid":"off",)"
               R"("x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE",)"
               R"("y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"})"),
        set_of(R"({"kty":"EC","crv":"P-256","kid":"no","x":"+/==","y":"+/=="})"),
        set_of(R"({"kty":"RSA","kid":"no","n":"","e":"AQAB"})")};
    for (const std::string& json : bad) EXPECT_FALSE(TokenKeys::parse(json)) << json;
}

TEST(Base64Url, HasOneTextForEachValue) {
    for (const std::string bytes : {"", "a", "ab", "abc", "\xff\xfe\xfd\xfc"}) {
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    }
    for (const char* bad : {"A", "AAAAA", "AB", "AAB", "AA==", "A A", "++++", "////", "\xc3\xa5"}) {
        EXPECT_FALSE(from_base64url(bad)) << bad;
    }
}

}  // namespace
}  // namespace api
