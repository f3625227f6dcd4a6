// Coverage: which products the right to one product gives access to.
//
// A product covers itself; a bundle covers what its items cover; a pass covers the products that
// are tagged with it; a publication covers its issues that were published inside the entitlement's
// window and scope. All functions are pure and end on any catalogue, cyclic ones included.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "domain/entitlement.hpp"
#include "domain/ids.hpp"
#include "domain/product.hpp"
#include "domain/time.hpp"

namespace domain {

// Null when there is no such product. The product must live as long as the call that looks it up.
using ProductLookup = std::function<const Product*(const Sku&)>;

// Would a bundle with this SKU and these items contain itself?
bool would_cycle(const Sku& bundle, std::span<const BundleItem> items, const ProductLookup& find);

// How an entitlement leads to a product.
struct Coverage {
    std::vector<Sku> via;  // From the entitlement's own product to the wanted one, both included.
    bool is_archive = false;  // Through a publication: what was bought stays after the end.
};

// Empty when the entitlement's product does not cover the wanted one. Says nothing about whether
// the entitlement is effective.
std::optional<Coverage> covers(const EntitlementTerms& entitlement, const Sku& wanted,
                               const ProductLookup& find);

// What is told to one who asks for access.
struct AccessAnswer {
    bool has_access = false;
    std::optional<EntitlementId> entitlement_id = {};
    std::vector<Sku> via = {};
    std::optional<Timestamp> valid_until = {};  // Empty with access: for ever.
    AccessReason reason = AccessReason::none;
    Timestamp as_of = {};
    bool operator==(const AccessAnswer&) const = default;
};
constexpr auto describe(const AccessAnswer*) {
    using A = AccessAnswer;
    return fields(
        field<&A::has_access>("hasAccess", "Whether the user may read it."),
        field<&A::entitlement_id>("entitlementId", "The entitlement that says so."),
        field<&A::via>("via", "The products from what was bought to what was asked for."),
        field<&A::valid_until>("validUntil", "Until when, exclusive; for ever if absent."),
        field<&A::reason>("reason", "Why not; none when there is access or no entitlement."),
        field<&A::as_of>("asOf", "The instant that the answer is about."));
}

// The answer from one entitlement; empty when it does not cover the product.
std::optional<AccessAnswer> answer(const EntitlementId& id, const Entitlement& entitlement,
                                   const Sku& wanted, Timestamp at, const ProductLookup& find);

// The answer to give when there are two: access before none, the longer before the shorter, and
// the reason that is easiest to mend before the others.
AccessAnswer better(AccessAnswer one, AccessAnswer other);

}  // namespace domain
