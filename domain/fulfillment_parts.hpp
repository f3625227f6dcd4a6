// What a fulfillment, its commands and its events have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "domain/delivery_stop.hpp"
#include "domain/ids.hpp"
#include "domain/metadata.hpp"
#include "domain/money.hpp"
#include "domain/product.hpp"
#include "domain/user.hpp"

namespace domain {

constexpr bool is_physical(FulfillmentMethod kind) {
    return kind == FulfillmentMethod::physical_shipment;
}

enum class ProblemType : std::uint8_t { missing, late, damaged, wrong_item, other };
constexpr auto describe(const ProblemType*) {
    return wire_names("missing", "late", "damaged", "wrongItem", "other");
}

// What the receiver says is wrong.
struct FulfillmentProblem {
    ProblemType type = ProblemType::missing;
    std::optional<Personal> description;
    bool operator==(const FulfillmentProblem&) const = default;
};
constexpr auto describe(const FulfillmentProblem*) {
    using P = FulfillmentProblem;
    return fields(field<&P::type>("type", "What is wrong."),
                  field<&P::description>("description", "In words.").length(1, 1000));
}

// An issue as a client names it; what it leaves out follows from the product and the calendar.
struct IssueWish {
    std::optional<std::string> code;
    std::optional<Date> cover_date;
    bool operator==(const IssueWish&) const = default;
};
constexpr auto describe(const IssueWish*) {
    using W = IssueWish;
    return fields(
        field<&W::code>("code", "Such as 2026-48; by the cover date if left out.").length(1, 40),
        field<&W::cover_date>("coverDate", "The day that is printed on it."));
}

struct FulfillmentIssue {
    std::optional<Sku> publication;
    std::string code;
    std::optional<Date> cover_date;
    bool operator==(const FulfillmentIssue&) const = default;
};
constexpr auto describe(const FulfillmentIssue*) {
    using I = FulfillmentIssue;
    return fields(field<&I::publication>("publication", "The publication's SKU."),
                  field<&I::code>("code", "The issue, such as 2026-48.").required(),
                  field<&I::cover_date>("coverDate", "The day that is printed on it."));
}

// What is handed over, to whom and how.
struct FulfillmentTerms {
    Sku sku;
    UserId user_id;
    VendorId vendor_id;
    std::optional<ContractId> contract_id;
    std::optional<EntitlementId> entitlement_id;
    FulfillmentMethod kind = FulfillmentMethod::digital_access;
    std::optional<FulfillmentIssue> issue;
    std::int64_t copies = 1;
    std::optional<Address> address;
    std::optional<Personal> instructions;
    std::optional<Timestamp> cutoff_at;
    std::optional<FulfillmentId> reshipment_of;
    std::optional<std::string> external_id;
    Metadata metadata;
    bool operator==(const FulfillmentTerms&) const = default;
};
constexpr auto describe(const FulfillmentTerms*) {
    using T = FulfillmentTerms;
    return fields(
        field<&T::sku>("sku", "What is handed over.").required(),
        field<&T::user_id>("userId", "To whom.").required(),
        field<&T::vendor_id>("vendorId", "Who hands it over.").required(),
        field<&T::contract_id>("contractId", "The contract for which it is."),
        field<&T::entitlement_id>("entitlementId", "The right for which it is."),
        field<&T::kind>("kind", "How it is handed over.").required(),
        field<&T::issue>("issue", "Of a publication: which issue."),
        field<&T::copies>("copies", "How many of it.").range(1, 1'000'000),
        field<&T::address>("address",
                           "Where a shipment goes, as it was known when it was last "
                           "possible to change it."),
        field<&T::instructions>("instructions", "For who delivers it.").length(1, 500),
        field<&T::cutoff_at>("cutoffAt",
                             "From then on it is neither stopped, canceled nor sent elsewhere."),
        field<&T::reshipment_of>("reshipmentOf", "The fulfillment in whose place it was sent."),
        field<&T::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&T::metadata>("metadata", "Values of your own.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max));
}

// The delivery stop that keeps something from being delivered.
struct StopNote {
    DeliveryStopId stop_id;
    StopAction action = StopAction::extend;
    Timestamp final_at;
    bool operator==(const StopNote&) const = default;
};
constexpr auto describe(const StopNote*) {
    return fields(
        field<&StopNote::stop_id>("stopId", "The contract's delivery stop.").required(),
        field<&StopNote::action>("action", "What the customer gets for it.").required(),
        field<&StopNote::final_at>("finalAt", "From then on nothing brings it back.").required());
}

// Money that is given back for a fulfillment, as customer credit of who paid.
struct FulfillmentCredit {
    Minor amount = 0;
    Currency currency;
    UserId payer_id;
    std::optional<BillId> bill_id;
    bool operator==(const FulfillmentCredit&) const = default;
};
constexpr auto describe(const FulfillmentCredit*) {
    using C = FulfillmentCredit;
    return fields(field<&C::amount>("amount", "In minor units.").required(),
                  field<&C::currency>("currency", "ISO 4217 code.").required(),
                  field<&C::payer_id>("payerId", "Whose credit it is.").required(),
                  field<&C::bill_id>("billId", "The bill that asked for it."));
}

}  // namespace domain
