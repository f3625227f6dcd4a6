#include "commands/product.hpp"

#include <string>

#include "commands/checks.hpp"
#include "domain/coverage.hpp"

namespace commands {
namespace {

using domain::ProductDecider;
using domain::ProductType;

void check_named(Checks& checks, Work& work, const domain::Sku& sku, ProductType type,
                 const std::string& pointer) {
    const auto* named = checks.existing<ProductDecider>(work, sku.text, pointer, "product");
    if (named == nullptr || named->state.type == type) return;
    checks.add(pointer, "wrong_product_type",
               "must name a product of type " + std::string(name(type)));
}

void check_items(Checks& checks, Work& work, const std::vector<domain::BundleItem>& items,
                 std::string_view own_sku) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].sku.text == own_sku) continue;  // A cycle: the decider says so.
        checks.existing<ProductDecider>(work, items[i].sku.text,
                                        "/items/" + std::to_string(i) + "/sku", "product");
    }
}

void check_passes(Checks& checks, Work& work, const std::vector<domain::Sku>& passes) {
    for (std::size_t i = 0; i < passes.size(); ++i) {
        check_named(checks, work, passes[i], ProductType::pass, "/passes/" + std::to_string(i));
    }
}

void check_vendor(Checks& checks, Work& work, const domain::VendorId& id) {
    const auto* vendor =
        checks.existing<domain::VendorDecider>(work, id.text, "/vendorId", "vendor");
    if (vendor == nullptr || vendor->state.status != domain::VendorStatus::closed) return;
    checks.add("/vendorId", "vendor_closed", "the vendor is closed; name another one");
}

bool makes_cycle(Work& work, std::string_view sku, const std::vector<domain::BundleItem>& items) {
    const auto find = [&work](const domain::Sku& other) -> const domain::Product* {
        const auto* product = work.find<ProductDecider>(other.text);
        return product == nullptr ? nullptr : &product->state;
    };
    return domain::would_cycle(domain::Sku{std::string(sku)}, items, find);
}

void give_ids(Work& work, std::vector<domain::NewPurchaseOption>& options) {
    for (auto& option : options) {
        if (!option.id) option.id = domain::PurchaseOptionId{work.new_id()};
    }
}

}  // namespace

Answer handle(Work& work, const Target&, domain::CreateProduct wish) {
    const std::string sku = wish.sku.text;
    if (work.find<ProductDecider>(sku) == nullptr) {
        Checks checks;
        check_vendor(checks, work, wish.vendor_id);
        check_items(checks, work, wish.items, sku);
        check_passes(checks, work, wish.passes);
        if (wish.publication_sku) {
            check_named(checks, work, *wish.publication_sku, ProductType::publication,
                        "/publicationSku");
        }
        if (checks.failed()) return checks.failure();
    }
    wish.makes_cycle = makes_cycle(work, sku, wish.items);
    give_ids(work, wish.purchase_options);
    return work.decide<ProductDecider>(sku, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::UpdateProduct wish) {
    if (work.find<ProductDecider>(target.id()) != nullptr) {
        Checks checks;
        if (wish.items.value) check_items(checks, work, *wish.items.value, target.id());
        if (wish.passes.value) check_passes(checks, work, *wish.passes.value);
        if (wish.publication_sku.value) {
            check_named(checks, work, *wish.publication_sku.value, ProductType::publication,
                        "/publicationSku");
        }
        if (checks.failed()) return checks.failure();
    }
    if (wish.items.value) wish.makes_cycle = makes_cycle(work, target.id(), *wish.items.value);
    if (wish.purchase_options.value) give_ids(work, *wish.purchase_options.value);
    return work.decide<ProductDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::PublishProduct wish) {
    return work.decide<ProductDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ArchiveProduct wish) {
    return work.decide<ProductDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::RestoreProduct wish) {
    return work.decide<ProductDecider>(target.id(), std::move(wish));
}

}  // namespace commands
