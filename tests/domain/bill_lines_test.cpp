#include "domain/bill_lines.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/domain/samples_bill.hpp"

namespace domain {
namespace {

BillLineWish line(std::int64_t quantity, Minor unit_amount, std::int64_t tax_rate,
                  Minor discount = 0) {
    BillLineWish wish = sample_line(unit_amount);
    wish.quantity = quantity;
    wish.tax_rate = tax_rate;
    wish.discount_amount = discount;
    return wish;
}

BillContent priced(const std::vector<BillLineWish>& lines, Minor discount = 0,
                   TaxBehavior tax = TaxBehavior::exclusive) {
    const auto content = price_lines(lines, tax, discount);
    EXPECT_TRUE(content);
    return content.value_or(BillContent{});
}

PricingProblem problem(const std::vector<BillLineWish>& lines, Minor discount = 0) {
    const auto content = price_lines(lines, TaxBehavior::exclusive, discount);
    EXPECT_FALSE(content);
    return content ? PricingProblem{} : content.error();
}

TEST(BillLines, TaxIsAddedToAmountsWithoutIt) {
    const BillContent bill = priced({line(2, 10'000, 2'500)});
    EXPECT_EQ(bill.items[0].tax_amount, 5'000);
    EXPECT_EQ(bill.total, 25'000);
}

TEST(BillLines, TaxIsContainedInAmountsWithIt) {
    const BillContent bill = priced({line(2, 10'000, 2'500)}, 0, TaxBehavior::inclusive);
    EXPECT_EQ(bill.items[0].tax_amount, 4'000);
    EXPECT_EQ(bill.total, 20'000);
}

TEST(BillLines, TaxIsRoundedOnceALineHalfAwayFromZero) {
    // 25 % of 2 is a half: three lines round up three times, and a credit away from zero, too.
    const BillContent bill = priced({line(1, 2, 2'500), line(1, 2, 2'500), line(1, 2, 2'500)});
    EXPECT_EQ(bill.tax_total, 3);
    EXPECT_EQ(priced({line(1, 10, 0), line(1, -2, 2'500)}).tax_total, -1);
}

TEST(BillLines, ADiscountIsSpreadByLargestRemainder) {
    // Shares of 100 by 1 : 1 : 1 are 34, 33, 33; of equal remainders the first line wins.
    const BillContent equal = priced({line(1, 500, 0), line(1, 500, 0), line(1, 500, 0)}, 100);
    EXPECT_EQ(equal.items[0].discount_amount, 34);
    EXPECT_EQ(equal.items[1].discount_amount, 33);
    // 10 by 5 : 3 : 1 is 5.56, 3.33, 1.11.
    const BillContent unequal = priced({line(1, 500, 0), line(1, 300, 0), line(1, 100, 0)}, 10);
    EXPECT_EQ(unequal.items[0].discount_amount, 6);
    EXPECT_EQ(unequal.items[1].discount_amount, 3);
    EXPECT_EQ(unequal.items[2].discount_amount, 1);
    EXPECT_EQ(unequal.discount_total, 10);
}

TEST(BillLines, ACreditTakesNoPartOfTheDiscount) {
    const BillContent bill = priced({line(1, 500, 0), line(1, -100, 0)}, 400);
    EXPECT_EQ(bill.items[0].amount, 100);
    EXPECT_EQ(bill.items[1].amount, -100);
    EXPECT_EQ(bill.total, 0);
}

TEST(BillLines, TheWishOfALineIsWhatWasAskedFor) {
    const BillLineWish wish = line(2, 10'000, 2'500, 7);
    EXPECT_EQ(wish_of(priced({wish}, 1'000).items[0]), wish);
}

TEST(BillLines, ADiscountIsAtMostWhatItReduces) {
    EXPECT_EQ(problem({line(1, 100, 0, 101)}), PricingProblem::discount_exceeds_amount);
    EXPECT_EQ(problem({line(1, -100, 0, 1)}), PricingProblem::discount_exceeds_amount);
    EXPECT_EQ(problem({line(1, 100, 0, 60)}, 41), PricingProblem::discount_exceeds_amount);
    EXPECT_EQ(problem({}, 1), PricingProblem::discount_exceeds_amount);
}

TEST(BillLines, ATotalIsNotNegative) {
    EXPECT_EQ(problem({line(1, 100, 0), line(1, -101, 0)}), PricingProblem::total_is_negative);
}

TEST(BillLines, WhatDoesNotFitIsRefusedAndDoesNotWrap) {
    constexpr Minor most = std::numeric_limits<Minor>::max();
    constexpr Minor least = std::numeric_limits<Minor>::min();
    EXPECT_EQ(problem({line(2, most, 0)}), PricingProblem::amount_overflow);
    EXPECT_EQ(problem({line(1, most, 0), line(1, 1, 0)}), PricingProblem::amount_overflow);
    EXPECT_EQ(problem({line(1, most, 1)}), PricingProblem::amount_overflow);
    EXPECT_EQ(problem({line(1, most, 0), line(1, least, 10'000)}), PricingProblem::amount_overflow);
    EXPECT_EQ(priced({line(1, most, 0)}, most).total, 0);
}

TEST(BillLines, AddUpWhateverTheyAre) {
    std::mt19937_64 random(7);
    const auto below = [&](std::uint64_t most) { return static_cast<Minor>(random() % most); };
    for (int round = 0; round < 5'000; ++round) {
        SCOPED_TRACE("seed 7, round " + std::to_string(round));
        std::vector<BillLineWish> wishes;
        Minor before_discount = 0;
        for (Minor i = below(6); i >= 0; --i) {
            wishes.push_back(line(below(5) + 1, below(100'000), below(10'001)));
            before_discount += wishes.back().quantity * wishes.back().unit_amount;
        }
        const Minor discount =
            before_discount == 0 ? 0 : below(static_cast<std::uint64_t>(before_discount) + 1);
        const auto tax = below(2) == 0 ? TaxBehavior::exclusive : TaxBehavior::inclusive;
        const BillContent bill = priced(wishes, discount, tax);
        Minor amounts = 0;
        Minor discounts = 0;
        Minor taxes = 0;
        for (const BillLine& one : bill.items) {
            EXPECT_EQ(one.amount, one.quantity * one.unit_amount - one.discount_amount);
            EXPECT_GE(one.amount, 0);
            amounts += one.amount;
            discounts += one.discount_amount;
            taxes += one.tax_amount;
        }
        EXPECT_EQ(discounts, discount);
        EXPECT_EQ(bill.discount_total, discount);
        EXPECT_EQ(bill.tax_total, taxes);
        EXPECT_EQ(bill.subtotal - bill.discount_total, amounts);
        EXPECT_EQ(bill.total, amounts + (tax == TaxBehavior::exclusive ? taxes : 0));
    }
}

}  // namespace
}  // namespace domain
