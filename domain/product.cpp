#include "domain/product.hpp"

#include <algorithm>
#include <cassert>
#include <set>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<ProductEvent>;
using Fault = std::optional<ProductRejection>;

constexpr std::size_t purchase_options_max = 100;

Failure<ProductRejection> because(ProductRejection reason) { return Failure{reason}; }

Fault fault_of(const ProductIdentity& identity, const ProductDetails& details) {
    using enum ProductRejection;
    if (!details.items.empty() && identity.type != ProductType::bundle) return items_need_bundle;
    std::set<Sku> seen;
    for (const BundleItem& item : details.items) {
        if (item.sku == identity.sku) return bundle_cycle;
        if (!seen.insert(item.sku).second) return bundle_item_repeated;
    }
    const bool has_days = details.issue_weekday || details.dispatch_weekday || details.lead_days;
    const bool has_calendar = has_days || details.delivery_stop_action;
    if (has_calendar && identity.type != ProductType::publication) {
        return calendar_needs_publication;
    }
    if (has_days && !calendar_of(details)) return calendar_incomplete;
    if (details.metadata.size() > metadata_keys_max) return too_many_metadata_keys;
    return std::nullopt;
}

Fault fault_of(const PurchaseTerms& terms) {
    using enum ProductRejection;
    const bool has_interval = terms.recurring_interval.has_value();
    if (terms.purchase_type == PurchaseType::recurring && !has_interval) {
        return recurring_option_needs_interval;
    }
    if (terms.recurring_time && !has_interval) return recurring_option_needs_interval;
    if (terms.purchase_type == PurchaseType::one_time && has_interval) {
        return interval_needs_recurring_option;
    }
    if (terms.valid_from && terms.valid_to && *terms.valid_to <= *terms.valid_from) {
        return purchase_option_never_valid;
    }
    return std::nullopt;
}

Fault fault_of(const std::vector<NewPurchaseOption>& options) {
    std::set<PurchaseOptionId> seen;
    for (const NewPurchaseOption& option : options) {
        if (!seen.insert(*option.id).second) return ProductRejection::purchase_option_id_repeated;
        if (const auto fault = fault_of(option)) return fault;
    }
    return std::nullopt;
}

// REQUIRES: the handler gave it an id.
PurchaseOption completed(const NewPurchaseOption& option) {
    assert(option.id);
    PurchaseOption made{option, *option.id};
    if (made.recurring_interval && !made.recurring_time) made.recurring_time = 1;
    return made;
}

// May `next` take the place of `old`? Contracts refer to the terms of what they bought.
bool has_same_terms(PurchaseOption old, const PurchaseOption& next) {
    old.name = next.name;
    old.valid_from = next.valid_from;
    old.valid_to = next.valid_to;
    return old == next;
}

ProductDetails changed(ProductDetails details, const UpdateProduct& change) {
    const auto list = [](auto& field, const auto& asked) {
        if (asked.is_given) field = asked.value.value_or(std::decay_t<decltype(field)>{});
    };
    details.title = change.title.or_else(std::move(details.title));
    details.description = change.description.over(std::move(details.description));
    details.cover = change.cover.over(std::move(details.cover));
    details.url = change.url.over(std::move(details.url));
    details.language = change.language.over(std::move(details.language));
    details.publisher = change.publisher.over(std::move(details.publisher));
    list(details.authors, change.authors);
    details.published_at = change.published_at.over(details.published_at);
    list(details.items, change.items);
    list(details.passes, change.passes);
    details.publication_sku = change.publication_sku.over(std::move(details.publication_sku));
    details.issue_code = change.issue_code.over(std::move(details.issue_code));
    list(details.fulfillment_methods, change.fulfillment_methods);
    details.issue_weekday = change.issue_weekday.over(details.issue_weekday);
    details.dispatch_weekday = change.dispatch_weekday.over(details.dispatch_weekday);
    details.lead_days = change.lead_days.over(details.lead_days);
    details.delivery_stop_action = change.delivery_stop_action.over(details.delivery_stop_action);
    details.external_id = change.external_id.over(std::move(details.external_id));
    details.metadata = merged(std::move(details.metadata), change.metadata);
    return details;
}

// What the list of options asks for, as events, or why it is refused.
Decision<ProductDecider> changes_of_options(const Product& product,
                                            const std::vector<NewPurchaseOption>& asked) {
    using enum ProductRejection;
    if (const auto fault = fault_of(asked)) return because(*fault);
    Events events;
    std::size_t count = product.purchase_options.size();
    for (const NewPurchaseOption& wish : asked) {
        const PurchaseOption next = completed(wish);
        const PurchaseOption* old = find_option(product, next.id);
        if (old == nullptr) {
            if (++count > purchase_options_max) return because(too_many_purchase_options);
            events.emplace_back(ProductPurchaseOptionAdded{next});
        } else if (!has_same_terms(*old, next)) {
            return because(purchase_option_immutable);
        } else if (*old != next) {
            events.emplace_back(ProductPurchaseOptionChanged{next});
        }
    }
    return events;
}

Decision<ProductDecider> handle(const Product&, const CreateProduct& command) {
    if (const auto fault = fault_of(command, command)) return because(*fault);
    if (command.makes_cycle) return because(ProductRejection::bundle_cycle);
    if (const auto fault = fault_of(command.purchase_options)) return because(*fault);

    ProductCreated created{command, command, {}, command.status};
    for (const NewPurchaseOption& option : command.purchase_options) {
        created.purchase_options.push_back(completed(option));
    }
    return Events{std::move(created)};
}

Decision<ProductDecider> handle(const Product& product, const UpdateProduct& command) {
    const ProductDetails details = changed(product, command);
    if (const auto fault = fault_of(product, details)) return because(*fault);
    if (command.makes_cycle) return because(ProductRejection::bundle_cycle);

    Events events;
    if (details != static_cast<const ProductDetails&>(product)) {
        events.emplace_back(ProductChanged{details});
    }
    if (!command.purchase_options.value) return events;
    auto options = changes_of_options(product, *command.purchase_options.value);
    if (!options) return options;
    events.insert(events.end(), options->begin(), options->end());
    return events;
}

Decision<ProductDecider> handle(const Product&, const PublishProduct&) {
    return Events{ProductPublished{}};
}

Decision<ProductDecider> handle(const Product&, const ArchiveProduct&) {
    return Events{ProductArchived{}};
}

Decision<ProductDecider> handle(const Product&, const RestoreProduct&) {
    return Events{ProductRestored{}};
}

Product replay(Product product, const ProductCreated& event) {
    assert(product.status == ProductStatus::absent);
    static_cast<ProductIdentity&>(product) = event;
    static_cast<ProductDetails&>(product) = event;
    product.purchase_options = event.purchase_options;
    product.status =
        event.status == FirstProductStatus::draft ? ProductStatus::draft : ProductStatus::active;
    return product;
}

Product replay(Product product, const ProductChanged& event) {
    assert(product.status != ProductStatus::absent);
    static_cast<ProductDetails&>(product) = event;
    return product;
}

Product replay(Product product, const ProductPurchaseOptionAdded& event) {
    assert(find_option(product, event.id) == nullptr);
    product.purchase_options.push_back(event);
    return product;
}

Product replay(Product product, const ProductPurchaseOptionChanged& event) {
    const auto at = std::ranges::find(product.purchase_options, event.id, &PurchaseOption::id);
    assert(at != product.purchase_options.end() && has_same_terms(*at, event));
    *at = event;
    return product;
}

Product replay(Product product, const ProductPublished&) {
    assert(product.status == ProductStatus::draft);
    product.status = ProductStatus::active;
    return product;
}

Product replay(Product product, const ProductArchived&) {
    assert(product.status == ProductStatus::active);
    product.status = ProductStatus::archived;
    return product;
}

Product replay(Product product, const ProductRestored&) {
    assert(product.status == ProductStatus::archived);
    product.status = ProductStatus::active;
    return product;
}

}  // namespace

RefusalInfo info(ProductRejection refusal) {
    using enum ProductRejection;
    using enum RefusalKind;
    switch (refusal) {
        case items_need_bundle:
            return {invalid, "/items", "only a product of type bundle has items"};
        case bundle_item_repeated: return {invalid, "/items", "each SKU stands once; use quantity"};
        case bundle_cycle:
            return {invalid, "/items", "the bundle would contain itself; leave that item out"};
        case calendar_needs_publication:
            return {invalid, "/issueWeekday", "only a product of type publication has a calendar"};
        case calendar_incomplete:
            return {invalid, "/issueWeekday", "issueWeekday and dispatchWeekday stand together"};
        case recurring_option_needs_interval:
            return {invalid, "/purchaseOptions", "a recurring option needs recurringInterval"};
        case interval_needs_recurring_option:
            return {invalid, "/purchaseOptions",
                    "a oneTime option has no recurringInterval; leave it out"};
        case purchase_option_never_valid:
            return {invalid, "/purchaseOptions", "validTo must be later than validFrom"};
        case purchase_option_id_repeated:
            return {invalid, "/purchaseOptions", "two options have the same id"};
        case purchase_option_immutable:
            return {conflict, "/purchaseOptions",
                    "the terms of an option never change: add an option without this id, and end "
                    "the old one with validTo"};
        case too_many_purchase_options:
            return {conflict, "/purchaseOptions", "a product has at most 100 purchase options"};
        case too_many_metadata_keys:
            return {invalid, "/metadata", "may have at most 50 keys; remove some first"};
    }
    return {};
}

std::optional<IssueCalendar> calendar_of(const ProductDetails& details) {
    if (!details.issue_weekday || !details.dispatch_weekday) return std::nullopt;
    return IssueCalendar{*details.issue_weekday, *details.dispatch_weekday,
                         details.lead_days.value_or(0)};
}

const PurchaseOption* find_option(const Product& product, const PurchaseOptionId& id) {
    const auto at = std::ranges::find(product.purchase_options, id, &PurchaseOption::id);
    return at == product.purchase_options.end() ? nullptr : &*at;
}

std::vector<std::string> claims(const Product& product, std::string_view) {
    return external_claims("product", product.external_id);
}

Decision<ProductDecider> ProductDecider::decide(const Product& product,
                                                const ProductCommand& command) {
    assert(is_legal<ProductDecider>(product.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(product, one); }, command);
}

Product ProductDecider::evolve(Product product, const ProductEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(product), one); }, event);
}

}  // namespace domain
