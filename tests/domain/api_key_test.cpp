#include "domain/api_key.hpp"

#include "tests/domain/samples_api_key.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<ApiKeyDecider>;

ApiKeyEvent issued() { return Samples<ApiKeyDecider>::past(ApiKeyStatus::active).front(); }

constexpr Timestamp hour_later = sample_start + std::chrono::hours{1};

TEST(ApiKey, AfterRotationBothSecretsAreValidUntilTheOverlapIsOver) {
    const auto key =
        given({issued()})
            .when(RotateApiKey{
                .overlap_seconds = 3600, .secret = sample_hash('b'), .now = sample_start})
            .after();
    EXPECT_EQ(key.secret_hashes, (std::vector<SecretHash>{{sample_hash('b'), std::nullopt},
                                                          {sample_hash('a'), hour_later}}));
}

TEST(ApiKey, AThirdSecretTakesThePlaceOfTheFirst) {
    const auto key = given({issued(), ApiKeyRotated{sample_hash('b'), sample_end},
                            ApiKeyRotated{sample_hash('c'), hour_later}})
                         .state;
    EXPECT_EQ(key.secret_hashes, (std::vector<SecretHash>{{sample_hash('c'), std::nullopt},
                                                          {sample_hash('b'), hour_later}}));
}

TEST(ApiKey, ARevokedKeyIsRevokedForEver) {
    EXPECT_TRUE(legal_commands<ApiKeyDecider>(ApiKeyStatus::revoked).empty());
}

template <class Change>
IssueApiKey broken(Change change) {
    IssueApiKey issue = sample_api_key();
    change(issue);
    return issue;
}

const tests::support::Refusal<ApiKeyDecider> refusals[] = {
    {ApiKeyRejection::scopes_missing, {}, broken([](auto& issue) { issue.scopes.clear(); })},
    {ApiKeyRejection::expires_in_the_past, {}, broken([](auto& issue) {
         issue.expires_at = issue.now;
     })},
};

TEST(ApiKey, Refuses) { tests::support::expect_refusals<ApiKeyDecider>(refusals); }

TEST(ApiKey, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<ApiKeyDecider>(refusals);
}

}  // namespace
}  // namespace domain
