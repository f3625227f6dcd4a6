// The lines of a bill, and how they are priced.
//
// Invariants of what `price_lines` gives:
//   I1 amount = quantity * unitAmount - discountAmount, for each line;
//   I2 total = subtotal - discountTotal + taxTotal >= 0 where tax is added (exclusive); where it is
//      contained in the amounts (inclusive), total = subtotal - discountTotal >= 0;
//   I3 tax is rounded once a line, half away from zero; the bill's discount is spread by largest
//      remainder over the lines that cost something, so that the parts sum to the whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "domain/description.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/result.hpp"
#include "domain/time.hpp"

namespace domain {

enum class TaxBehavior : std::uint8_t { exclusive, inclusive };
constexpr auto describe(const TaxBehavior*) { return wire_names("exclusive", "inclusive"); }

// A line as it is asked for.
struct BillLineWish {
    Sku sku;
    std::string title;
    std::optional<PurchaseOptionId> purchase_option_id;
    std::int64_t quantity = 1;
    Minor unit_amount = 0;
    Minor discount_amount = 0;
    std::int64_t tax_rate = 0;
    std::optional<Timestamp> period_start;
    std::optional<Timestamp> period_end;
    bool operator==(const BillLineWish&) const = default;
};
constexpr auto describe(const BillLineWish*) {
    using T = BillLineWish;
    return fields(
        field<&T::sku>("sku", "What is sold.").required(),
        field<&T::title>("title", "As printed on the bill.").required().length(1, 500),
        field<&T::purchase_option_id>("purchaseOptionId", "The purchase option of the product."),
        field<&T::quantity>("quantity", "How many.").range(1, 1'000'000),
        field<&T::unit_amount>("unitAmount", "Price of one, in minor units; negative for a credit.")
            .required(),
        field<&T::discount_amount>("discountAmount", "Discount on the line, in minor units.")
            .range(0, std::numeric_limits<Minor>::max()),
        field<&T::tax_rate>("taxRate", "Tax rate in basis points: 2500 is 25 %.").range(0, 10'000),
        field<&T::period_start>("periodStart", "From when the line is for."),
        field<&T::period_end>("periodEnd", "Until when the line is for (exclusive)."));
}

// A line as it is priced. `discount_amount` is the line's own and its share of the bill's.
struct BillLine : BillLineWish {
    std::string id;  // Its place on the bill: "1", "2", …
    Minor amount = 0;
    Minor tax_amount = 0;
    Minor own_discount_amount = 0;
    bool operator==(const BillLine&) const = default;
};
constexpr auto describe(const BillLine*) {
    using T = BillLine;
    return std::tuple_cat(
        fields(field<&T::id>("id", "The line's place on the bill.")),
        describe(static_cast<const BillLineWish*>(nullptr)),
        fields(field<&T::amount>("amount", "quantity * unitAmount - discountAmount."),
               field<&T::tax_amount>("taxAmount", "The tax on, or in, the amount."),
               field<&T::own_discount_amount>("ownDiscountAmount",
                                              "The discount without the share of the bill's.")
                   .internal()));
}

struct BillTotals {
    Minor subtotal = 0;
    Minor discount_total = 0;
    Minor tax_total = 0;
    Minor total = 0;
    bool operator==(const BillTotals&) const = default;
};
constexpr auto describe(const BillTotals*) {
    using T = BillTotals;
    return fields(field<&T::subtotal>("subtotal", "Sum of quantity * unitAmount, in minor units."),
                  field<&T::discount_total>("discountTotal", "Sum of the lines' discounts."),
                  field<&T::tax_total>("taxTotal", "Sum of the lines' tax."),
                  field<&T::total>("total", "What is asked for, tax included."));
}

// What is sold on a bill, and for how much.
struct BillContent : BillTotals {
    std::vector<BillLine> items;
    TaxBehavior tax_behavior = TaxBehavior::exclusive;
    Minor bill_discount_amount = 0;
    bool operator==(const BillContent&) const = default;
};
constexpr auto describe(const BillContent*) {
    using T = BillContent;
    return std::tuple_cat(
        fields(field<&T::items>("items", "The lines.").required(),
               field<&T::tax_behavior>("taxBehavior", "Is tax added to the amounts or in them?")),
        describe(static_cast<const BillTotals*>(nullptr)),
        fields(field<&T::bill_discount_amount>("billDiscountAmount",
                                               "The discount that was spread over the lines.")
                   .internal()));
}

// The line as it was asked for.
BillLineWish wish_of(const BillLine& line);

// What the line adds to the bill's total, tax included.
Wide total_of(const BillLineWish& wish, TaxBehavior tax_behavior);
Minor total_of(const BillLine& line, TaxBehavior tax_behavior);

enum class PricingProblem : std::uint8_t {
    discount_exceeds_amount,  // A line's own discount, or the bill's, is more than what it reduces.
    total_is_negative,
    amount_overflow
};

// REQUIRES: quantities, discounts and tax rates within the limits of BillLineWish.
Result<BillContent, PricingProblem> price_lines(const std::vector<BillLineWish>& wishes,
                                                TaxBehavior tax_behavior, Minor bill_discount);

}  // namespace domain
