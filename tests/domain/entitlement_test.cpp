#include "domain/entitlement.hpp"

#include "tests/domain/samples_entitlement.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<EntitlementDecider>;

constexpr Timestamp before = sample_start - std::chrono::milliseconds{1};
constexpr Timestamp middle = sample_start + std::chrono::days{10};
constexpr Timestamp grace_end = sample_end + std::chrono::days{7};

EntitlementGranted with_grace() {
    EntitlementGranted granted = sample_entitlement();
    granted.grace_until = grace_end;
    return granted;
}

GrantEntitlement grant(std::optional<Timestamp> from, std::optional<Timestamp> to,
                       std::optional<Timestamp> grace = {}) {
    return {.user_id = UserId{"kari"},
            .sku = Sku{"daily"},
            .starts_at = from,
            .ends_at = to,
            .grace_until = grace,
            .now = sample_start};
}

EntitlementGranted endless() {
    EntitlementGranted granted = sample_entitlement();
    granted.ends_at.reset();
    return granted;
}

TEST(Entitlement, BeginsNowUnlessItSaysWhen) {
    const auto now = given({}).when(grant({}, sample_end)).after();
    EXPECT_EQ(now.status, EntitlementStatus::active);
    EXPECT_EQ(now.starts_at, sample_start);
    const auto later = given({}).when(grant(middle, sample_end)).after();
    EXPECT_EQ(later.status, EntitlementStatus::pending);
}

TEST(Entitlement, IsExtendedOnceByTheSameRenewal) {
    const EntitlementExtended extended{grace_end, std::nullopt};
    given({sample_entitlement()}).when(ExtendEntitlement{.ends_at = grace_end}).then({extended});
    given({sample_entitlement(), extended})
        .when(ExtendEntitlement{.ends_at = grace_end})
        .then_nothing();
}

TEST(Entitlement, APaymentDoesNotEndAPause) {
    const EntitlementSuspended pause{SuspensionCause::pause, std::nullopt};
    const EntitlementSuspended unpaid{SuspensionCause::payment, std::nullopt};
    const ReinstateEntitlement paid{.only_if = SuspensionCause::payment};
    given({sample_entitlement(), pause}).when(paid).then_nothing();
    given({sample_entitlement(), unpaid}).when(paid).then({EntitlementReinstated{}});
}

TEST(Entitlement, ExpiresAfterItsGraceOnly) {
    given({with_grace()}).when(ExpireEntitlement{grace_end}).then({EntitlementExpired{}});
}

TEST(Entitlement, KeepsWhyItWasRevoked) {
    const auto revoked =
        given({sample_entitlement()}).when(RevokeEntitlement{.reason = "refunded"}).after();
    EXPECT_EQ(revoked.reason, "refunded");
}

// Access is a matter of the time, too: a status that is late neither grants nor takes away.
TEST(Entitlement, GivesAccessByTheTimeNotByTheStatusAlone) {
    EntitlementGranted pending = sample_entitlement();
    pending.status = EntitlementStatus::pending;
    const EntitlementSuspended unpaid{SuspensionCause::payment, std::nullopt};
    const EntitlementSuspended pause{SuspensionCause::pause, std::nullopt};
    struct Case {
        std::vector<EntitlementEvent> past;
        Timestamp at;
        AccessReason reason;
    };
    const Case cases[] = {
        {{sample_entitlement()}, sample_start, AccessReason::none},
        {{sample_entitlement()}, before, AccessReason::not_started},
        {{sample_entitlement()}, sample_end, AccessReason::expired},
        {{with_grace()}, sample_end, AccessReason::none},
        {{with_grace()}, grace_end, AccessReason::expired},
        {{endless()}, grace_end, AccessReason::none},
        {{pending}, middle, AccessReason::none},
        {{sample_entitlement(), unpaid}, middle, AccessReason::suspended_payment},
        {{sample_entitlement(), pause}, middle, AccessReason::paused},
        {{sample_entitlement(), pause}, sample_end, AccessReason::expired},
        {{sample_entitlement(), EntitlementRevoked{}}, middle, AccessReason::revoked},
        {{sample_entitlement(), EntitlementExpired{}}, sample_end, AccessReason::expired},
        {{sample_entitlement(), EntitlementExpired{}}, middle, AccessReason::none},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(access_to_own(given(one.past).state, one.at), one.reason)
            << &one - &cases[0] << " should be " << name(one.reason);
    }
}

TEST(Entitlement, ClaimsItsExternalIdAndIsHeldForItsUser) {
    Entitlement entitlement;
    EXPECT_TRUE(claims(entitlement, "e").empty());
    entitlement.status = EntitlementStatus::active;
    entitlement.user_id = UserId{"kari"};
    entitlement.external_id = "4711";
    EXPECT_EQ(claims(entitlement, "e"), (std::vector<std::string>{"entitlement-external/4711",
                                                                  "held-for/kari/entitlements/e"}));
}

EntitlementGranted pending_grant() {
    EntitlementGranted granted = sample_entitlement();
    granted.status = EntitlementStatus::pending;
    return granted;
}

const tests::support::Refusal<EntitlementDecider> refusals[] = {
    {EntitlementRejection::entitlement_ends_before_it_starts, {}, grant(middle, middle)},
    {EntitlementRejection::entitlement_ends_before_it_starts, {}, grant({}, sample_start)},
    {EntitlementRejection::grace_ends_before_entitlement, {}, grant({}, sample_end, middle)},
    {EntitlementRejection::grace_ends_before_entitlement, {}, grant({}, {}, middle)},
    {EntitlementRejection::entitlement_not_started, {pending_grant()}, StartEntitlement{before}},
    {EntitlementRejection::entitlement_not_ended, {with_grace()}, ExpireEntitlement{sample_end}},
    {EntitlementRejection::entitlement_has_no_end, {endless()}, ExpireEntitlement{grace_end}},
    {EntitlementRejection::entitlement_has_no_end,
     {endless()},
     ExtendEntitlement{.ends_at = grace_end}},
    {EntitlementRejection::end_must_be_later,
     {sample_entitlement()},
     ExtendEntitlement{.ends_at = middle}},
};

TEST(Entitlement, Refuses) { tests::support::expect_refusals<EntitlementDecider>(refusals); }

TEST(Entitlement, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<EntitlementDecider>(refusals);
}

}  // namespace
}  // namespace domain
