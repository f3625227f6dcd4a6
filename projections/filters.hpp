// What lists can be filtered by. The wire names are the query parameters of the HTTP interface.
//
// Stored in rows as bytes: add at the end, never reorder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/description.hpp"

namespace projections {

enum class Filter : std::uint8_t {
    user_id,
    contract_id,
    bill_id,
    vendor_id,
    sku,
    status,
    type,
    provider,
    provider_reference,
    currency,
    number,
    external_id,
    customer_number,
    payer_id,
    kind,
    issue,
    publication,
    entitlement_id
};
constexpr auto describe(const Filter*) {
    return domain::wire_names("userId", "contractId", "billId", "vendorId", "sku", "status", "type",
                              "provider", "providerReference", "currency", "number", "externalId",
                              "customerNumber", "payerId", "kind", "issue", "publication",
                              "entitlementId");
}

// What lists can be bounded by: times in milliseconds since the epoch, amounts in minor units.
enum class Range : std::uint8_t {
    created_at,
    issued_at,
    due_at,
    paid_at,
    next_bill_at,
    amount,
    cutoff_at,
    dispatched_at
};
constexpr auto describe(const Range*) {
    return domain::wire_names("createdAt", "issuedAt", "dueAt", "paidAt", "nextBillAt", "amount",
                              "cutoffAt", "dispatchedAt");
}

// The field is one of these values, compared byte by byte.
struct EqualityFilter {
    Filter field = Filter::user_id;
    std::vector<std::string> values = {};
};

// The field has a value within the bounds, both inclusive; an open bound is empty.
struct RangeFilter {
    Range field = Range::created_at;
    std::optional<std::int64_t> at_least = {};
    std::optional<std::int64_t> at_most = {};
};

}  // namespace projections
