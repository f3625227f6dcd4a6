// What may be asked of a fulfillment. Described members come from clients; the others are set by
// handlers.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>

#include "domain/fulfillment_parts.hpp"

namespace domain {

// The SKU comes from the path.
struct CreateFulfillment {
    std::optional<FulfillmentId> id;
    std::optional<UserId> user_id;
    std::optional<ContractId> contract_id;
    std::optional<EntitlementId> entitlement_id;
    std::optional<FulfillmentMethod> kind;
    std::optional<IssueWish> issue;
    std::int64_t copies = 1;
    std::optional<Address> address;
    std::optional<Personal> instructions;
    std::optional<std::string> external_id;
    Metadata metadata;
    std::optional<std::string> reason;

    Sku sku;
    FulfillmentTerms terms;        // What follows from all that.
    std::optional<StopNote> stop;  // It falls into a delivery stop.
    std::optional<FulfillmentCredit> stop_credit;
    Timestamp now;
    bool operator==(const CreateFulfillment&) const = default;
};
constexpr auto describe(const CreateFulfillment*) {
    using C = CreateFulfillment;
    return fields(
        field<&C::id>("id", "The fulfillment's id; made if left out."),
        field<&C::user_id>("userId", "To whom; the contract's or the right's user if left out."),
        field<&C::contract_id>("contractId", "The contract for which it is."),
        field<&C::entitlement_id>("entitlementId", "The right for which it is."),
        field<&C::kind>("kind", "How it is handed over; by the product if that has one way only."),
        field<&C::issue>("issue",
                         "Which issue; the next one that can still be affected, by the title's "
                         "calendar, if left out."),
        field<&C::copies>("copies", "How many of it.").range(1, 1'000'000),
        field<&C::address>("address",
                           "Where a shipment goes; the contract's or the user's delivery address "
                           "if left out."),
        field<&C::instructions>("instructions", "For who delivers it.").length(1, 500),
        field<&C::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&C::metadata>("metadata", "Values of your own.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max),
        field<&C::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct ReadyFulfillment {
    Url url;
    std::optional<Timestamp> expires_at;

    Timestamp now;
    bool operator==(const ReadyFulfillment&) const = default;
};
constexpr auto describe(const ReadyFulfillment*) {
    using R = ReadyFulfillment;
    return fields(field<&R::url>("url", "Where the user gets it.").required(),
                  field<&R::expires_at>("expiresAt", "Until when that works (exclusive)."));
}

struct FailFulfillment {
    std::optional<std::string> reason;
    bool operator==(const FailFulfillment&) const = default;
};
constexpr auto describe(const FailFulfillment*) {
    return fields(field<&FailFulfillment::reason>("reason", "Why.").length(0, 500));
}

struct RevokeFulfillment {
    std::optional<std::string> reason;
    bool operator==(const RevokeFulfillment&) const = default;
};
constexpr auto describe(const RevokeFulfillment*) {
    return fields(field<&RevokeFulfillment::reason>("reason", "Why.").length(0, 500));
}

struct CancelFulfillment {
    std::optional<std::string> reason;

    Timestamp now;
    bool operator==(const CancelFulfillment&) const = default;
};
constexpr auto describe(const CancelFulfillment*) {
    return fields(field<&CancelFulfillment::reason>("reason", "Why.").length(0, 500));
}

struct IncludeFulfillment {
    std::optional<std::string> dispatch_file;
    bool operator==(const IncludeFulfillment&) const = default;
};
constexpr auto describe(const IncludeFulfillment*) {
    return fields(
        field<&IncludeFulfillment::dispatch_file>("dispatchFile", "The name of the dispatch file.")
            .length(1, 200));
}

struct DispatchFulfillment {
    std::optional<std::string> carrier;
    std::optional<std::string> tracking_number;
    std::optional<Timestamp> dispatched_at;

    Timestamp now;
    bool operator==(const DispatchFulfillment&) const = default;
};
constexpr auto describe(const DispatchFulfillment*) {
    using D = DispatchFulfillment;
    return fields(
        field<&D::carrier>("carrier", "Who carries it.").length(1, 100),
        field<&D::tracking_number>("trackingNumber", "The carrier's number.").length(1, 100),
        field<&D::dispatched_at>("dispatchedAt", "When; now if left out."));
}

struct DeliverFulfillment {
    std::optional<Timestamp> delivered_at;

    Timestamp now;
    bool operator==(const DeliverFulfillment&) const = default;
};
constexpr auto describe(const DeliverFulfillment*) {
    return fields(
        field<&DeliverFulfillment::delivered_at>("deliveredAt", "When; now if left out."));
}

struct ReturnFulfillment {
    std::optional<std::string> reason;
    bool operator==(const ReturnFulfillment&) const = default;
};
constexpr auto describe(const ReturnFulfillment*) {
    return fields(field<&ReturnFulfillment::reason>("reason", "Why it came back.").length(0, 500));
}

struct ReportFulfillment : FulfillmentProblem {
    bool operator==(const ReportFulfillment&) const = default;
};

// The same once more: a fulfillment of its own.
struct ReshipFulfillment {
    std::optional<FulfillmentId> id;
    std::optional<std::int64_t> copies;
    std::optional<Address> address;
    std::optional<Personal> instructions;
    std::optional<std::string> reason;
    bool operator==(const ReshipFulfillment&) const = default;
};
constexpr auto describe(const ReshipFulfillment*) {
    using R = ReshipFulfillment;
    return fields(
        field<&R::id>("id", "The id of the fulfillment in its place; made if left out."),
        field<&R::copies>("copies", "How many; all if left out.").range(1, 1'000'000),
        field<&R::address>("address", "Where it goes; to the same address if left out."),
        field<&R::instructions>("instructions", "For who delivers it; the same if left out.")
            .length(1, 500),
        field<&R::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct CreditFulfillment {
    std::optional<Minor> amount;
    std::optional<BillId> bill_id;
    std::optional<std::string> reason;

    std::optional<FulfillmentCredit> usual;  // What is given if no amount is named.
    Minor amount_max = 0;                    // What it cost.
    bool operator==(const CreditFulfillment&) const = default;
};
constexpr auto describe(const CreditFulfillment*) {
    using C = CreditFulfillment;
    return fields(field<&C::amount>("amount", "In minor units; what it cost if left out.")
                      .range(1, std::numeric_limits<Minor>::max()),
                  field<&C::bill_id>("billId",
                                     "The bill that asked for it; the contract's or the right's "
                                     "if left out."),
                  field<&C::reason>("reason", "Why; kept in the history.").length(0, 500));
}

// A delivery stop keeps it from being delivered.
struct StopFulfillment {
    StopNote stop;
    std::optional<FulfillmentCredit> credit;  // What is given if this is final.
    Timestamp now;
    bool operator==(const StopFulfillment&) const = default;
};
constexpr auto describe(const StopFulfillment*) { return fields(); }

// The delivery stop was removed.
struct ReinstateFulfillment {
    bool operator==(const ReinstateFulfillment&) const = default;
};
constexpr auto describe(const ReinstateFulfillment*) { return fields(); }

// The cut-off of what was stopped was reached: nothing brings it back.
struct SettleStop {
    std::optional<FulfillmentCredit> credit;
    Timestamp now;
    bool operator==(const SettleStop&) const = default;
};
constexpr auto describe(const SettleStop*) { return fields(); }

// The contract's delivery address is another one.
struct ReaddressFulfillment {
    Address address;
    Timestamp now;
    bool operator==(const ReaddressFulfillment&) const = default;
};
constexpr auto describe(const ReaddressFulfillment*) { return fields(); }

using FulfillmentCommand =
    std::variant<CreateFulfillment, ReadyFulfillment, FailFulfillment, RevokeFulfillment,
                 CancelFulfillment, IncludeFulfillment, DispatchFulfillment, DeliverFulfillment,
                 ReturnFulfillment, ReportFulfillment, ReshipFulfillment, CreditFulfillment,
                 StopFulfillment, ReinstateFulfillment, SettleStop, ReaddressFulfillment>;

}  // namespace domain
