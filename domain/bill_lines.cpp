#include "domain/bill_lines.hpp"

#include <algorithm>
#include <numeric>

namespace domain {
namespace {

constexpr std::int64_t whole_rate = 10'000;  // 100 % in basis points.

// Sums of at most a hundred products of two 64-bit numbers: they fit 128 bits.
Wide gross(const BillLineWish& wish) { return Wide{wish.quantity} * wish.unit_amount; }

// Spreads `whole` over weights by largest remainder; of equal remainders the first line wins.
// REQUIRES: 0 <= whole <= the sum of the weights, whose items are not negative.
std::vector<Minor> spread(Minor whole, const std::vector<Minor>& weights) {
    std::vector<Minor> parts(weights.size(), 0);
    const Wide sum = std::accumulate(weights.begin(), weights.end(), Wide{0});
    if (whole == 0 || sum == 0) return parts;

    std::vector<Wide> remainders(weights.size());
    Minor left = whole;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Wide share = Wide{whole} * weights[i];
        parts[i] = static_cast<Minor>(share / sum);
        remainders[i] = share % sum;
        left -= parts[i];
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
    });
    for (auto at = order.begin(); left > 0; ++at, --left) ++parts[*at];
    return parts;
}

Minor tax_of(Minor amount, std::int64_t rate, TaxBehavior behavior) {
    const Wide divisor = behavior == TaxBehavior::exclusive ? whole_rate : whole_rate + rate;
    // At most the amount, because a rate is at most 100 %.
    return static_cast<Minor>(divide_half_away(Wide{amount} * rate, divisor));
}

// What the lines cost before the bill's discount; the problem if that cannot be.
Result<std::vector<Minor>, PricingProblem> own_amounts(const std::vector<BillLineWish>& wishes) {
    std::vector<Minor> amounts;
    for (const BillLineWish& wish : wishes) {
        const Wide before = gross(wish);
        if (Wide{wish.discount_amount} > std::max<Wide>(before, 0)) {
            return Failure{PricingProblem::discount_exceeds_amount};
        }
        const auto amount = narrow(before - wish.discount_amount);
        if (!amount || !narrow(before)) return Failure{PricingProblem::amount_overflow};
        amounts.push_back(*amount);
    }
    return amounts;
}

BillLine make_line(const BillLineWish& wish, std::size_t index) {
    BillLine line;
    static_cast<BillLineWish&>(line) = wish;
    line.id = std::to_string(index + 1);
    line.own_discount_amount = wish.discount_amount;
    return line;
}

// Sets the sums; false when one does not fit.
bool add_up(BillContent& content) {
    Wide subtotal = 0;
    Wide discount = 0;
    Wide tax = 0;
    for (const BillLine& line : content.items) {
        subtotal += gross(line);
        discount += line.discount_amount;
        tax += line.tax_amount;
    }
    const bool adds_tax = content.tax_behavior == TaxBehavior::exclusive;
    // A line may be too large although another that is negative makes up for it.
    const auto fits = [adds_tax](const BillLine& line) {
        return narrow(Wide{line.amount} + (adds_tax ? line.tax_amount : 0)).has_value();
    };
    if (!std::ranges::all_of(content.items, fits)) return false;
    const Wide total = subtotal - discount + (adds_tax ? tax : 0);
    const auto sums = {narrow(subtotal), narrow(discount), narrow(tax), narrow(total)};
    if (std::ranges::any_of(sums, [](const auto& sum) { return !sum; })) return false;
    content.subtotal = static_cast<Minor>(subtotal);
    content.discount_total = static_cast<Minor>(discount);
    content.tax_total = static_cast<Minor>(tax);
    content.total = static_cast<Minor>(total);
    return true;
}

}  // namespace

BillLineWish wish_of(const BillLine& line) {
    BillLineWish wish = line;
    wish.discount_amount = line.own_discount_amount;
    return wish;
}

Wide total_of(const BillLineWish& wish, TaxBehavior tax_behavior) {
    const Wide amount = gross(wish) - wish.discount_amount;
    if (tax_behavior == TaxBehavior::inclusive) return amount;
    return amount + divide_half_away(amount * wish.tax_rate, whole_rate);
}

Minor total_of(const BillLine& line, TaxBehavior tax_behavior) {
    return line.amount + (tax_behavior == TaxBehavior::exclusive ? line.tax_amount : 0);
}

Result<BillContent, PricingProblem> price_lines(const std::vector<BillLineWish>& wishes,
                                                TaxBehavior tax_behavior, Minor bill_discount) {
    auto amounts = own_amounts(wishes);
    if (!amounts) return Failure{amounts.error()};

    std::vector<Minor> weights = *amounts;
    for (Minor& weight : weights) weight = std::max<Minor>(weight, 0);
    if (Wide{bill_discount} > std::accumulate(weights.begin(), weights.end(), Wide{0})) {
        return Failure{PricingProblem::discount_exceeds_amount};
    }
    const auto shares = spread(bill_discount, weights);

    BillContent content;
    content.tax_behavior = tax_behavior;
    content.bill_discount_amount = bill_discount;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        BillLine line = make_line(wishes[i], i);
        line.discount_amount += shares[i];
        line.amount = (*amounts)[i] - shares[i];
        line.tax_amount = tax_of(line.amount, line.tax_rate, tax_behavior);
        content.items.push_back(std::move(line));
    }
    if (!add_up(content)) return Failure{PricingProblem::amount_overflow};
    if (content.total < 0) return Failure{PricingProblem::total_is_negative};
    return content;
}

}  // namespace domain
