#include "domain/claims.hpp"

#include <gtest/gtest.h>

#include "domain/entitlement.hpp"
#include "domain/fulfillment.hpp"
#include "domain/user.hpp"
#include "domain/vendor.hpp"

namespace domain {
namespace {

TEST(Claims, ATakenKeyHasTheCodeOfItsFamily) {
    EXPECT_EQ(claim_refusal("user-email/a@example.org"), "user_email_taken");
    EXPECT_EQ(claim_refusal("customer-number/1/2"), "customer_number_taken");
    EXPECT_EQ(claim_refusal("vendor-external/4711"), "external_id_taken");
    EXPECT_EQ(claim_refusal("unheard-of/1"), "already_taken");
}

TEST(Claims, EachKeyThatIsClaimedHasARefusal) {
    User user;
    user.status = UserStatus::active;
    user.email = {"a@example.org"};
    user.external_id = "1";
    Vendor vendor;
    vendor.external_id = "1";
    Product product;
    product.external_id = "1";
    Entitlement entitlement;
    entitlement.status = EntitlementStatus::active;
    entitlement.external_id = "1";
    Fulfillment fulfillment;
    fulfillment.status = FulfillmentStatus::credited;
    fulfillment.kind = FulfillmentMethod::physical_shipment;
    fulfillment.contract_id = ContractId{"c"};
    fulfillment.issue.emplace();
    fulfillment.credit_bill_id = BillId{"b"};
    fulfillment.external_id = "1";
    Fulfillment scheduled = fulfillment;
    scheduled.status = FulfillmentStatus::scheduled;
    for (const auto& keys :
         {claims(user, "u"), claims(vendor, "v"), claims(product, "p"), claims(entitlement, "e"),
          claims(fulfillment, "f"), claims(scheduled, "f")}) {
        EXPECT_FALSE(keys.empty());
        for (const auto& key : keys) EXPECT_NE(find_claim_refusal(key), nullptr) << key;
    }
}

}  // namespace
}  // namespace domain
