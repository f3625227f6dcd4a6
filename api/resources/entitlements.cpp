#include "api/resources/entitlements.hpp"

#include "api/route_docs.hpp"
#include "commands/entitlement.hpp"

namespace api {

using namespace domain;

namespace {

http::QueryParameter explain() {
    return {.name = "explain",
            .type = http::ParameterType::boolean,
            .doc =
                "Say what the answer rests on: contract, bills and transactions of each "
                "entitlement that could give access."};
}

http::RouteDoc checks(std::string_view operation, std::string_view summary) {
    return {.operation = operation,
            .summary = summary,
            .tag = "entitlements",
            .query = {{.name = "userId", .doc = "Who wants to use it.", .is_required = true},
                      {.name = "sku", .doc = "The product.", .is_required = true},
                      {.name = "at",
                       .type = http::ParameterType::date_time,
                       .doc = "At which instant; now if left out."},
                      explain()},
            .response = value_schema<AccessCheck>()};
}

http::RouteDoc batch_checks(std::string_view operation, std::string_view summary) {
    return {.operation = operation,
            .summary = summary,
            .tag = "entitlements",
            .query = {explain()},
            .request = value_schema<std::vector<AccessQuestion>>(),
            .response = value_schema<std::vector<AccessCheck>>()};
}

}  // namespace

std::vector<http::Route> entitlement_routes(const Reads& read, const Writes& write,
                                            const AccessChecks& access) {
    using enum http::Verb;
    using enum Scope;
    constexpr Kind kind = Kind::entitlements;
    return {
        {get, "/management/entitlements", entitlements_read, read.list(kind),
         lists(kind, "listEntitlements", "Entitlements, the newest first.")},
        {post, "/management/entitlements", entitlements_write, write.command<GrantEntitlement>(),
         creates<GrantEntitlement>("grantEntitlement", "Give a user a right to a product.")},
        {get, "/management/entitlements/check", entitlements_read, access.one(),
         checks("checkAccess", "May this user use this product?")},
        {post, "/management/entitlements/check", entitlements_read, access.batch(),
         batch_checks("checkAccessBatch",
                      "The same for up to a hundred users and products; ten with explain=true.")},
        {get, "/management/entitlements/{id}", entitlements_read, read.get(kind),
         gets(kind, "getEntitlement", "An entitlement.")},
        {post, "/management/entitlements/{id}/suspend", entitlements_write,
         write.command<SuspendEntitlement>(),
         changes<SuspendEntitlement>("suspendEntitlement", "Withhold access for a while.")},
        {post, "/management/entitlements/{id}/reinstate", entitlements_write,
         write.command<ReinstateEntitlement>(),
         changes<ReinstateEntitlement>("reinstateEntitlement", "Give access again.")},
        {post, "/management/entitlements/{id}/extend", entitlements_write,
         write.command<ExtendEntitlement>(),
         changes<ExtendEntitlement>("extendEntitlement", "Move the end to a later time.")},
        {post, "/management/entitlements/{id}/revoke", entitlements_write,
         write.command<RevokeEntitlement>(),
         changes<RevokeEntitlement>("revokeEntitlement", "Take the right away for ever.")},
    };
}

}  // namespace api
