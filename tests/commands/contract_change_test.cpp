// What changes while a contract runs, by the real handlers and policies: its items and what that
// costs, its prices, who pays, and contracts that come from elsewhere.
#include <gmock/gmock.h>

#include "tests/commands/subscriptions.hpp"

namespace commands::tests {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::SizeIs;

class ContractChange : public Subscriptions {
protected:
    // A monthly contract for the 28 days from 31 January, of which a quarter is over.
    void begin_and_pass_a_quarter() {
        confirm(contract("monthly"));
        pay(TransactionStatus::succeeded);
        pass(days{7});
    }
    void pass(days time) { books.pass_until(books.now + time); }
    void pass_until(const char* time) { books.pass_until(*parse_rfc3339(time)); }

    static ChangeContract change_to(std::string sku, std::string option,
                                    std::int64_t quantity = 1) {
        ChangeContract wish;
        wish.items = {{Sku{std::move(sku)}, PurchaseOptionId{std::move(option)}, quantity}};
        return wish;
    }
    void change(const ChangeContract& wish) { books.done(Kind::contracts, contract_id, wish); }
    std::string refusal(const ChangeContract& wish) {
        return books.refusal(Kind::contracts, contract_id, wish);
    }
    void change_to_weekend(ChangeMode mode) {
        ChangeContract wish = change_to("weekend", "monthly");
        wish.mode = mode;
        change(wish);
    }
    // The bill of the last change.
    Bill update() {
        auto all = books.all<BillDecider>();
        std::erase_if(all, [](const Bill& one) {
            return one.billing_reason != BillingReason::contract_update;
        });
        EXPECT_FALSE(all.empty());
        return all.empty() ? Bill{} : all.back();
    }
    std::vector<Minor> update_amounts() {
        std::vector<Minor> amounts;
        for (const BillLine& line : update().items) amounts.push_back(line.amount);
        return amounts;
    }
    std::vector<Transaction> of_type(TransactionType type) {
        auto all = books.all<TransactionDecider>();
        std::erase_if(all, [&](const Transaction& one) { return one.type != type; });
        return all;
    }
    std::int64_t active_rights_to(const char* sku) {
        return std::ranges::count_if(rights(), [&](const Entitlement& right) {
            return right.status == EntitlementStatus::active && right.sku == Sku{sku};
        });
    }
    void cancel_now(RefundMode refund) {
        CancelContract wish;
        wish.mode = CancelMode::immediate;
        wish.refund = refund;
        books.done(Kind::contracts, contract_id, wish);
    }
    Minor refunded() {
        Minor sum = 0;
        for (const Transaction& refund : of_type(TransactionType::refund)) sum += refund.amount;
        return sum;
    }
};

TEST_F(ContractChange, MoreOfItIsChargedForTheRestOfThePeriod) {
    begin_and_pass_a_quarter();
    change(change_to("daily", "monthly", 2));
    EXPECT_THAT(update_amounts(), ElementsAre(-26'175, 52'350));
    EXPECT_EQ(update().total, 32'719);  // With 25 % tax of each line, rounded.
    EXPECT_EQ(update().status, BillStatus::pending);
    EXPECT_EQ(update().items[0].period_start, books.now);
    EXPECT_EQ(update().items[1].period_end, contract_state().current_period_end);
    EXPECT_EQ(contract_state().price, "698.00");
    EXPECT_EQ(contract_state().next_price, "698.00");
    EXPECT_THAT(rights(), SizeIs(1));
    EXPECT_EQ(active_rights_to("daily"), 1);
}

TEST_F(ContractChange, WhatStaysAsItIsHasNoLine) {
    begin_and_pass_a_quarter();
    ChangeContract wish = change_to("daily", "monthly");
    wish.items.push_back({Sku{"weekend"}, PurchaseOptionId{"monthly"}, 1});
    change(wish);
    EXPECT_THAT(update_amounts(), ElementsAre(15'000));
    EXPECT_EQ(active_rights_to("weekend"), 1);
}

TEST_F(ContractChange, WhatIsLeftOfACheaperOneIsCustomerCreditAndPaysTheNextBill) {
    begin_and_pass_a_quarter();
    change_to_weekend(ChangeMode::immediate);
    EXPECT_THAT(update_amounts(), ElementsAre(-26'175, 15'000, 13'969));
    EXPECT_EQ(update().total, 0);
    EXPECT_EQ(update().status, BillStatus::paid);
    ASSERT_THAT(of_type(TransactionType::credit), SizeIs(1));
    EXPECT_EQ(of_type(TransactionType::credit)[0].unallocated_amount, 13'969);
    EXPECT_EQ(active_rights_to("daily"), 0);
    EXPECT_EQ(active_rights_to("weekend"), 1);
    pass_until("2026-02-28T10:00:00Z");
    bill_id = current_bill_id().value();
    EXPECT_EQ(bill().total, 25'000);
    EXPECT_EQ(bill().amount_remaining, 25'000 - 13'969);
    EXPECT_EQ(active_rights_to("weekend"), 1);
}

TEST_F(ContractChange, ADiscountIsSharedByWhatItIsTakenOff) {
    CreateContract wish = contract("monthly");
    wish.applied_discounts = {{"Student", 14'900}};
    confirm(wish);
    pay(TransactionStatus::succeeded, bill().amount_due);
    pass(days{14});
    change(change_to("daily", "monthly", 2));
    EXPECT_THAT(update_amounts(), ElementsAre(-10'000, 27'450));
}

TEST_F(ContractChange, WaitsForTheMoneyOfThePeriodOrForItsEnd) {
    CreateContract wish = contract("monthly");
    wish.collection_method = CollectionMethod::send_invoice;
    confirm(wish);
    EXPECT_EQ(refusal(change_to("weekend", "monthly")), "period_not_paid");
    change_to_weekend(ChangeMode::at_period_end);
    pay(TransactionStatus::succeeded);
    change(change_to("daily", "monthly", 2));
    EXPECT_EQ(contract_state().planned_change, std::nullopt);
    // What the first change costs has to be paid before the second.
    EXPECT_EQ(refusal(change_to("daily", "monthly")), "period_not_paid");
}

TEST_F(ContractChange, AtTheEndOfThePeriodItCostsNothing) {
    begin_and_pass_a_quarter();
    change_to_weekend(ChangeMode::at_period_end);
    EXPECT_EQ(contract_state().next_price, "200.00");
    EXPECT_EQ(contract_state().price, "349.00");
    EXPECT_THAT(bills(), SizeIs(1));
    pass_until("2026-02-28T10:00:00Z");
    ASSERT_THAT(bills(), SizeIs(2));
    EXPECT_EQ(bills()[1].total, 25'000);
    EXPECT_EQ(bills()[1].billing_reason, BillingReason::contract_cycle);
    EXPECT_EQ(active_rights_to("daily"), 0);
    EXPECT_EQ(active_rights_to("weekend"), 1);
    EXPECT_EQ(contract_state().planned_change, std::nullopt);
}

TEST_F(ContractChange, TheItemsThatItHasWithdrawAPlannedChange) {
    begin_and_pass_a_quarter();
    change_to_weekend(ChangeMode::at_period_end);
    change(change_to("daily", "monthly"));
    EXPECT_THAT(books.last_events, ElementsAre("ContractItemsChangeWithdrawn"));
    pass_until("2026-02-28T10:00:00Z");
    EXPECT_EQ(bills()[1].total, price);
    change(change_to("daily", "monthly"));
    EXPECT_THAT(books.last_events, SizeIs(0));
}

TEST_F(ContractChange, AtALaterTimeItIsBilledThen) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    ChangeContract wish = change_to("daily", "monthly", 2);
    wish.effective_at = books.now + days{7};
    change(wish);
    EXPECT_THAT(bills(), SizeIs(1));
    pass(days{10});
    EXPECT_THAT(update_amounts(), ElementsAre(-26'175, 52'350));
    EXPECT_EQ(update().items[0].period_start, wish.effective_at);
}

TEST_F(ContractChange, ThatComesWhileThePeriodIsNotPaidWaitsForItsEnd) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    ChangeContract wish = change_to("weekend", "monthly");
    wish.effective_at = parse_rfc3339("2026-03-07T00:00:00Z").value();
    change(wish);
    pass_until("2026-03-08T00:00:00Z");  // Of the period from 28 February nothing is paid.
    EXPECT_EQ(contract_state().planned_change->effective_at, contract_state().current_period_end);
    EXPECT_EQ(contract_state().price, "349.00");
    pay_current();
    pass_until("2026-03-31T09:00:00Z");
    EXPECT_EQ(contract_state().price, "200.00");
    EXPECT_EQ(bills().back().total, 25'000);
}

TEST_F(ContractChange, ToAYearItGoesOnFromTheAnchor) {
    begin_and_pass_a_quarter();
    change(change_to("daily", "yearly"));
    EXPECT_THAT(update_amounts(), ElementsAre(-26'175, 353'096));  // 360000 * 358 / 365.
    EXPECT_EQ(to_rfc3339(*update().items[0].period_end), "2026-02-28T10:00:00.000Z");
    EXPECT_EQ(to_rfc3339(*update().items[1].period_end), "2027-01-31T10:00:00.000Z");
    EXPECT_EQ(contract_state().current_period_start, books.now);
    EXPECT_EQ(contract_state().next_bill_at, update().items[1].period_end);
    EXPECT_EQ(rights().at(0).ends_at, update().items[1].period_end);
    EXPECT_THAT(rights(), SizeIs(1));
}

TEST_F(ContractChange, ToAYearFromNowOnItIsChargedInFull) {
    begin_and_pass_a_quarter();
    ChangeContract wish = change_to("daily", "yearly");
    wish.anchor_at = books.now;
    change(wish);
    EXPECT_THAT(update_amounts(), ElementsAre(-26'175, 360'000));
    EXPECT_EQ(to_rfc3339(*contract_state().next_bill_at), "2027-02-07T10:00:00.000Z");
}

TEST_F(ContractChange, ToAShorterPeriodTheRightEndsWithIt) {
    confirm(contract("yearly"));
    pay(TransactionStatus::succeeded, bill().amount_due);
    pass(days{7});
    change(change_to("daily", "monthly"));
    EXPECT_EQ(to_rfc3339(*contract_state().current_period_end), "2026-02-28T10:00:00.000Z");
    EXPECT_EQ(active_rights_to("daily"), 1);
    EXPECT_EQ(rights().back().ends_at, contract_state().current_period_end);
    EXPECT_EQ(of_type(TransactionType::credit).size(), 1U);
}

TEST_F(ContractChange, InATrialItIsFreeAndTheFirstBillIsForWhatThereIsThen) {
    CreateContract wish = contract("monthly");
    wish.trial_end = books.now + days{14};
    draft_and_confirm(wish);
    change_to_weekend(ChangeMode::immediate);
    EXPECT_THAT(bills(), SizeIs(0));
    EXPECT_EQ(active_rights_to("weekend"), 1);
    pass(days{14});
    EXPECT_EQ(bills().at(0).total, 25'000);
}

TEST_F(ContractChange, AfterADowngradeTheRestOfTheNewItemsIsPaidBack) {
    begin_and_pass_a_quarter();
    change_to_weekend(ChangeMode::immediate);
    pass(days{7});
    cancel_now(RefundMode::prorated);
    EXPECT_EQ(refunded(), 12'500);  // Half of 250.00.
}

TEST_F(ContractChange, AfterAnUpgradeBothPaymentsArePaidBack) {
    begin_and_pass_a_quarter();
    change(change_to("daily", "monthly", 2));
    bill_id = books
                  .claimed_by({}, period_claim(ContractId{contract_id}, books.now,
                                               BillingReason::contract_update))
                  .value()
                  .id;
    pay(TransactionStatus::succeeded, update().amount_due);
    cancel_now(RefundMode::full);
    EXPECT_EQ(refunded(), price + 32'719);
    EXPECT_THAT(of_type(TransactionType::refund), SizeIs(2));
}

TEST_F(ContractChange, ForWantOfTheDifferenceAccessEndsAfterTheGraceOnly) {
    begin_and_pass_a_quarter();
    change(change_to("daily", "monthly", 2));
    pass(days{14});
    EXPECT_EQ(contract_state().payment_state, PaymentState::overdue);
    EXPECT_EQ(active_rights_to("daily"), 1);
    pass(days{1});
    EXPECT_EQ(rights().at(0).status, EntitlementStatus::suspended);
}

TEST_F(ContractChange, APriceHoldsInPeriodsFromItsTimeOn) {
    begin_and_pass_a_quarter();
    ChangeContractPrice wish;
    wish.prices = {{Sku{"daily"}, PurchaseOptionId{"monthly"}, 39'900}};
    wish.effective_at = parse_rfc3339("2026-03-01T00:00:00Z").value();
    books.done(Kind::contracts, contract_id, wish);
    EXPECT_EQ(contract_state().next_price, "349.00");
    pass_until("2026-02-28T10:00:00Z");
    EXPECT_EQ(bills().back().items[0].unit_amount, 34'900);
    EXPECT_EQ(contract_state().next_price, "399.00");
    pay_current();
    pass_until("2026-03-31T09:00:00Z");
    EXPECT_EQ(bills().back().items[0].unit_amount, 39'900);
    EXPECT_EQ(contract_state().price, "399.00");
    EXPECT_EQ(contract_state().planned_prices, std::nullopt);
}

TEST_F(ContractChange, AChangeOfTheNumberKeepsThePriceThatWasAgreed) {
    begin_and_pass_a_quarter();
    ChangeContractPrice wish;
    wish.prices = {{Sku{"daily"}, PurchaseOptionId{"monthly"}, 10'000}};
    books.done(Kind::contracts, contract_id, wish);
    pass_until("2026-02-28T10:00:00Z");
    pay_current();
    change(change_to("daily", "monthly", 3));
    EXPECT_EQ(contract_state().price, "300.00");
}

TEST_F(ContractChange, WhoPaysIsBilledFromThenOn) {
    begin_and_pass_a_quarter();
    books.done(Kind::contracts, contract_id, ChangeContractPayer{UserId{"ola"}, std::nullopt});
    pass_until("2026-02-28T10:00:00Z");
    EXPECT_EQ(bills().back().user_id, UserId{"ola"});
    EXPECT_EQ(rights().at(0).user_id, UserId{"kari"});
    const ChangeContractPayer nobody{UserId{"nobody"}, std::nullopt};
    EXPECT_EQ(books.refusal(Kind::contracts, contract_id, nobody), "unknown_user");
}

ImportContract imported() {
    ImportContract wish;
    wish.user_id = UserId{"kari"};
    wish.items.push_back({{Sku{"daily"}, PurchaseOptionId{"monthly"}, 1}, 29'900});
    wish.start_at = parse_rfc3339("2019-05-15T00:00:00Z").value();
    wish.anchor_at = parse_rfc3339("2019-05-15T00:00:00Z").value();
    wish.current_period_start = parse_rfc3339("2026-01-15T00:00:00Z").value();
    wish.current_period_end = parse_rfc3339("2026-02-15T00:00:00Z").value();
    wish.time_zone = TimeZoneName{"UTC"};
    return wish;
}

TEST_F(ContractChange, AnImportedContractRunsOnWithItsPriceAndItsPeriod) {
    contract_id = books.done(Kind::contracts, "", imported());
    EXPECT_TRUE(contract_state().is_active);
    EXPECT_EQ(active_rights_to("daily"), 1);
    EXPECT_THAT(bills(), SizeIs(0));
    pass_until("2026-02-15T00:00:00Z");
    ASSERT_THAT(bills(), SizeIs(1));
    EXPECT_EQ(bills()[0].items[0].unit_amount, 29'900);
    EXPECT_EQ(to_rfc3339(*bills()[0].items[0].period_end), "2026-03-15T00:00:00.000Z");
}

TEST_F(ContractChange, AnImportedPeriodCountsAsPaid) {
    contract_id = books.done(Kind::contracts, "", imported());
    books.now = parse_rfc3339("2026-01-30T12:00:00Z").value();
    change(change_to("daily", "monthly", 2));
    EXPECT_THAT(update_amounts(), ElementsAre(-14'950, 29'900));
}

TEST_F(ContractChange, TheLastIssueEndsTheContractAndItsRights) {
    CreateContract wish = contract("monthly");
    wish.issues_total = 1;
    confirm(wish);
    pay(TransactionStatus::succeeded);
    books.done(Kind::contracts, contract_id, ConsumeContractIssue{"2026-06", {}});
    EXPECT_EQ(contract_state().status, ContractStatus::expired);
    EXPECT_EQ(active_rights_to("daily"), 0);
}

}  // namespace
}  // namespace commands::tests
