// Samples of products.
#pragma once

#include "domain/product.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

inline CreateProduct sample_product() {
    CreateProduct create;
    create.sku = Sku{"daily"};
    create.type = ProductType::publication;
    create.vendor_id = VendorId{"acme"};
    create.title = "The Daily";
    NewPurchaseOption monthly;
    monthly.id = PurchaseOptionId{"monthly"};
    monthly.name = "Monthly";
    monthly.purchase_type = PurchaseType::recurring;
    monthly.amount = 34900;
    monthly.currency = Currency::parse("NOK").value();
    monthly.tax_rate = 2500;
    monthly.recurring_interval = RecurringInterval::month;
    create.purchase_options = {monthly};
    return create;
}

template <>
struct Samples<ProductDecider> {
    static std::vector<ProductEvent> past(ProductStatus status) {
        CreateProduct create = sample_product();
        if (status == ProductStatus::draft) create.status = FirstProductStatus::draft;
        const ProductEvent created = ProductDecider::decide({}, create).value().front();
        switch (status) {
            case ProductStatus::absent: return {};
            case ProductStatus::draft:
            case ProductStatus::active: return {created};
            case ProductStatus::archived: return {created, ProductArchived{}};
        }
        return {};
    }
    static std::vector<ProductCommand> commands(ProductStatus) {
        return {sample_product(), UpdateProduct{.title = change_to<std::string>("The Weekly")},
                PublishProduct{}, ArchiveProduct{}, RestoreProduct{}};
    }
};

}  // namespace domain
