#include "domain/contract_items.hpp"

#include <algorithm>
#include <cassert>

namespace domain {
namespace {

constexpr Timestamp earliest{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}};
constexpr Timestamp latest{std::chrono::sys_days{std::chrono::year{3000} / 1 / 1}};

// What is wrong with one offer, or with it beside the first.
std::optional<ContractRejection> problem_of(const Offer& offer, const Offer& first, bool is_new,
                                            Timestamp now) {
    using enum ContractRejection;
    if (!offer.option) return unknown_purchase_option;
    if (is_new && !offer.is_for_sale) return product_not_for_sale;
    if (is_new && !is_offered(*offer.option, now)) return option_not_offered;
    if (offer.vendor_id != first.vendor_id) return vendors_differ;
    if (offer.option->currency != first.option->currency) return currencies_differ;
    const bool same_period = offer.option->purchase_type == first.option->purchase_type &&
                             offer.option->recurring_interval == first.option->recurring_interval &&
                             offer.option->recurring_time == first.option->recurring_time;
    if (!same_period) return periods_differ;
    return std::nullopt;
}

}  // namespace

std::optional<ContractRejection> problem_of(std::span<const Offer> offers, bool is_new,
                                            Timestamp now) {
    for (const Offer& offer : offers) {
        if (const auto problem = problem_of(offer, offers.front(), is_new, now)) return problem;
    }
    return std::nullopt;
}

ContractItem item_of(const ContractItemWish& wish, const Offer& offer) {
    ContractItem item;
    static_cast<ContractItemWish&>(item) = wish;
    item.purchase_option_name = offer.option->name;
    item.name = offer.title;
    item.cover = offer.cover;
    item.purchase_type = offer.option->purchase_type;
    item.unit_amount = offer.option->amount;
    item.tax_rate = offer.option->tax_rate;
    return item;
}

Result<Minor, ContractRejection> amount_of(const std::vector<ContractItem>& items,
                                           const std::vector<AppliedDiscount>& discounts) {
    Wide sum = 0;
    for (const ContractItem& item : items) sum += Wide{item.quantity} * item.unit_amount;
    if (!narrow(sum)) return Failure{ContractRejection::amount_overflow};
    for (const AppliedDiscount& discount : discounts) sum -= discount.amount;
    if (sum < 0) return Failure{ContractRejection::discount_exceeds_amount};
    return static_cast<Minor>(sum);
}

std::vector<ContractItem> at_prices(std::vector<ContractItem> items,
                                    const std::optional<PlannedPrices>& planned) {
    if (!planned) return items;
    for (ContractItem& item : items) {
        const auto price = std::ranges::find_if(planned->prices, [&](const ItemPrice& one) {
            return one.sku == item.sku && one.purchase_option_id == item.purchase_option_id;
        });
        if (price != planned->prices.end()) item.unit_amount = price->unit_amount;
    }
    return items;
}

std::vector<BillLine> priced(const std::vector<ContractItem>& items,
                             const std::vector<AppliedDiscount>& discounts) {
    std::vector<BillLineWish> wishes;
    for (const ContractItem& item : items) {
        BillLineWish wish;
        wish.sku = item.sku;
        wish.title = item.name;
        wish.purchase_option_id = item.purchase_option_id;
        wish.quantity = item.quantity;
        wish.unit_amount = item.unit_amount;
        wish.tax_rate = item.tax_rate;
        wishes.push_back(std::move(wish));
    }
    Minor discount = 0;
    for (const AppliedDiscount& one : discounts) discount += one.amount;
    auto content = price_lines(wishes, TaxBehavior::exclusive, discount);
    // What cannot be priced was refused when it was agreed on.
    assert(content);
    return std::move(content->items);
}

bool is_out_of_range(const std::optional<Timestamp>& time) {
    return time && (*time < earliest || *time >= latest);
}

ContractDuration usual_duration(PurchaseType type) {
    switch (type) {
        case PurchaseType::one_time: return ContractDuration::perpetual;
        case PurchaseType::recurring: return ContractDuration::recurring;
        case PurchaseType::rental: return ContractDuration::renewable;
    }
    return ContractDuration::recurring;
}

}  // namespace domain
