#include <gtest/gtest.h>

#include "tests/projections/posted.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using domain::AccessReason;
using domain::Kind;
using domain::ProductType;

class Shop {
public:
    void product(const std::string& sku, ProductType type, const std::string& holds = "") {
        domain::ProductCreated event;
        event.sku = {sku};
        event.type = type;
        event.vendor_id = {"v"};
        if (type == ProductType::bundle && !holds.empty()) event.items = {{.sku = {holds}}};
        if (type == ProductType::article && !holds.empty()) event.passes = {{holds}};
        book_.append("acme", {{{Kind::products, sku}, domain::ProductEvent(event)}});
    }
    void grant(const std::string& id, const std::string& sku, ProductType type, int days) {
        domain::EntitlementGranted event;
        event.user_id = {"kari"};
        event.sku = {sku};
        event.product_type = type;
        event.starts_at = book_.now();
        event.ends_at = book_.now() + std::chrono::days(days);
        book_.append("acme", {{{Kind::entitlements, id}, domain::EntitlementEvent(event)}});
    }
    void suspend(const std::string& id) {
        domain::EntitlementSuspended event;
        event.cause = domain::SuspensionCause::payment;
        book_.append("acme", {{{Kind::entitlements, id}, domain::EntitlementEvent(event)}});
    }
    projections::Access access(const std::string& sku, int days, const std::string& user = "kari",
                               const std::string& tenant = "acme") {
        posted_.catch_up();
        return posted_.queries().access(
            domain::TenantId{tenant},
            {.user_id = {user}, .sku = {sku}, .at = book_.now() + std::chrono::days(days)});
    }
    projections::AccessExplanation explain(const std::string& sku, int days) {
        posted_.catch_up();
        const auto access = posted_.queries().access(domain::TenantId{"acme"},
                                                     {.user_id = {"kari"},
                                                      .sku = {sku},
                                                      .at = book_.now() + std::chrono::days(days),
                                                      .is_explained = true});
        return *access.explanation;
    }
    const Book& book() const { return book_; }

private:
    Book book_;
    support::MemoryRows rows_;
    Posted posted_{book_, rows_};
};

TEST(Access, ComesFromAnEntitlementToTheProductItself) {
    Shop shop;
    shop.product("a1", ProductType::article);
    shop.product("a2", ProductType::article);
    shop.grant("e1", "a1", ProductType::article, 10);
    const auto access = shop.access("a1", 5);
    EXPECT_TRUE(access.answer.has_access);
    EXPECT_EQ(access.answer.entitlement_id, domain::EntitlementId{"e1"});
    EXPECT_EQ(access.answer.valid_until, shop.book().now() + std::chrono::days(10));
    EXPECT_EQ(access.answer.reason, AccessReason::none);
    EXPECT_EQ(access.position.seq, shop.book().seq());
    EXPECT_FALSE(shop.access("a2", 5).answer.has_access);
    EXPECT_EQ(shop.access("a1", 10).answer.reason, AccessReason::expired);
    EXPECT_EQ(shop.access("a1", -1).answer.reason, AccessReason::not_started);
    EXPECT_EQ(shop.access("nothing", 5).answer.reason, AccessReason::unknown_product);
}

TEST(Access, ComesThroughBundlesAndPasses) {
    Shop shop;
    shop.product("gold", ProductType::pass);
    shop.product("a1", ProductType::article, "gold");
    shop.product("b1", ProductType::bundle, "gold");
    shop.product("b2", ProductType::bundle, "b1");
    shop.grant("e1", "b2", ProductType::bundle, 10);
    const auto access = shop.access("a1", 1);
    EXPECT_TRUE(access.answer.has_access);
    EXPECT_EQ(access.answer.via.size(), 4U);
    EXPECT_EQ(access.answer.via.front(), domain::Sku{"b2"});
}

TEST(Access, IsTheBestOfAllEntitlements) {
    Shop shop;
    shop.product("a1", ProductType::article);
    shop.grant("short", "a1", ProductType::article, 2);
    shop.grant("stopped", "a1", ProductType::article, 90);
    shop.suspend("stopped");
    shop.grant("long", "a1", ProductType::article, 20);
    EXPECT_EQ(shop.access("a1", 1).answer.entitlement_id, domain::EntitlementId{"long"});
    EXPECT_EQ(shop.access("a1", 50).answer.reason, AccessReason::suspended_payment);
}

TEST(Access, IsNotOpenToOtherUsersAndTenants) {
    Shop shop;
    shop.product("a1", ProductType::article);
    shop.grant("e1", "a1", ProductType::article, 10);
    EXPECT_EQ(shop.access("a1", 1, "kar").answer.reason, AccessReason::none);
    EXPECT_FALSE(shop.access("a1", 1, "kar").answer.has_access);
    EXPECT_FALSE(shop.access("a1", 1, "kari", "acm").answer.has_access);
}

TEST(Access, IsExplainedByTheOneThatAnswersFirstAndByThoseThatDoNotCoverItLast) {
    Shop shop;
    shop.product("a1", ProductType::article);
    shop.product("b1", ProductType::bundle);
    shop.product("a2", ProductType::article);
    shop.grant("other", "a2", ProductType::article, 10);
    shop.grant("long", "a1", ProductType::article, 20);
    shop.grant("empty", "b1", ProductType::bundle, 10);
    shop.grant("short", "a1", ProductType::article, 2);
    const auto explanation = shop.explain("a1", 5);
    ASSERT_EQ(explanation.candidates.size(), 3U);
    EXPECT_EQ(explanation.candidates[0].entitlement_id, domain::EntitlementId{"long"});
    EXPECT_TRUE(explanation.candidates[0].has_access);
    EXPECT_EQ(explanation.candidates[1].reason, projections::CandidateReason::expired);
    EXPECT_EQ(explanation.candidates[2].reason, projections::CandidateReason::not_covered);
    EXPECT_TRUE(explanation.candidates[2].via.empty());
}

TEST(Access, IsExplainedByTenCandidatesAtMost) {
    Shop shop;
    shop.product("a1", ProductType::article);
    for (int i = 0; i < 12; ++i) {
        shop.grant("e" + std::to_string(i), "a1", ProductType::article, i == 5 ? 20 : 10);
    }
    const auto explanation = shop.explain("a1", 5);
    EXPECT_EQ(explanation.candidates.size(), projections::candidates_max);
    EXPECT_EQ(explanation.candidates.front().entitlement_id, domain::EntitlementId{"e5"});
    EXPECT_EQ(explanation.omitted, 2);
    EXPECT_TRUE(shop.explain("nothing", 5).candidates.empty());
}

}  // namespace
}  // namespace tests::projections_test
