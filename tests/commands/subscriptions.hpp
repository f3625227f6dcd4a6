// Subscriptions: a fixture with a vendor, a product with options of several periods, another one,
// two users, and words for what is done with a contract of one of them.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/commands/books.hpp"

namespace commands::tests {

using namespace domain;

class Subscriptions : public testing::Test {
protected:
    Subscriptions() {
        CreateVendor vendor;
        vendor.id = Slug{"dagbladet"};
        vendor.name = "Dagbladet";
        vendor.time_zone = TimeZoneName{"Europe/Oslo"};
        vendor.number_prefix = "D-";
        books.done(Kind::vendors, "dagbladet", vendor);
        CreateProduct product;
        product.sku = Sku{"daily"};
        product.type = ProductType::publication;
        product.vendor_id = VendorId{"dagbladet"};
        product.title = "Dagbladet, every day";
        product.purchase_options = {option("monthly", PurchaseType::recurring, 34'900),
                                    option("free", PurchaseType::recurring, 0),
                                    option("daily", PurchaseType::recurring, 0),
                                    option("yearly", PurchaseType::recurring, 360'000),
                                    option("once", PurchaseType::one_time, 4'900)};
        publish(product);
        product.sku = Sku{"weekend"};
        product.purchase_options = {option("monthly", PurchaseType::recurring, 20'000)};
        publish(product);
        for (const std::string id : {"kari", "ola"}) {
            CreateUser user;
            user.id = UserId{id};
            user.email = Email{id + "@example.org"};
            books.done(Kind::users, id, user);
        }
    }

    static NewPurchaseOption option(std::string id, PurchaseType type, Minor amount) {
        NewPurchaseOption made;
        made.id = PurchaseOptionId{id};
        made.name = std::move(id);
        made.purchase_type = type;
        made.amount = amount;
        made.currency = *Currency::parse("NOK");
        made.tax_rate = 2'500;
        if (type == PurchaseType::recurring) {
            made.recurring_interval = made.name == "daily"    ? RecurringInterval::day
                                      : made.name == "yearly" ? RecurringInterval::year
                                                              : RecurringInterval::month;
            made.recurring_time = 1;
        }
        return made;
    }
    void publish(const CreateProduct& wish) {
        const std::string& sku = wish.sku.text;
        books.done(Kind::products, sku, wish);
        if (books.state<ProductDecider>(sku).status == ProductStatus::draft) {
            books.done(Kind::products, sku, PublishProduct{});
        }
    }
    static CreateContract contract(std::string option) {
        CreateContract wish;
        wish.user_id = UserId{"kari"};
        wish.items = {{Sku{"daily"}, PurchaseOptionId{std::move(option)}, 1}};
        return wish;
    }
    void draft_and_confirm(const CreateContract& wish) {
        contract_id = books.done(Kind::contracts, "", wish);
        books.done(Kind::contracts, contract_id, ConfirmContract{});
    }
    // A contract that was confirmed, and its first bill.
    void confirm(const CreateContract& wish) {
        draft_and_confirm(wish);
        const auto start = contract_state().current_period_start.value_or(books.now);
        const auto key =
            period_claim(ContractId{contract_id}, start, BillingReason::contract_created);
        bill_id = books.claimed_by({}, key).value().id;
    }
    static constexpr Minor price = 43'625;  // Of a month: 349.00 and 25 % tax.

    RecordTransaction transaction(TransactionStatus status, Minor amount = price) {
        RecordTransaction wish;
        wish.type = TransactionType::charge;
        wish.status = status;
        wish.amount = amount;
        wish.currency = *Currency::parse("NOK");
        wish.user_id = UserId{"kari"};
        wish.bill_id = BillId{bill_id};
        wish.provider = "nets";
        wish.provider_reference = "ref" + std::to_string(++references);
        return wish;
    }
    std::string pay(TransactionStatus status, Minor amount = price) {
        return books.done(Kind::transactions, "", transaction(status, amount));
    }
    // What the contract was billed for, in the order of the periods; without what was withdrawn.
    std::vector<Bill> bills() {
        auto all = books.all<BillDecider>();
        std::erase_if(all, [](const Bill& one) { return !is_live(one); });
        std::ranges::sort(all, {}, [](const Bill& one) { return one.items.at(0).period_start; });
        return all;
    }
    std::optional<std::string> current_bill_id() {
        const ContractId id{contract_id};
        const auto start = *contract_state().current_period_start;
        for (const auto reason : {BillingReason::contract_cycle, BillingReason::contract_created}) {
            const auto holder = books.claimed_by({}, period_claim(id, start, reason));
            if (holder) return holder->id;
        }
        return std::nullopt;
    }
    // A payment of what is open of the bill of the period that runs.
    std::string pay_current() {
        bill_id = current_bill_id().value();
        return pay(TransactionStatus::succeeded, bill().amount_remaining);
    }
    Bill bill() { return books.state<BillDecider>(bill_id); }
    Contract contract_state() { return books.state<ContractDecider>(contract_id); }
    std::vector<Entitlement> rights() { return books.all<EntitlementDecider>(); }

    Books books;
    std::string contract_id;
    std::string bill_id;
    int references = 0;
};

}  // namespace commands::tests
