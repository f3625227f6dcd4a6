#include "api/resources/histories.hpp"

namespace api {

using namespace domain;

// Who did what, and what was there before, is for auditors: who may read a kind may not for that
// reason read all that it was.
std::vector<http::Route> history_routes(const Histories& histories) {
    using enum http::Verb;
    using enum Scope;
    const auto doc = &Histories::doc;
    return {
        {get, "/management/vendors/{id}/history", audit_read, histories.of(Kind::vendors),
         doc(Kind::vendors, "getVendorHistory", "What happened to a vendor, the oldest first.")},
        {get, "/management/products/{sku}/history", audit_read, histories.of(Kind::products),
         doc(Kind::products, "getProductHistory", "What happened to a product, the oldest first.")},
        {get, "/management/users/{id}/history", audit_read, histories.of(Kind::users),
         doc(Kind::users, "getUserHistory",
             "What happened to a user and to all that the user has, receives or pays for, the "
             "oldest first.")},
        {get, "/management/contracts/{id}/history", audit_read, histories.of(Kind::contracts),
         doc(Kind::contracts, "getContractHistory",
             "What happened to a contract, the oldest first.")},
        {get, "/management/bills/{id}/history", audit_read, histories.of(Kind::bills),
         doc(Kind::bills, "getBillHistory", "What happened to a bill, the oldest first.")},
        {get, "/management/transactions/{id}/history", audit_read, histories.of(Kind::transactions),
         doc(Kind::transactions, "getTransactionHistory",
             "What happened to a transaction, the oldest first.")},
        {get, "/management/entitlements/{id}/history", audit_read, histories.of(Kind::entitlements),
         doc(Kind::entitlements, "getEntitlementHistory",
             "What happened to an entitlement, the oldest first.")},
        {get, "/management/fulfillments/{id}/history", audit_read, histories.of(Kind::fulfillments),
         doc(Kind::fulfillments, "getFulfillmentHistory",
             "What happened to a fulfillment, the oldest first.")},
    };
}

}  // namespace api
