#include "domain/product.hpp"

#include "tests/domain/samples_product.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<ProductDecider>;

ProductEvent created() { return Samples<ProductDecider>::past(ProductStatus::active).front(); }

PurchaseOption monthly() { return std::get<ProductCreated>(created()).purchase_options.front(); }

NewPurchaseOption as_sent(const PurchaseOption& option) { return {option, option.id}; }

NewPurchaseOption option(std::string id, std::int64_t amount) {
    NewPurchaseOption made = as_sent(monthly());
    made.id = PurchaseOptionId{std::move(id)};
    made.amount = amount;
    return made;
}

UpdateProduct with_options(std::vector<NewPurchaseOption> options) {
    return {.purchase_options = change_to(std::move(options))};
}

CreateProduct with_option(NewPurchaseOption made) {
    CreateProduct create = sample_product();
    create.purchase_options = {std::move(made)};
    return create;
}

CreateProduct bundle(std::vector<BundleItem> items) {
    CreateProduct create = sample_product();
    create.type = ProductType::bundle;
    create.items = std::move(items);
    return create;
}

TEST(Product, CanBeSoldAtOnceUnlessADraftIsAskedFor) {
    EXPECT_EQ(given({}).when(sample_product()).after().status, ProductStatus::active);
    CreateProduct draft = sample_product();
    draft.status = FirstProductStatus::draft;
    EXPECT_EQ(given({}).when(draft).after().status, ProductStatus::draft);
}

TEST(Product, ARecurringOptionWithoutATimeRecursEachInterval) {
    EXPECT_EQ(monthly().recurring_time, 1);
}

TEST(Product, ANewPriceIsANewOptionBesideTheOldOne) {
    const auto outcome = given({created()}).when(with_options({option("dearer", 39900)}));
    PurchaseOption added = monthly();
    added.id = PurchaseOptionId{"dearer"};
    added.amount = 39900;
    outcome.then({ProductPurchaseOptionAdded{added}});
    EXPECT_EQ(outcome.after().purchase_options, (std::vector{monthly(), added}));
}

TEST(Product, AnOptionMayBeRenamedAndEnded) {
    PurchaseOption ended = monthly();
    ended.name = "Monthly, old price";
    ended.valid_to = sample_end;
    const auto outcome = given({created()}).when(with_options({as_sent(ended)}));
    outcome.then({ProductPurchaseOptionChanged{ended}});
    EXPECT_TRUE(is_offered(outcome.after().purchase_options.front(), sample_start));
    EXPECT_FALSE(is_offered(outcome.after().purchase_options.front(), sample_end));
}

TEST(Product, SendingBackWhatWasReadRecordsNothing) {
    given({created()}).when(with_options({as_sent(monthly())})).then_nothing();
}

TEST(Product, AChangeKeepsWhatItDoesNotNameAndClearsWhatIsNull) {
    const auto described =
        given({created()})
            .when(UpdateProduct{.description = change_to<std::string>("News"),
                                .authors = change_to(std::vector<std::string>{"Kari"})})
            .after();
    EXPECT_EQ(described.description, "News");
    EXPECT_EQ(described.title, "The Daily");
    const auto cleared = ProductDecider::decide(
        described, UpdateProduct{.description = {true, {}}, .authors = {true, {}}});
    ASSERT_TRUE(cleared);
    const auto after = fold<ProductDecider>(*cleared, described);
    EXPECT_FALSE(after.description);
    EXPECT_TRUE(after.authors.empty());
}

TEST(Product, ClaimsItsExternalId) {
    Product product;
    product.external_id = "4711";
    EXPECT_EQ(claims(product, "daily"), std::vector<std::string>{"product-external/4711"});
}

// What is wrong with an option, as one change of the sample's.
template <class Change>
CreateProduct broken_option(Change change) {
    NewPurchaseOption made = as_sent(monthly());
    change(made);
    return with_option(std::move(made));
}

std::vector<NewPurchaseOption> many_options(int count) {
    std::vector<NewPurchaseOption> all;
    for (int i = 0; i < count; ++i) all.push_back(option(std::to_string(i), 100));
    return all;
}

Metadata many_keys() {
    Metadata metadata;
    for (int i = 0; i <= 50; ++i) metadata[std::to_string(i)] = {"1"};
    return metadata;
}

CreateProduct in_a_cycle() {
    CreateProduct create = bundle({{Sku{"other"}, 1}});
    create.makes_cycle = true;
    return create;
}

ProductCreated ebook() {
    CreateProduct create = sample_product();
    create.type = ProductType::ebook;
    return std::get<ProductCreated>(ProductDecider::decide({}, create).value().front());
}

TEST(Product, HasACalendarOnceBothDaysAreKnown) {
    const auto product = given({created()})
                             .when(UpdateProduct{.issue_weekday = change_to(Weekday::friday),
                                                 .dispatch_weekday = change_to(Weekday::tuesday)})
                             .after();
    EXPECT_EQ(calendar_of(product), (IssueCalendar{Weekday::friday, Weekday::tuesday, 0}));
    EXPECT_EQ(calendar_of(given({created()}).state), std::nullopt);
}

const tests::support::Refusal<ProductDecider> refusals[] = {
    {ProductRejection::items_need_bundle,
     {created()},
     UpdateProduct{.items = change_to(std::vector<BundleItem>{{Sku{"other"}, 1}})}},
    {ProductRejection::bundle_item_repeated, {}, bundle({{Sku{"other"}, 1}, {Sku{"other"}, 2}})},
    {ProductRejection::calendar_needs_publication,
     {ebook()},
     UpdateProduct{.delivery_stop_action = change_to(StopAction::credit)}},
    {ProductRejection::calendar_incomplete,
     {created()},
     UpdateProduct{.issue_weekday = change_to(Weekday::friday)}},
    {ProductRejection::bundle_cycle, {}, bundle({{Sku{"daily"}, 1}})},
    {ProductRejection::bundle_cycle, {}, in_a_cycle()},
    {ProductRejection::bundle_cycle, {created()}, UpdateProduct{.makes_cycle = true}},
    {ProductRejection::recurring_option_needs_interval, {}, broken_option([](auto& made) {
         made.recurring_interval.reset();
     })},
    {ProductRejection::interval_needs_recurring_option, {}, broken_option([](auto& made) {
         made.purchase_type = PurchaseType::one_time;
     })},
    {ProductRejection::purchase_option_never_valid, {}, broken_option([](auto& made) {
         made.valid_from = made.valid_to = sample_start;
     })},
    {ProductRejection::purchase_option_id_repeated,
     {created()},
     with_options({option("a", 1), option("a", 2)})},
    {ProductRejection::purchase_option_immutable,
     {created()},
     with_options({option("monthly", 39900)})},
    {ProductRejection::too_many_purchase_options, {created()}, with_options(many_options(100))},
    {ProductRejection::too_many_metadata_keys,
     {created()},
     UpdateProduct{.metadata = change_to(many_keys())}},
};

TEST(Product, Refuses) { tests::support::expect_refusals<ProductDecider>(refusals); }

TEST(Product, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<ProductDecider>(refusals);
}

}  // namespace
}  // namespace domain
