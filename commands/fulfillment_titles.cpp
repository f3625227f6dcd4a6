// What fulfillments are about: the title, the item of a contract that gives them; and which of them
// can still change.
#include <algorithm>
#include <utility>

#include "commands/fulfillment.hpp"

namespace commands {
namespace {

using domain::ProductDecider;

// Bundles never contain themselves, so this ends.
bool is_in(Work& work, const domain::Sku& sku, const domain::Sku& wanted) {
    if (sku == wanted) return true;
    const auto* product = work.find<ProductDecider>(sku.view());
    return product != nullptr &&
           std::ranges::any_of(product->state.items, [&](const domain::BundleItem& item) {
               return is_in(work, item.sku, wanted);
           });
}

}  // namespace

Title title_of(Work& work, const domain::Sku& sku) {
    Title title;
    title.zone = "UTC";
    const auto* product = work.find<ProductDecider>(sku.view());
    if (product == nullptr) return title;
    const auto& vendor = work.load<domain::VendorDecider>(product->state.vendor_id.view()).state;
    title.zone = vendor.time_zone.text;
    const bool is_publication = product->state.type == domain::ProductType::publication;
    title.sku = is_publication ? std::optional(sku) : product->state.publication_sku;
    if (!title.sku) return title;
    const auto& publication = work.load<ProductDecider>(title.sku->view()).state;
    title.calendar = calendar_of(publication);
    title.stop_action = publication.delivery_stop_action;
    return title;
}

const domain::ContractItem* item_for(Work& work, const domain::Contract& contract,
                                     const domain::Sku& sku) {
    const auto title = title_of(work, sku).sku;
    for (const domain::ContractItem& item : contract.items) {
        const bool is_it = is_in(work, item.sku, sku) || (title && is_in(work, item.sku, *title));
        if (is_it) return &item;
    }
    return nullptr;
}

std::vector<domain::FulfillmentId> open_fulfillments(Work& work, std::string_view open_of) {
    std::vector<domain::FulfillmentId> open;
    for (const domain::Subject& subject : work.held_under(open_of)) open.push_back({subject.id});
    return open;
}

}  // namespace commands
