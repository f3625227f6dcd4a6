#include "commands/product.hpp"

#include <gtest/gtest.h>

#include "commands/vendor.hpp"
#include "tests/support/workplace.hpp"

namespace commands {
namespace {

using domain::ProductType;
using domain::Sku;

class ProductCommands : public testing::Test {
protected:
    ProductCommands() {
        domain::CreateVendor vendor;
        vendor.id = domain::Slug{"acme"};
        vendor.name = "Acme";
        EXPECT_TRUE(workplace.run(vendor));
    }
    static domain::CreateProduct product(const std::string& sku,
                                         ProductType type = ProductType::ebook) {
        domain::CreateProduct create;
        create.sku = Sku{sku};
        create.type = type;
        create.vendor_id = domain::VendorId{"acme"};
        create.title = sku;
        return create;
    }
    static domain::CreateProduct bundle(const std::string& sku, const std::string& item) {
        auto create = product(sku, ProductType::bundle);
        create.items = {{Sku{item}, 1}};
        return create;
    }
    static domain::NewPurchaseOption option(std::int64_t amount) {
        domain::NewPurchaseOption made;
        made.amount = amount;
        made.currency = domain::Currency::parse("NOK").value();
        return made;
    }

    tests::support::Workplace workplace;
};

TEST_F(ProductCommands, AProductIsKnownByItsSkuAndItsOptionsGetIds) {
    auto create = product("book");
    create.purchase_options = {option(9900), option(4900)};
    create.purchase_options.back().id = domain::PurchaseOptionId{"mine"};
    EXPECT_EQ(workplace.run(create)->id, "book");
    const auto& options = workplace.state<domain::ProductDecider>("book").purchase_options;
    EXPECT_EQ(options.front().id.text, "made-1");
    EXPECT_EQ(options.back().id.text, "mine");
    EXPECT_EQ(workplace.code_of(create), "product_exists");
}

TEST_F(ProductCommands, AllThatItNamesMustExistAndAllThatDoesNotIsNamed) {
    auto create = bundle("shelf", "ghost");
    create.vendor_id = domain::VendorId{"nobody"};
    create.passes = {Sku{"no-pass"}};
    create.publication_sku = Sku{"no-paper"};
    const auto answer = workplace.run(create);
    ASSERT_FALSE(answer);
    std::vector<std::string> pointers;
    for (const auto& problem : answer.error().errors) pointers.push_back(problem.pointer);
    EXPECT_EQ(pointers, (std::vector<std::string>{"/vendorId", "/items/0/sku", "/passes/0",
                                                  "/publicationSku"}));
    EXPECT_EQ(answer.error().kind, FaultKind::invalid);
}

TEST_F(ProductCommands, APassMustBeAPass) {
    ASSERT_TRUE(workplace.run(product("book")));
    auto create = product("podcast", ProductType::podcast);
    create.passes = {Sku{"book"}};
    EXPECT_EQ(workplace.code_of(create), "wrong_product_type");
}

TEST_F(ProductCommands, AClosedVendorGetsNoNewProducts) {
    ASSERT_TRUE(workplace.run(domain::SuspendVendor{}, "acme"));
    ASSERT_TRUE(workplace.run(domain::CloseVendor{}, "acme"));
    EXPECT_EQ(workplace.code_of(product("book")), "vendor_closed");
}

TEST_F(ProductCommands, ABundleNeverContainsItselfHoweverDeep) {
    EXPECT_EQ(workplace.code_of(bundle("self", "self")), "bundle_cycle");
    ASSERT_TRUE(workplace.run(product("book")));
    ASSERT_TRUE(workplace.run(bundle("inner", "book")));
    ASSERT_TRUE(workplace.run(bundle("outer", "inner")));
    const domain::UpdateProduct turned{
        .items = domain::change_to(std::vector<domain::BundleItem>{{Sku{"outer"}, 1}})};
    EXPECT_EQ(workplace.code_of(turned, "inner"), "bundle_cycle");
}

TEST_F(ProductCommands, ANewPriceIsAnOptionWithANewId) {
    auto create = product("book");
    create.purchase_options = {option(9900)};
    ASSERT_TRUE(workplace.run(create));
    const domain::UpdateProduct dearer{.purchase_options = domain::change_to(
                                           std::vector<domain::NewPurchaseOption>{option(12900)})};
    ASSERT_TRUE(workplace.run(dearer, "book"));
    EXPECT_EQ(workplace.events(), "ProductPurchaseOptionAdded");
    const auto& options = workplace.state<domain::ProductDecider>("book").purchase_options;
    ASSERT_EQ(options.size(), 2U);
    EXPECT_EQ(options[0].amount, 9900);
    EXPECT_EQ(options[1].id.text, "made-2");
}

TEST_F(ProductCommands, AChangeOfWhatDoesNotExistIsNotFound) {
    const domain::UpdateProduct change{.passes = domain::change_to(std::vector{Sku{"ghost"}})};
    EXPECT_EQ(workplace.code_of(change, "nothing"), "not_found");
    ASSERT_TRUE(workplace.run(product("book")));
    EXPECT_EQ(workplace.code_of(change, "book"), "unknown_product");
}

TEST_F(ProductCommands, AProductIsPublishedArchivedAndRestored) {
    auto create = product("book");
    create.status = domain::FirstProductStatus::draft;
    ASSERT_TRUE(workplace.run(create));
    EXPECT_EQ(workplace.code_of(domain::ArchiveProduct{}, "book"), "illegal_transition");
    EXPECT_TRUE(workplace.run(domain::PublishProduct{}, "book"));
    EXPECT_TRUE(workplace.run(domain::ArchiveProduct{}, "book"));
    EXPECT_TRUE(workplace.run(domain::RestoreProduct{}, "book"));
}

}  // namespace
}  // namespace commands
