// The publisher of the benches: what it sells, a paper by the month, and to whom.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/pump.hpp"

namespace bench {

inline void make_vendor(Pump& pump) {
    domain::CreateVendor vendor;
    vendor.name = "Nordpress";
    pump.send({domain::Kind::vendors, "nordpress"}, vendor);
}

inline domain::UserId reader(std::size_t number) { return {"reader-" + std::to_string(number)}; }

// Returns when they are there.
inline void make_readers(Pump& pump, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        domain::CreateUser person;
        person.email = {reader(i).text + "@example.org"};
        pump.send({domain::Kind::users, reader(i).text}, person);
    }
    pump.drain();
}

// `tax_rate` is in basis points. Returns when it is there.
inline void make_catalogue(Pump& pump, std::int64_t tax_rate) {
    using namespace domain;
    make_vendor(pump);

    CreateProduct product;
    product.sku = {"evening-news"};
    product.type = ProductType::publication;
    product.vendor_id = {"nordpress"};
    product.title = "Evening News";
    NewPurchaseOption option;
    option.id = PurchaseOptionId{"monthly"};
    option.name = "Every month";
    option.purchase_type = PurchaseType::recurring;
    option.amount = 24'900;
    option.tax_rate = tax_rate;
    option.currency = *Currency::parse("NOK");
    option.recurring_interval = RecurringInterval::month;
    option.recurring_time = 1;
    product.purchase_options.push_back(option);
    pump.send({Kind::products, "evening-news"}, product);
    pump.drain();
}

}  // namespace bench
