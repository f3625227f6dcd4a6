// What a contract is about: items as they are agreed on, and what they cost together.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "domain/contract.hpp"

namespace domain {

// Why these offers cannot be agreed on together now; empty if they can. With `is_new` they have to
// be for sale, too. REQUIRES: `offers` is not empty.
std::optional<ContractRejection> problem_of(std::span<const Offer> offers, bool is_new,
                                            Timestamp now);

// REQUIRES: the offer has an option.
ContractItem item_of(const ContractItemWish& wish, const Offer& offer);

// What a period costs, without tax.
Result<Minor, ContractRejection> amount_of(const std::vector<ContractItem>& items,
                                           const std::vector<AppliedDiscount>& discounts);

// What is billed for each item, after its share of the discounts. REQUIRES: they were agreed on, so
// that they can be priced.
std::vector<BillLine> priced(const std::vector<ContractItem>& items,
                             const std::vector<AppliedDiscount>& discounts);

// The items with the prices that are planned for them.
std::vector<ContractItem> at_prices(std::vector<ContractItem> items,
                                    const std::optional<PlannedPrices>& planned);

// Not from 1970 to 2999: periods from such times leave the years that can be written.
bool is_out_of_range(const std::optional<Timestamp>& time);

// By the item's purchase type.
ContractDuration usual_duration(PurchaseType type);

// What is agreed on with a wish that makes a contract. REQUIRES: its first offer has an option.
template <class Wish>
ContractTerms terms_of(const Wish& wish, std::vector<ContractItem> items) {
    const Offer& first = wish.offers.front();
    ContractTerms terms;
    static_cast<ContractOptions&>(terms) = wish;
    terms.items = std::move(items);
    terms.name = wish.name.value_or(terms.items.front().name);
    terms.user_id = wish.user_id;
    terms.payer_id = wish.payer_id.value_or(wish.user_id);
    terms.vendor_id = first.vendor_id;
    terms.currency = first.option->currency;
    terms.contract_duration =
        wish.contract_duration.value_or(usual_duration(first.option->purchase_type));
    terms.recurring_interval = first.option->recurring_interval;
    terms.recurring_time = first.option->recurring_time;
    terms.time_zone = wish.time_zone.value_or(wish.vendor_time_zone);
    return terms;
}

}  // namespace domain
