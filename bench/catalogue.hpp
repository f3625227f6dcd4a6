// What the publisher of the benches sells: a paper, by the month.
#pragma once

#include <cstdint>

#include "bench/pump.hpp"

namespace bench {

// `tax_rate` is in basis points. Returns when it is there.
inline void make_catalogue(Pump& pump, std::int64_t tax_rate) {
    using namespace domain;
    CreateVendor vendor;
    vendor.name = "Nordpress";
    pump.send({Kind::vendors, "nordpress"}, vendor);

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
