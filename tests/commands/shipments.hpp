// Shipments: subscriptions to a title that comes out on Fridays. Its dispatch file is made on
// Tuesday, and a day before that nothing is changed any more: the cut-off is at midnight before
// Monday in Oslo. The clock stands on Saturday, 31 January 2026.
#pragma once

#include "commands/fulfillment.hpp"
#include "tests/commands/subscriptions.hpp"

namespace commands::tests {

class Shipments : public Subscriptions {
protected:
    Shipments() {
        UpdateProduct calendar;
        calendar.issue_weekday = change_to(Weekday::friday);
        calendar.dispatch_weekday = change_to(Weekday::tuesday);
        calendar.lead_days = change_to<std::int64_t>(1);
        books.done(Kind::products, "daily", calendar);
    }

    static Address street(std::string name) {
        Address address;
        address.street = Personal{std::move(name)};
        return address;
    }
    static Timestamp time(const char* text) { return parse_rfc3339(text).value(); }

    static CreateContract shipped(std::string option) {
        CreateContract wish = contract(std::move(option));
        wish.delivery_address = street("Storgata");
        return wish;
    }
    // A contract that runs, paid for a month until 28 February.
    void subscribe() {
        confirm(shipped("monthly"));
        pay(TransactionStatus::succeeded);
    }
    // A term that is paid, by one bill for all of it.
    void take_term(std::optional<std::int64_t> issues = {}) {
        CreateProduct product;
        product.sku = Sku{"term"};
        product.type = ProductType::bundle;
        product.vendor_id = VendorId{"dagbladet"};
        product.title = "A month of it";
        product.items = {{Sku{"daily"}, 1}};
        NewPurchaseOption once = option("month", PurchaseType::rental, 40'000);
        once.tax_rate = 0;
        once.recurring_interval = RecurringInterval::month;
        once.recurring_time = 1;
        product.purchase_options = {once};
        publish(product);
        CreateContract wish = shipped("month");
        wish.items[0].sku = product.sku;
        wish.issues_total = issues;
        confirm(wish);
        pay(TransactionStatus::succeeded, 40'000);
    }

    CreateFulfillment issue(const char* cover_date = nullptr) const {
        CreateFulfillment wish;
        wish.sku = Sku{"daily"};
        wish.contract_id = ContractId{contract_id};
        wish.kind = FulfillmentMethod::physical_shipment;
        if (cover_date != nullptr) wish.issue.emplace().cover_date = Date{cover_date};
        return wish;
    }
    std::string ship(const char* cover_date = nullptr) {
        return books.done(Kind::fulfillments, "", issue(cover_date));
    }
    std::string ship_and_lose(const char* cover_date) {
        const auto id = ship(cover_date);
        books.done(Kind::fulfillments, id, IncludeFulfillment{});
        books.done(Kind::fulfillments, id, DispatchFulfillment{});
        books.done(Kind::fulfillments, id, ReportFulfillment{});
        return id;
    }
    std::string stop(const char* from, const char* to, std::optional<StopAction> action = {}) {
        AddDeliveryStop wish;
        wish.from = Date{from};
        wish.to = Date{to};
        wish.action = action;
        books.done(Kind::contracts, contract_id, wish);
        return contract_state().delivery_stops.back().id.text;
    }
    Fulfillment shipment(const std::string& id) { return books.state<FulfillmentDecider>(id); }
    FulfillmentStatus status(const std::string& id) { return shipment(id).status; }
    // What was given as customer credit.
    std::vector<Minor> credits() {
        std::vector<Minor> amounts;
        for (const Transaction& one : books.all<TransactionDecider>()) {
            if (one.type == TransactionType::credit) amounts.push_back(one.amount);
        }
        return amounts;
    }
    static constexpr Minor share = price / 4;  // Four Fridays until 28 February.
};

}  // namespace commands::tests
