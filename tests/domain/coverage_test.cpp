#include "domain/coverage.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/domain/samples_entitlement.hpp"

namespace domain {
namespace {

constexpr Timestamp middle = sample_start + std::chrono::days{10};

// A small catalogue: issues of "daily", a pass over "daily", bundles, and a cycle of bundles.
class Catalogue {
public:
    Catalogue() {
        for (const char* sku : {"daily", "plus", "book", "podcast"}) add(sku);
        add("issue-10").publication_sku = Sku{"daily"};
        at("issue-10").published_at = middle;
        at("issue-10").issue_code = "2026-10";
        add("issue-old").publication_sku = Sku{"daily"};
        at("issue-old").published_at = sample_start - std::chrono::days{1};
        at("issue-old").issue_code = "2025-52";
        add("issue-unpublished").publication_sku = Sku{"daily"};
        at("daily").passes = {Sku{"plus"}};
        at("podcast").passes = {Sku{"plus"}};
        add("shelf").items = {{Sku{"book"}, 1}, {Sku{"plus"}, 1}};
        add("library").items = {{Sku{"shelf"}, 2}};
        add("one").items = {{Sku{"other"}, 1}};
        add("other").items = {{Sku{"one"}, 1}, {Sku{"book"}, 1}};
    }
    const Product* operator()(const Sku& sku) const {
        const auto found = products_.find(sku);
        return found == products_.end() ? nullptr : &found->second;
    }

private:
    Product& add(const std::string& sku) { return products_[Sku{sku}]; }
    Product& at(const std::string& sku) { return products_.at(Sku{sku}); }
    std::map<Sku, Product> products_;
};

const Catalogue catalogue;

Entitlement right_to(const std::string& sku,
                     EntitlementSourceKind source = EntitlementSourceKind::contract) {
    EntitlementGranted granted = sample_entitlement();
    granted.sku = Sku{sku};
    granted.source.kind = source;
    return EntitlementDecider::evolve({}, granted);
}

std::vector<std::string> via(const Entitlement& entitlement, const std::string& wanted) {
    const auto coverage = covers(entitlement, Sku{wanted}, catalogue);
    std::vector<std::string> chain;
    if (!coverage) return chain;
    for (const Sku& sku : coverage->via) chain.push_back(sku.text);
    return chain;
}

using Chain = std::vector<std::string>;

TEST(Coverage, AProductCoversItselfAndNoOther) {
    EXPECT_EQ(via(right_to("book"), "book"), Chain{"book"});
    EXPECT_EQ(via(right_to("book"), "daily"), Chain{});
    EXPECT_EQ(via(right_to("unknown"), "unknown"), Chain{"unknown"});
}

TEST(Coverage, ABundleCoversItsItemsHoweverDeep) {
    EXPECT_EQ(via(right_to("shelf"), "book"), (Chain{"shelf", "book"}));
    EXPECT_EQ(via(right_to("library"), "book"), (Chain{"library", "shelf", "book"}));
    EXPECT_EQ(via(right_to("book"), "shelf"), Chain{});
}

TEST(Coverage, APassCoversWhatIsTaggedWithIt) {
    EXPECT_EQ(via(right_to("plus"), "podcast"), (Chain{"plus", "podcast"}));
    EXPECT_EQ(via(right_to("library"), "podcast"), (Chain{"library", "shelf", "plus", "podcast"}));
}

TEST(Coverage, APublicationCoversIssuesPublishedInItsWindow) {
    EXPECT_EQ(via(right_to("daily"), "issue-10"), (Chain{"daily", "issue-10"}));
    EXPECT_EQ(via(right_to("daily"), "issue-old"), Chain{});
    EXPECT_EQ(via(right_to("daily"), "issue-unpublished"), Chain{});
    EXPECT_EQ(via(right_to("plus"), "issue-10"), (Chain{"plus", "daily", "issue-10"}));
}

TEST(Coverage, AScopeOfIssuesTakesThePlaceOfTheWindow) {
    Entitlement entitlement = right_to("daily");
    entitlement.scope = EntitlementScope{Sku{"daily"}, "2025-50", "2025-52"};
    EXPECT_EQ(via(entitlement, "issue-old"), (Chain{"daily", "issue-old"}));
    EXPECT_EQ(via(entitlement, "issue-10"), Chain{});
    EXPECT_EQ(via(entitlement, "issue-unpublished"), Chain{});
    entitlement.scope->publication = Sku{"weekly"};
    EXPECT_EQ(via(entitlement, "issue-old"), Chain{});
}

TEST(Coverage, ACycleOfBundlesEnds) {
    EXPECT_EQ(via(right_to("one"), "book"), (Chain{"one", "other", "book"}));
    EXPECT_EQ(via(right_to("one"), "podcast"), Chain{});
}

TEST(Coverage, ABundleThatWouldContainItselfIsFound) {
    const std::vector<BundleItem> library{{Sku{"library"}, 1}};
    EXPECT_TRUE(would_cycle(Sku{"shelf"}, library, catalogue));
    EXPECT_TRUE(would_cycle(Sku{"library"}, library, catalogue));
    EXPECT_FALSE(would_cycle(Sku{"new"}, library, catalogue));
    EXPECT_FALSE(would_cycle(Sku{"new"}, std::vector<BundleItem>{{Sku{"one"}, 1}}, catalogue));
}

TEST(Coverage, TheAnswerNamesTheEntitlementAndItsEnd) {
    const EntitlementId id{"e1"};
    const auto yes = answer(id, right_to("daily"), Sku{"issue-10"}, middle, catalogue);
    ASSERT_TRUE(yes);
    EXPECT_TRUE(yes->has_access);
    EXPECT_EQ(yes->entitlement_id, id);
    EXPECT_EQ(yes->valid_until, sample_end);
    EXPECT_EQ(yes->reason, AccessReason::none);
    EXPECT_FALSE(answer(id, right_to("daily"), Sku{"book"}, middle, catalogue));
}

TEST(Coverage, AnArchiveStaysForPurchasesNotForSubscriptions) {
    const EntitlementId id{"e1"};
    const auto read_later = [&](EntitlementSourceKind source, const std::string& sku) {
        return answer(id, right_to("daily", source), Sku{sku}, sample_end, catalogue);
    };
    const auto bought = read_later(EntitlementSourceKind::purchase, "issue-10");
    EXPECT_TRUE(bought->has_access);
    EXPECT_FALSE(bought->valid_until);
    EXPECT_EQ(read_later(EntitlementSourceKind::contract, "issue-10")->reason,
              AccessReason::expired);
    // What was bought ends as said where it is no archive.
    EXPECT_EQ(read_later(EntitlementSourceKind::purchase, "daily")->reason, AccessReason::expired);
}

TEST(Coverage, AccessIsTheBetterAnswerThenTheReasonThatIsEasierToMend) {
    AccessAnswer yes{.has_access = true, .valid_until = sample_start};
    AccessAnswer longer{.has_access = true, .valid_until = sample_end};
    AccessAnswer for_ever{.has_access = true};
    AccessAnswer unpaid{.reason = AccessReason::suspended_payment};
    AccessAnswer expired{.reason = AccessReason::expired};
    EXPECT_EQ(better(expired, yes), yes);
    EXPECT_EQ(better(yes, longer), longer);
    EXPECT_EQ(better(for_ever, longer), for_ever);
    EXPECT_EQ(better(unpaid, expired), unpaid);
}

}  // namespace
}  // namespace domain
