// A purchase option: one way to buy a product, once, again and again, or for a while.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/description.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/period.hpp"
#include "domain/time.hpp"

namespace domain {

enum class PurchaseType : std::uint8_t { one_time, recurring, rental };
constexpr auto describe(const PurchaseType*) {
    return wire_names("oneTime", "recurring", "rental");
}

// An option without its id. `recurring_interval` and `recurring_time` stand together: always on a
// recurring option (the billing period), maybe on a rental (its length), never on a one-time one.
struct PurchaseTerms {
    std::string name;
    PurchaseType purchase_type = PurchaseType::one_time;
    Minor amount = 0;
    Currency currency;
    std::int64_t tax_rate = 0;
    std::optional<RecurringInterval> recurring_interval;
    std::optional<std::int64_t> recurring_time;
    std::optional<Timestamp> valid_from;
    std::optional<Timestamp> valid_to;
    bool operator==(const PurchaseTerms&) const = default;
};
constexpr auto describe(const PurchaseTerms*) {
    using T = PurchaseTerms;
    return fields(
        field<&T::name>("name", "The name as buyers know it.").length(0, 200),
        field<&T::purchase_type>("purchaseType", "Once, again and again, or for a while.")
            .required(),
        field<&T::amount>("amount", "Price in minor units of the currency.")
            .required()
            .range(0, 1'000'000'000'000),
        field<&T::currency>("currency", "Currency, ISO 4217.").required(),
        field<&T::tax_rate>("taxRate", "Tax in basis points: 2500 is 25 %.").range(0, 10000),
        field<&T::recurring_interval>("recurringInterval", "Unit of the billing period."),
        field<&T::recurring_time>("recurringTime", "Units in a billing period.").range(1, 1000),
        field<&T::valid_from>("validFrom", "From when it is offered."),
        field<&T::valid_to>("validTo", "Until when it is offered, exclusive."));
}

struct PurchaseOption : PurchaseTerms {
    PurchaseOptionId id;
    bool operator==(const PurchaseOption&) const = default;
};
constexpr auto describe(const PurchaseOption*) {
    return std::tuple_cat(
        fields(field<&PurchaseOption::id>("id", "Unique within the product.").required()),
        describe(static_cast<const PurchaseTerms*>(nullptr)));
}

// As a client sends it: the id may be left out.
struct NewPurchaseOption : PurchaseTerms {
    std::optional<PurchaseOptionId> id;
    bool operator==(const NewPurchaseOption&) const = default;
};
constexpr auto describe(const NewPurchaseOption*) {
    return std::tuple_cat(
        fields(field<&NewPurchaseOption::id>("id", "Unique within the product; made if left out.")),
        describe(static_cast<const PurchaseTerms*>(nullptr)));
}

// Is the option offered at this instant?
inline bool is_offered(const PurchaseTerms& terms, Timestamp at) {
    return (!terms.valid_from || *terms.valid_from <= at) &&
           (!terms.valid_to || at < *terms.valid_to);
}

}  // namespace domain
