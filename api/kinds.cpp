#include "api/kinds.hpp"

#include <array>
#include <string>

#include "codec/reflect.hpp"

namespace api {

const codec::Type& resource_type(domain::Kind kind) {
    const codec::Type* type = nullptr;
    domain::with_decider(kind, [&](auto decider) {
        type = &codec::type_of<typename decltype(decider)::type::State>();
    });
    return *type;
}

std::string_view noun(domain::Kind kind) {
    using enum domain::Kind;
    switch (kind) {
        case vendors: return "vendor";
        case products: return "product";
        case users: return "user";
        case contracts: return "contract";
        case bills: return "bill";
        case transactions: return "transaction";
        case entitlements: return "entitlement";
        case fulfillments: return "fulfillment";
        case webhook_endpoints:
        case webhook_deliveries: return "webhook endpoint";
        case tenants: return "tenant";
        case keys: return "API key";
    }
    return {};
}

std::string collection_path(domain::Kind kind) {
    return "/management/" + std::string(domain::name(kind));
}

}  // namespace api
