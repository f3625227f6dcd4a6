// What a contract, its commands and its events have in common.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "domain/bill_parts.hpp"
#include "domain/description.hpp"
#include "domain/ids.hpp"
#include "domain/metadata.hpp"
#include "domain/money.hpp"
#include "domain/period.hpp"
#include "domain/purchase_option.hpp"
#include "domain/text_types.hpp"
#include "domain/user.hpp"

namespace domain {

enum class ContractDuration : std::uint8_t {
    recurring,  // Billed each period until it ends.
    renewable,  // One term, which may be renewed.
    perpetual   // Bought once, for ever.
};
constexpr auto describe(const ContractDuration*) {
    return wire_names("RECURRING", "RENEWABLE", "PERPETUAL");
}

enum class PaymentState : std::uint8_t { ok, retrying, overdue };
constexpr auto describe(const PaymentState*) { return wire_names("ok", "retrying", "overdue"); }

enum class ContractExpiry : std::uint8_t { first_bill_expired, term_over, issues_used_up, unpaid };
constexpr auto describe(const ContractExpiry*) {
    return wire_names("firstBillExpired", "termOver", "issuesUsedUp", "unpaid");
}

// What is paid back of the period that a cancellation cuts short.
enum class RefundMode : std::uint8_t { none, prorated, full };
constexpr auto describe(const RefundMode*) { return wire_names("none", "prorated", "full"); }

// An item as it is asked for.
struct ContractItemWish {
    Sku sku;
    PurchaseOptionId purchase_option_id;
    std::int64_t quantity = 1;
    bool operator==(const ContractItemWish&) const = default;
};
constexpr auto describe(const ContractItemWish*) {
    using T = ContractItemWish;
    return fields(field<&T::sku>("sku", "The product.").required(),
                  field<&T::purchase_option_id>("purchaseOptionId", "One of its purchase options.")
                      .required(),
                  field<&T::quantity>("quantity", "How many.").range(1, 1'000'000));
}

// An item as it was agreed: what the product and its option were at that moment.
struct ContractItem : ContractItemWish {
    std::string purchase_option_name;
    std::string name;
    std::optional<Url> cover;
    PurchaseType purchase_type = PurchaseType::recurring;
    Minor unit_amount = 0;
    std::int64_t tax_rate = 0;
    bool operator==(const ContractItem&) const = default;
};
constexpr auto describe(const ContractItem*) {
    using T = ContractItem;
    return std::tuple_cat(
        describe(static_cast<const ContractItemWish*>(nullptr)),
        fields(field<&T::purchase_option_name>("purchaseOptionName", "The option's name then."),
               field<&T::name>("name", "The product's title then."),
               field<&T::cover>("cover", "The product's cover then."),
               field<&T::purchase_type>("purchaseType", "Once, again and again, or for a while."),
               field<&T::unit_amount>("unitAmount", "Price of one, in minor units."),
               field<&T::tax_rate>("taxRate", "Tax rate in basis points.")));
}

// What one of a contract's items costs from some time on.
struct ItemPrice {
    Sku sku;
    PurchaseOptionId purchase_option_id;
    Minor unit_amount = 0;
    bool operator==(const ItemPrice&) const = default;
};
constexpr auto describe(const ItemPrice*) {
    using T = ItemPrice;
    return fields(
        field<&T::sku>("sku", "The product.").required(),
        field<&T::purchase_option_id>("purchaseOptionId", "Its purchase option.").required(),
        field<&T::unit_amount>("unitAmount", "Price of one, in minor units.")
            .required()
            .range(0, 1'000'000'000'000));
}

// Prices that hold in the periods that begin at this time or later.
struct PlannedPrices {
    Timestamp effective_at;
    std::vector<ItemPrice> prices;
    bool operator==(const PlannedPrices&) const = default;
};
constexpr auto describe(const PlannedPrices*) {
    using T = PlannedPrices;
    return fields(field<&T::effective_at>("effectiveAt", "In periods from then on.").required(),
                  field<&T::prices>("prices", "What its items cost then.").required().items(50));
}

// What a change of items sets.
struct ChangedTerms {
    std::vector<ContractItem> items;
    std::optional<RecurringInterval> recurring_interval;
    std::optional<std::int64_t> recurring_time;
    std::optional<Timestamp> anchor_at;  // Empty: as before.
    bool operator==(const ChangedTerms&) const = default;
};
constexpr auto describe(const ChangedTerms*) {
    using T = ChangedTerms;
    return fields(field<&T::items>("items", "What was agreed on.").required().items(50),
                  field<&T::recurring_interval>("recurringInterval", "Unit of its period."),
                  field<&T::recurring_time>("recurringTime", "Units in its period."),
                  field<&T::anchor_at>("anchorAt", "From where periods are counted, if anew."));
}

// A change of items that is still to come.
struct PlannedChange : ChangedTerms {
    Timestamp effective_at;
    std::optional<std::string> reason;
    bool operator==(const PlannedChange&) const = default;
};
constexpr auto describe(const PlannedChange*) {
    using T = PlannedChange;
    return std::tuple_cat(
        describe(static_cast<const ChangedTerms*>(nullptr)),
        fields(field<&T::effective_at>("effectiveAt", "When it comes.").required(),
               field<&T::reason>("reason", "Why.")));
}

struct AppliedDiscount {
    std::string name;
    Minor amount = 0;
    bool operator==(const AppliedDiscount&) const = default;
};
constexpr auto describe(const AppliedDiscount*) {
    using T = AppliedDiscount;
    return fields(field<&T::name>("name", "What it is for.").required().length(1, 200),
                  field<&T::amount>("amount", "Off each bill, in minor units.")
                      .required()
                      .range(0, std::numeric_limits<Minor>::max()));
}

struct PaymentData {
    std::optional<std::string> method;
    std::optional<std::string> description;
    std::optional<std::string> brand;
    bool operator==(const PaymentData&) const = default;
};
constexpr auto describe(const PaymentData*) {
    using T = PaymentData;
    return fields(field<&T::method>("method", "card, invoice, mobile, …").length(1, 60),
                  field<&T::description>("description", "As shown to the payer.").length(1, 200),
                  field<&T::brand>("brand", "The card's brand.").length(1, 60));
}

// What a client may say about a contract when it is made, besides its items.
struct ContractOptions {
    std::optional<Timestamp> anchor_at;
    std::optional<Timestamp> start_at;
    std::optional<Timestamp> trial_end;
    std::optional<Timestamp> expires_at;
    std::optional<std::int64_t> issues_total;
    bool auto_renew = true;
    CollectionMethod collection_method = CollectionMethod::charge_automatically;
    std::optional<PaymentData> payment_data;
    std::vector<AppliedDiscount> applied_discounts;
    std::optional<Address> delivery_address;
    std::optional<Url> manage_url;
    std::optional<std::string> external_id;
    Metadata metadata;
    bool operator==(const ContractOptions&) const = default;
};
constexpr auto describe(const ContractOptions*) {
    using T = ContractOptions;
    return fields(
        field<&T::anchor_at>("anchorAt", "From where periods are counted; the start if left out."),
        field<&T::start_at>("startAt", "When it begins; when it is confirmed if left out."),
        field<&T::trial_end>("trialEnd", "Until when it is free (exclusive)."),
        field<&T::expires_at>("expiresAt", "When it ends by itself (exclusive)."),
        field<&T::issues_total>("issuesTotal", "After how many issues it ends.").range(1, 100'000),
        field<&T::auto_renew>("autoRenew", "Does it go on after each period?"),
        field<&T::collection_method>("collectionMethod", "How its bills are collected."),
        field<&T::payment_data>("paymentData", "With what it is paid."),
        field<&T::applied_discounts>("appliedDiscounts", "Off each of its bills.").items(20),
        field<&T::delivery_address>("deliveryAddress", "Where printed things go."),
        field<&T::manage_url>("manageUrl", "Where the customer manages it."),
        field<&T::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&T::metadata>("metadata", "Values of your own.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max));
}

// What was agreed, and with whom.
struct ContractTerms : ContractOptions {
    std::string name;
    UserId user_id;
    UserId payer_id;
    VendorId vendor_id;
    Currency currency;
    std::vector<ContractItem> items;
    ContractDuration contract_duration = ContractDuration::recurring;
    std::optional<RecurringInterval> recurring_interval;
    std::optional<std::int64_t> recurring_time;
    TimeZoneName time_zone;
    bool operator==(const ContractTerms&) const = default;
};
constexpr auto describe(const ContractTerms*) {
    using T = ContractTerms;
    return std::tuple_cat(
        fields(field<&T::name>("name", "What it is called.").required(),
               field<&T::user_id>("userId", "Who receives.").required(),
               field<&T::payer_id>("payerId", "Who pays.").required(),
               field<&T::vendor_id>("vendorId", "Who sells.").required(),
               field<&T::currency>("currency", "ISO 4217 code of all amounts.").required(),
               field<&T::items>("items", "What was agreed on.").required(),
               field<&T::contract_duration>("contractDuration", "How long it goes on.").required(),
               field<&T::recurring_interval>("recurringInterval", "Unit of its period."),
               field<&T::recurring_time>("recurringTime", "Units in its period."),
               field<&T::time_zone>("timeZone", "Whose clocks and days count, IANA.").required()),
        describe(static_cast<const ContractOptions*>(nullptr)));
}

}  // namespace domain
