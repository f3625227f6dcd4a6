// Strong ids: a BillId is not a VendorId, though both are text.
//
// An id is 1–64 of `A–Z a–z 0–9 . _ -`. Daybook makes 32 hex digits (a UUIDv7 without dashes);
// clients may bring their own. Ids are compared byte by byte.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace domain {

// True for 1 to `length_max` characters of the alphabet of ids.
constexpr bool is_id_text(std::string_view text, std::size_t length_max = 64) {
    if (text.empty() || text.size() > length_max) return false;
    for (const char c : text) {
        const bool ok = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!ok) return false;
    }
    return text != "." && text != "..";  // Neither survives in a URL path.
}

template <class Tag>
struct Id {
    std::string text;

    static constexpr std::string_view format = Tag::format;
    static constexpr std::string_view pattern = "^[A-Za-z0-9._-]+$";
    static constexpr std::size_t length_max = Tag::length_max;

    static Result<Id, std::string_view> parse(std::string_view raw) {
        if (!is_id_text(raw, length_max)) return Failure<std::string_view>(Tag::rule);
        return Id{std::string(raw)};
    }
    std::string_view view() const { return text; }
    bool empty() const { return text.empty(); }
    auto operator<=>(const Id&) const = default;
};

struct PlainIdTag {
    static constexpr std::string_view format = "id";
    static constexpr std::size_t length_max = 64;
    static constexpr std::string_view rule =
        "must be 1 to 64 characters, each a letter, a digit or one of . _ -";
};
struct VendorTag : PlainIdTag {};
struct UserTag : PlainIdTag {};
struct ContractTag : PlainIdTag {};
struct BillTag : PlainIdTag {};
struct TransactionTag : PlainIdTag {};
struct EntitlementTag : PlainIdTag {};
struct FulfillmentTag : PlainIdTag {};
struct DeliveryStopTag : PlainIdTag {};
struct PurchaseOptionTag : PlainIdTag {};
struct TenantTag : PlainIdTag {};
struct ApiKeyTag : PlainIdTag {};
struct PaymentTag : PlainIdTag {};
struct CredentialTag : PlainIdTag {};
struct SkuTag {
    static constexpr std::string_view format = "sku";
    static constexpr std::size_t length_max = 128;
    static constexpr std::string_view rule =
        "must be 1 to 128 characters, each a letter, a digit or one of . _ -";
};

using VendorId = Id<VendorTag>;
using UserId = Id<UserTag>;
using ContractId = Id<ContractTag>;
using BillId = Id<BillTag>;
using TransactionId = Id<TransactionTag>;
using EntitlementId = Id<EntitlementTag>;
using FulfillmentId = Id<FulfillmentTag>;
using DeliveryStopId = Id<DeliveryStopTag>;
using PurchaseOptionId = Id<PurchaseOptionTag>;
using TenantId = Id<TenantTag>;
using ApiKeyId = Id<ApiKeyTag>;
using PaymentId = Id<PaymentTag>;
using CredentialId = Id<CredentialTag>;
using Sku = Id<SkuTag>;

}  // namespace domain
