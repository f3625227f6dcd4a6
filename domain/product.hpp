// A product: anything that can be sold or given access to, known by its SKU.
//
// DRAFT → ACTIVE ↔ ARCHIVED; a product is never deleted. It is created ACTIVE unless `status` says
// DRAFT. The stream's id is the SKU. The rules are in product.cpp; which product gives access to
// which other one is in coverage.hpp.
//
// Invariants: SKU, type and vendor never change; the terms of a purchase option never change (a new
// price is a new option; validTo ends an old one); a bundle never contains itself, however deep.
//
// Events are stored for ever: add a field, never rename, retype or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/change.hpp"
#include "domain/decider.hpp"
#include "domain/ids.hpp"
#include "domain/issue_calendar.hpp"
#include "domain/metadata.hpp"
#include "domain/personal.hpp"
#include "domain/purchase_option.hpp"
#include "domain/text_types.hpp"
#include "domain/time.hpp"

namespace domain {

enum class ProductType : std::uint8_t {
    article,
    audiobook,
    ebook,
    bundle,
    podcast,
    pass,
    publication,
    physical_issue
};
constexpr auto describe(const ProductType*) {
    return wire_names("article", "audiobook", "ebook", "bundle", "podcast", "pass", "publication",
                      "physical_issue");
}

enum class FulfillmentMethod : std::uint8_t {
    digital_access,
    download,
    audio_feed,
    epaper,
    physical_shipment
};
constexpr auto describe(const FulfillmentMethod*) {
    return wire_names("digitalAccess", "download", "audioFeed", "epaper", "physicalShipment");
}

struct BundleItem {
    Sku sku;
    std::int64_t quantity = 1;
    bool operator==(const BundleItem&) const = default;
};
constexpr auto describe(const BundleItem*) {
    return fields(field<&BundleItem::sku>("sku", "A product in the bundle.").required(),
                  field<&BundleItem::quantity>("quantity", "How many of it.").range(1, 1000));
}

// What a product is and for ever stays.
struct ProductIdentity {
    Sku sku;
    ProductType type = ProductType::article;
    VendorId vendor_id;
    bool operator==(const ProductIdentity&) const = default;
};
constexpr auto describe(const ProductIdentity*) {
    return fields(
        field<&ProductIdentity::sku>("sku", "The product's id; never changes.").required(),
        field<&ProductIdentity::type>("type", "What it is; never changes.").required(),
        field<&ProductIdentity::vendor_id>("vendorId", "Who sells it; never changes.").required());
}

// What may be changed.
struct ProductDetails {
    std::string title;
    std::optional<std::string> description;
    std::optional<Url> cover;
    std::optional<Url> url;
    std::optional<Locale> language;
    std::optional<std::string> publisher;
    std::vector<std::string> authors;
    std::optional<Timestamp> published_at;
    std::vector<BundleItem> items;
    std::vector<Sku> passes;
    std::optional<Sku> publication_sku;
    std::optional<std::string> issue_code;
    std::vector<FulfillmentMethod> fulfillment_methods;
    std::optional<Weekday> issue_weekday;
    std::optional<Weekday> dispatch_weekday;
    std::optional<std::int64_t> lead_days;
    std::optional<StopAction> delivery_stop_action;
    std::optional<std::string> external_id;
    Metadata metadata;
    bool operator==(const ProductDetails&) const = default;
};
constexpr auto describe(const ProductDetails*) {
    using D = ProductDetails;
    return fields(
        field<&D::title>("title", "The title as readers know it.").required().length(1, 300),
        field<&D::description>("description", "A text for readers.").length(0, 10000),
        field<&D::cover>("cover", "Address of the cover."),
        field<&D::url>("url", "Address of the product's page."),
        field<&D::language>("language", "Language, BCP 47."),
        field<&D::publisher>("publisher", "The publisher's name.").length(1, 200),
        field<&D::authors>("authors", "Names of the authors.").length(1, 200),
        field<&D::published_at>("publishedAt", "When it was or will be published."),
        field<&D::items>("items", "What a bundle contains.").items(500),
        field<&D::passes>("passes", "The passes that give access to it."),
        field<&D::publication_sku>("publicationSku", "The publication of which it is an issue."),
        field<&D::issue_code>("issueCode", "The issue, such as 2026-48.").length(1, 40),
        field<&D::fulfillment_methods>("fulfillmentMethods", "How it is handed over.").items(5),
        field<&D::issue_weekday>("issueWeekday", "Of a publication: the day of its cover dates."),
        field<&D::dispatch_weekday>("dispatchWeekday",
                                    "The day on which the dispatch file of an issue is made."),
        field<&D::lead_days>("leadDays",
                             "How many days before that nothing is changed any more; none if left "
                             "out.")
            .range(0, 60),
        field<&D::delivery_stop_action>("deliveryStopAction",
                                        "What a delivery stop gives the customer."),
        field<&D::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&D::metadata>("metadata", "Values of your own.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max));
}

// Commands ----------------------------------------------------------------------------------------

enum class FirstProductStatus : std::uint8_t { draft, active };
constexpr auto describe(const FirstProductStatus*) { return wire_names("DRAFT", "ACTIVE"); }

struct CreateProduct : ProductIdentity, ProductDetails {
    // The handler gives an id to each option that came without one.
    std::vector<NewPurchaseOption> purchase_options = {};
    FirstProductStatus status = FirstProductStatus::active;
    bool makes_cycle = false;  // Found by the handler, who knows the other products.
    bool operator==(const CreateProduct&) const = default;
};
constexpr auto describe(const CreateProduct*) {
    return std::tuple_cat(
        describe(static_cast<const ProductIdentity*>(nullptr)),
        describe(static_cast<const ProductDetails*>(nullptr)),
        fields(field<&CreateProduct::purchase_options>("purchaseOptions", "How it can be bought."),
               field<&CreateProduct::status>("status", "DRAFT to publish it later.")));
}

struct UpdateProduct {
    Change<std::string> title = {};
    Change<std::string> description = {};
    Change<Url> cover = {};
    Change<Url> url = {};
    Change<Locale> language = {};
    Change<std::string> publisher = {};
    Change<std::vector<std::string>> authors = {};
    Change<Timestamp> published_at = {};
    Change<std::vector<BundleItem>> items = {};
    Change<std::vector<Sku>> passes = {};
    Change<Sku> publication_sku = {};
    Change<std::string> issue_code = {};
    Change<std::vector<FulfillmentMethod>> fulfillment_methods = {};
    Change<Weekday> issue_weekday = {};
    Change<Weekday> dispatch_weekday = {};
    Change<std::int64_t> lead_days = {};
    Change<StopAction> delivery_stop_action = {};
    Change<std::string> external_id = {};
    Change<Metadata> metadata = {};
    Change<std::vector<NewPurchaseOption>> purchase_options = {};
    std::optional<std::string> reason = {};
    bool makes_cycle = false;  // Found by the handler, who knows the other products.
    bool operator==(const UpdateProduct&) const = default;
};
constexpr auto describe(const UpdateProduct*) {
    using U = UpdateProduct;
    return fields(
        field<&U::title>("title", "The title as readers know it.").required().length(1, 300),
        field<&U::description>("description", "A text for readers.").length(0, 10000),
        field<&U::cover>("cover", "Address of the cover."),
        field<&U::url>("url", "Address of the product's page."),
        field<&U::language>("language", "Language, BCP 47."),
        field<&U::publisher>("publisher", "The publisher's name.").length(1, 200),
        field<&U::authors>("authors", "Replaced as a whole.").length(1, 200),
        field<&U::published_at>("publishedAt", "When it was or will be published."),
        field<&U::items>("items", "Replaced as a whole.").items(500),
        field<&U::passes>("passes", "Replaced as a whole."),
        field<&U::publication_sku>("publicationSku", "The publication of which it is an issue."),
        field<&U::issue_code>("issueCode", "The issue, such as 2026-48.").length(1, 40),
        field<&U::fulfillment_methods>("fulfillmentMethods", "Replaced as a whole.").items(5),
        field<&U::issue_weekday>("issueWeekday", "Of a publication: the day of its cover dates."),
        field<&U::dispatch_weekday>("dispatchWeekday",
                                    "The day on which the dispatch file of an issue is made."),
        field<&U::lead_days>("leadDays", "How many days before that nothing is changed any more.")
            .range(0, 60),
        field<&U::delivery_stop_action>("deliveryStopAction",
                                        "What a delivery stop gives the customer."),
        field<&U::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&U::metadata>("metadata", "Merged key by key; null removes a key.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max),
        field<&U::purchase_options>(
            "purchaseOptions",
            "Without a known id: added. With one: only name, validFrom and validTo may differ. "
            "Options that are left out stay as they are.")
            .required(),
        field<&U::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct PublishProduct {
    std::optional<std::string> reason = {};
    bool operator==(const PublishProduct&) const = default;
};
constexpr auto describe(const PublishProduct*) {
    return fields(
        field<&PublishProduct::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct ArchiveProduct {
    std::optional<std::string> reason = {};
    bool operator==(const ArchiveProduct&) const = default;
};
constexpr auto describe(const ArchiveProduct*) {
    return fields(
        field<&ArchiveProduct::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct RestoreProduct {
    std::optional<std::string> reason = {};
    bool operator==(const RestoreProduct&) const = default;
};
constexpr auto describe(const RestoreProduct*) {
    return fields(
        field<&RestoreProduct::reason>("reason", "Why; kept in the history.").length(0, 500));
}

using ProductCommand =
    std::variant<CreateProduct, UpdateProduct, PublishProduct, ArchiveProduct, RestoreProduct>;

// Events ------------------------------------------------------------------------------------------

struct ProductCreated : ProductIdentity, ProductDetails {
    std::vector<PurchaseOption> purchase_options;
    FirstProductStatus status = FirstProductStatus::active;
    bool operator==(const ProductCreated&) const = default;
};
constexpr auto describe(const ProductCreated*) {
    return std::tuple_cat(
        describe(static_cast<const ProductIdentity*>(nullptr)),
        describe(static_cast<const ProductDetails*>(nullptr)),
        fields(field<&ProductCreated::purchase_options>("purchaseOptions", "How it can be bought."),
               field<&ProductCreated::status>("status", "The status that it begins in.")));
}
// All details as they are after the change.
struct ProductChanged : ProductDetails {
    bool operator==(const ProductChanged&) const = default;
};
struct ProductPurchaseOptionAdded : PurchaseOption {
    bool operator==(const ProductPurchaseOptionAdded&) const = default;
};
// Its name or the time in which it is offered; never its terms.
struct ProductPurchaseOptionChanged : PurchaseOption {
    bool operator==(const ProductPurchaseOptionChanged&) const = default;
};
struct ProductPublished {
    bool operator==(const ProductPublished&) const = default;
};
constexpr auto describe(const ProductPublished*) { return fields(); }
struct ProductArchived {
    bool operator==(const ProductArchived&) const = default;
};
constexpr auto describe(const ProductArchived*) { return fields(); }
struct ProductRestored {
    bool operator==(const ProductRestored&) const = default;
};
constexpr auto describe(const ProductRestored*) { return fields(); }

using ProductEvent =
    std::variant<ProductCreated, ProductChanged, ProductPurchaseOptionAdded,
                 ProductPurchaseOptionChanged, ProductPublished, ProductArchived, ProductRestored>;

// Refusals ----------------------------------------------------------------------------------------

enum class ProductRejection : std::uint8_t {
    items_need_bundle,
    bundle_item_repeated,
    bundle_cycle,
    calendar_needs_publication,
    calendar_incomplete,
    recurring_option_needs_interval,
    interval_needs_recurring_option,
    purchase_option_never_valid,
    purchase_option_id_repeated,
    purchase_option_immutable,
    too_many_purchase_options,
    too_many_metadata_keys
};
constexpr auto describe(const ProductRejection*) {
    return wire_names(
        "items_need_bundle", "bundle_item_repeated", "bundle_cycle", "calendar_needs_publication",
        "calendar_incomplete", "recurring_option_needs_interval", "interval_needs_recurring_option",
        "purchase_option_never_valid", "purchase_option_id_repeated", "purchase_option_immutable",
        "too_many_purchase_options", "too_many_metadata_keys");
}
RefusalInfo info(ProductRejection refusal);

// State -------------------------------------------------------------------------------------------

enum class ProductStatus : std::uint8_t { absent, draft, active, archived };
constexpr auto describe(const ProductStatus*) {
    return wire_names("", "DRAFT", "ACTIVE", "ARCHIVED");
}

struct Product : ProductIdentity, ProductDetails {
    std::vector<PurchaseOption> purchase_options;
    ProductStatus status = ProductStatus::absent;
    bool operator==(const Product&) const = default;
};
constexpr auto describe(const Product*) {
    return std::tuple_cat(
        describe(static_cast<const ProductIdentity*>(nullptr)),
        describe(static_cast<const ProductDetails*>(nullptr)),
        fields(field<&Product::purchase_options>("purchaseOptions", "How it can be bought."),
               field<&Product::status>("status", "Whether it is sold.")));
}

// When its issues come out, if it is a publication that says so. Issues that are scheduled already
// keep their cut-off when that changes.
std::optional<IssueCalendar> calendar_of(const ProductDetails& details);

// Null when the product has no option with this id.
const PurchaseOption* find_option(const Product& product, const PurchaseOptionId& id);

// Keys that no other product of the tenant may have; see claims.hpp.
std::vector<std::string> claims(const Product& product, std::string_view id);

struct ProductDecider {
    using State = Product;
    using Command = ProductCommand;
    using Event = ProductEvent;
    using Rejection = ProductRejection;
    using Status = ProductStatus;

    static constexpr Kind kind = Kind::products;
    static constexpr std::array<Transition<Status>, 7> transitions{{
        {"CreateProduct", {Status::absent}, {Status::draft, Status::active}},
        {"UpdateProduct", {Status::draft}, {Status::draft}},
        {"UpdateProduct", {Status::active}, {Status::active}},
        {"UpdateProduct", {Status::archived}, {Status::archived}},
        {"PublishProduct", {Status::draft}, {Status::active}},
        {"ArchiveProduct", {Status::active}, {Status::archived}},
        {"RestoreProduct", {Status::archived}, {Status::active}},
    }};

    static Decision<ProductDecider> decide(const Product& product, const ProductCommand& command);
    static Product evolve(Product product, const ProductEvent& event);
};

}  // namespace domain
