// Properties of the arithmetic of a bill's lines (I1 to I3), on any lines. Each is checked in
// another way than the code computes it.
#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "domain/bill_lines.hpp"
#include "tests/support/property.hpp"

namespace domain {
namespace {

// What a bill is priced from.
struct Wished {
    std::vector<BillLineWish> lines;
    TaxBehavior tax_behavior = TaxBehavior::exclusive;
    Minor discount = 0;
};

void showValue(const Wished& wished, std::ostream& out) {
    out << (wished.tax_behavior == TaxBehavior::exclusive ? "exclusive" : "inclusive")
        << ", discount " << wished.discount;
    for (const BillLineWish& line : wished.lines) {
        out << "; " << line.quantity << " x " << line.unit_amount << " - " << line.discount_amount
            << " at " << line.tax_rate;
    }
}

// Half away from zero, said without dividing: no other whole number is nearer to the true tax, and
// of two that are as near it is the one that is further from zero.
bool is_rounded(Wide rounded, Wide product, Wide divisor) {
    const Wide off = 2 * (rounded * divisor - product);
    const bool is_near = -divisor <= off && off <= divisor;
    const bool is_tie = off == divisor || off == -divisor;
    return is_near && (!is_tie || (off > 0) == (product > 0));
}

std::string wrong_line(const BillLine& line, const BillLineWish& wish, TaxBehavior behavior) {
    if (Wide{line.amount} != Wide{line.quantity} * line.unit_amount - line.discount_amount) {
        return "I1: the amount is not quantity * unitAmount - discountAmount";
    }
    const Wide divisor = behavior == TaxBehavior::exclusive ? 10'000 : 10'000 + wish.tax_rate;
    if (!is_rounded(line.tax_amount, Wide{line.amount} * wish.tax_rate, divisor)) {
        return "I3: the tax is not rounded half away from zero";
    }
    if (wish_of(line) != wish) return "a line does not say what it was asked for as";
    return "";
}

// By largest remainder: nobody's share is off by a whole, and no line got one more while another
// with a larger remainder did not.
std::string wrong_spread(const BillContent& content, const Wished& wished) {
    Wide sum = 0;
    Wide weights = 0;
    std::vector<Wide> weight_of;
    for (const BillLineWish& wish : wished.lines) {
        const Wide cost = Wide{wish.quantity} * wish.unit_amount - wish.discount_amount;
        weight_of.push_back(std::max<Wide>(cost, 0));
        weights += weight_of.back();
    }
    Wide least_up = weights;
    Wide most_down = -1;
    for (std::size_t i = 0; i < content.items.size(); ++i) {
        const Wide share = content.items[i].discount_amount - wished.lines[i].discount_amount;
        const Wide exact = Wide{wished.discount} * weight_of[i];
        const Wide over = exact - share * weights;  // The remainder, less what was rounded up.
        if (weights == 0 ? share != 0 : over <= -weights || over >= weights) {
            return "I3: a share of the discount is off by a whole";
        }
        if (over < 0) least_up = std::min(least_up, over + weights);
        if (over >= 0) most_down = std::max(most_down, over);
        sum += share;
    }
    if (sum != wished.discount) return "I3: the shares are not the whole discount";
    if (least_up < most_down) return "I3: a smaller remainder was rounded up";
    return "";
}

std::string wrong_sums(const BillContent& content) {
    Wide gross = 0;
    Wide discounts = 0;
    Wide taxes = 0;
    Wide to_pay = 0;
    for (const BillLine& line : content.items) {
        gross += Wide{line.quantity} * line.unit_amount;
        discounts += line.discount_amount;
        taxes += line.tax_amount;
        to_pay += total_of(line, content.tax_behavior);
    }
    const bool adds_tax = content.tax_behavior == TaxBehavior::exclusive;
    const bool is_right = content.subtotal == gross && content.discount_total == discounts &&
                          content.tax_total == taxes && content.total == to_pay &&
                          content.total == gross - discounts + (adds_tax ? taxes : 0);
    if (!is_right) return "I2: the total is not what the lines say";
    return content.total < 0 ? "I2: the total is negative" : "";
}

// What may be refused, and nothing else.
std::string wrong_refusal(PricingProblem problem, const Wished& wished) {
    constexpr Minor safe = 1'000'000'000'000;
    Wide cost = 0;
    Wide total = 0;
    bool is_large = false;
    bool is_over = false;
    for (const BillLineWish& wish : wished.lines) {
        const Wide gross = Wide{wish.quantity} * wish.unit_amount;
        is_large = is_large || gross > safe || gross < -safe;
        is_over = is_over || (wish.discount_amount > std::max<Wide>(gross, 0));
        cost += std::max<Wide>(gross - wish.discount_amount, 0);
        total += total_of(wish, wished.tax_behavior);
    }
    switch (problem) {
        case PricingProblem::discount_exceeds_amount:
            return is_over || wished.discount > cost ? "" : "a discount was refused for nothing";
        case PricingProblem::amount_overflow:
            return is_large ? "" : "amounts were too large for nothing";
        case PricingProblem::total_is_negative:
            // The discount, and what rounding each line makes of its tax.
            return total < 2 * Wide{wished.discount} + std::ssize(wished.lines)
                       ? ""
                       : "a total was negative for nothing";
    }
    return "";
}

std::string wrong_with(const Wished& wished) {
    const auto content = price_lines(wished.lines, wished.tax_behavior, wished.discount);
    if (!content) return wrong_refusal(content.error(), wished);
    if (content->items.size() != wished.lines.size()) return "a line is missing";
    for (std::size_t i = 0; i < content->items.size(); ++i) {
        auto wrong = wrong_line(content->items[i], wished.lines[i], wished.tax_behavior);
        if (!wrong.empty()) return wrong;
    }
    if (auto wrong = wrong_spread(*content, wished); !wrong.empty()) return wrong;
    return wrong_sums(*content);
}

}  // namespace
}  // namespace domain

namespace rc {

// Amounts from tiny to those that do not fit, most of them of a kind that can be sold.
template <>
struct Arbitrary<domain::BillLineWish> {
    static Gen<domain::BillLineWish> arbitrary() {
        using domain::BillLineWish;
        const auto amount = gen::weightedOneOf<domain::Minor>(
            {{8, gen::inRange<domain::Minor>(-500, 5'000)},
             {2, gen::inRange<domain::Minor>(-100'000'000, 1'000'000'000)},
             {1, gen::arbitrary<domain::Minor>()}});
        const auto discount = gen::weightedOneOf<domain::Minor>(
            {{3, gen::just<domain::Minor>(0)}, {2, gen::inRange<domain::Minor>(0, 2'000)}});
        return gen::build<BillLineWish>(
            gen::set(&BillLineWish::quantity, gen::inRange<std::int64_t>(1, 20)),
            gen::set(&BillLineWish::unit_amount, amount),
            gen::set(&BillLineWish::discount_amount, discount),
            gen::set(&BillLineWish::tax_rate, gen::inRange<std::int64_t>(0, 10'001)));
    }
};

template <>
struct Arbitrary<domain::Wished> {
    static Gen<domain::Wished> arbitrary() {
        using domain::Wished;
        return gen::build<Wished>(
            gen::set(&Wished::lines),
            gen::set(&Wished::tax_behavior,
                     gen::element(domain::TaxBehavior::exclusive, domain::TaxBehavior::inclusive)),
            gen::set(&Wished::discount, gen::inRange<domain::Minor>(0, 3'000)));
    }
};

}  // namespace rc

namespace domain {
namespace {

TEST(BillLines, ArePricedByTheInvariantsWhateverIsSold) {
    tests::support::holds<Wished>(3'000, wrong_with);
}

}  // namespace
}  // namespace domain
