#include "tests/commands/shipments.hpp"

namespace commands::tests {
namespace {

using enum FulfillmentStatus;

TEST_F(Shipments, TakeTheNextIssueTheAddressAndTheCutOffFromTheContractAndTheTitle) {
    subscribe();
    const auto one = shipment(ship());
    EXPECT_EQ(one.status, scheduled);
    EXPECT_EQ(one.user_id, UserId{"kari"});
    EXPECT_EQ(one.issue, (FulfillmentIssue{Sku{"daily"}, "2026-06", Date{"2026-02-06"}}));
    EXPECT_EQ(one.cutoff_at, time("2026-02-01T23:00:00Z"));
    EXPECT_EQ(one.address, street("Storgata"));
}

TEST_F(Shipments, AfterACutOffTheIssueAfterItIsTheNext) {
    subscribe();
    books.pass_until(time("2026-02-01T23:00:00Z"));
    EXPECT_EQ(shipment(ship()).issue->code, "2026-07");
}

TEST_F(Shipments, TheSameIssueIsShippedOnce) {
    subscribe();
    const auto first = ship("2026-02-06");
    EXPECT_EQ(books.refusal(Kind::fulfillments, "", issue("2026-02-06")),
              "issue_exists_for_contract");
    books.done(Kind::fulfillments, first, CancelFulfillment{});
    EXPECT_EQ(status(ship("2026-02-06")), scheduled);
}

TEST_F(Shipments, AreNotCanceledAfterTheCutOff) {
    subscribe();
    const auto id = ship();
    books.pass_until(time("2026-02-01T23:00:00Z"));
    EXPECT_EQ(books.refusal(Kind::fulfillments, id, CancelFulfillment{}), "cutoff_passed");
}

TEST_F(Shipments, AreOfTheTimeAndTheProductsOfTheContract) {
    subscribe();
    EXPECT_EQ(books.refusal(Kind::fulfillments, "", issue("2026-01-30")), "issue_outside_contract");
    CreateFulfillment other = issue("2026-02-06");
    other.sku = Sku{"weekend"};
    EXPECT_EQ(books.refusal(Kind::fulfillments, "", other), "product_not_in_contract");
    other.sku = Sku{"nothing"};
    EXPECT_EQ(books.refusal(Kind::fulfillments, "", other), "not_found");
    books.done(Kind::contracts, contract_id, PauseContract{});
    EXPECT_EQ(books.refusal(Kind::fulfillments, "", issue()), "contract_not_active");
}

TEST_F(Shipments, OfAnIssueOfTheTitleAreForItsCoverDate) {
    subscribe();
    CreateProduct product;
    product.sku = Sku{"daily-2026-07"};
    product.type = ProductType::physical_issue;
    product.vendor_id = VendorId{"dagbladet"};
    product.title = "Dagbladet, 13 February";
    product.publication_sku = Sku{"daily"};
    product.issue_code = "2026-07";
    publish(product);
    CreateFulfillment wish = issue();
    wish.sku = product.sku;
    wish.kind.reset();
    const auto one = shipment(books.done(Kind::fulfillments, "", wish));
    EXPECT_EQ(one.kind, FulfillmentMethod::physical_shipment);
    EXPECT_EQ(one.issue, (FulfillmentIssue{Sku{"daily"}, "2026-07", Date{"2026-02-13"}}));
}

// One entry says it all: which issue is the first, and where each goes.
TEST_F(Shipments, ANewAddressHoldsFromTheFirstIssueThatCanStillGoThere) {
    subscribe();
    const auto first = ship("2026-02-06");
    const auto second = ship("2026-02-13");
    books.pass_until(time("2026-02-02T10:00:00Z"));
    ChangeDeliveryAddress wish;
    wish.delivery_address = street("Kirkegata");
    books.done(Kind::contracts, contract_id, wish);
    EXPECT_THAT(books.last_events,
                testing::ElementsAre("ContractDeliveryAddressChanged", "FulfillmentReaddressed"));
    EXPECT_EQ(contract_state().delivery_address_from_issue, "2026-07");
    EXPECT_EQ(shipment(first).address, street("Storgata"));
    EXPECT_EQ(shipment(second).address, street("Kirkegata"));
    EXPECT_EQ(shipment(ship("2026-02-20")).address, street("Kirkegata"));
}

TEST_F(Shipments, OfAContractThatCountsIssuesAreCountedWhenTheyAreInTheFile) {
    CreateContract wish = shipped("monthly");
    wish.issues_total = 2;
    confirm(wish);
    pay(TransactionStatus::succeeded);
    const auto first = ship("2026-02-06");
    const auto second = ship("2026-02-13");
    const auto third = ship("2026-02-20");
    EXPECT_EQ(contract_state().issues_remaining, 2);
    books.done(Kind::fulfillments, first, IncludeFulfillment{"2026-06.csv"});
    EXPECT_EQ(contract_state().issues_remaining, 1);
    stop("2026-02-09", "2026-02-15");
    EXPECT_EQ(status(second), stopped);
    EXPECT_EQ(contract_state().issues_remaining, 1);
    const auto fourth = ship("2026-02-27");
    books.done(Kind::fulfillments, third, IncludeFulfillment{});
    EXPECT_EQ(contract_state().status, ContractStatus::expired);
    // What was scheduled behind the last one is not shipped.
    EXPECT_EQ(status(fourth), canceled);
}

TEST_F(Shipments, BehindTheEndOfTheContractAreCanceled) {
    subscribe();
    const auto before = ship("2026-02-06");
    const auto behind = ship("2026-02-13");
    books.pass_until(time("2026-02-07T10:00:00Z"));
    CancelContract cancel;
    cancel.mode = CancelMode::immediate;
    books.done(Kind::contracts, contract_id, cancel);
    EXPECT_EQ(status(before), scheduled);
    EXPECT_EQ(status(behind), canceled);
}

TEST_F(Shipments, OfAPauseAreCanceled) {
    subscribe();
    const auto within = ship("2026-02-06");
    const auto behind = ship("2026-02-20");
    PauseContract pause;
    pause.resumes_at = time("2026-02-16T00:00:00Z");
    books.done(Kind::contracts, contract_id, pause);
    EXPECT_EQ(status(within), canceled);
    EXPECT_EQ(status(behind), scheduled);
}

TEST_F(Shipments, ALostOneIsSentOnceMoreWithoutCountingTwice) {
    CreateContract wish = shipped("monthly");
    wish.issues_total = 2;
    confirm(wish);
    pay(TransactionStatus::succeeded);
    const auto lost = ship_and_lose("2026-02-06");
    books.done(Kind::fulfillments, lost, ReshipFulfillment{});
    const auto again = shipment(lost).reshipment_id->text;
    EXPECT_EQ(status(lost), reshipped);
    EXPECT_EQ(shipment(again).reshipment_of, FulfillmentId{lost});
    EXPECT_EQ(shipment(again).cutoff_at, std::nullopt);
    books.done(Kind::fulfillments, again, IncludeFulfillment{});
    EXPECT_EQ(contract_state().issues_remaining, 1);
}

TEST_F(Shipments, ForALostOneItsShareOfThePeriodIsGivenBackAndNotMore) {
    subscribe();
    const auto lost = ship_and_lose("2026-02-06");
    CreditFulfillment wish;
    wish.amount = share + 1;
    EXPECT_EQ(books.refusal(Kind::fulfillments, lost, wish), "credit_exceeds_cost");
    books.done(Kind::fulfillments, lost, CreditFulfillment{});
    EXPECT_EQ(status(lost), credited);
    EXPECT_EQ(shipment(lost).credit_amount, share);
    EXPECT_EQ(shipment(lost).credit_bill_id, BillId{bill_id});
    EXPECT_THAT(credits(), testing::ElementsAre(share));
    EXPECT_EQ(books.refusal(Kind::fulfillments, lost, CreditFulfillment{}), "illegal_transition");
}

TEST_F(Shipments, ABillOfSomebodyElseGivesNothingBack) {
    subscribe();
    const auto lost = ship_and_lose("2026-02-06");
    CreateBill other;
    other.user_id = UserId{"ola"};
    other.vendor_id = VendorId{"dagbladet"};
    other.currency = *Currency::parse("NOK");
    const auto bill = books.done(Kind::bills, "", other);
    CreditFulfillment wish;
    wish.bill_id = BillId{bill};
    EXPECT_EQ(books.refusal(Kind::fulfillments, lost, wish), "bill_of_others");
}

TEST_F(Shipments, SomethingDigitalIsOfTheRightAndRevokedWithIt) {
    subscribe();
    CreateFulfillment wish = issue();
    wish.kind = FulfillmentMethod::epaper;
    const auto id = books.done(Kind::fulfillments, "", wish);
    const auto right = shipment(id).entitlement_id.value();
    EXPECT_EQ(status(id), requested);
    ReadyFulfillment link;
    link.url = Url{"https://example.org/a"};
    books.done(Kind::fulfillments, id, link);
    books.done(Kind::entitlements, right.text, RevokeEntitlement{});
    EXPECT_EQ(status(id), revoked);
    EXPECT_EQ(books.refusal(Kind::fulfillments, "", wish), "product_not_in_contract");
}

TEST_F(Shipments, OfSomebodyWhoIsErasedEndAndTellNothing) {
    subscribe();
    const auto sent = ship("2026-02-06");
    books.done(Kind::fulfillments, sent, IncludeFulfillment{});
    books.done(Kind::fulfillments, sent, DispatchFulfillment{});
    const auto next = ship("2026-02-13");
    CreateFulfillment file = issue();
    file.contract_id.reset();
    file.user_id = UserId{"kari"};
    file.kind = FulfillmentMethod::download;
    const auto requested_file = books.done(Kind::fulfillments, "", file);
    books.done(Kind::users, "kari", DeleteUser{.cancel_contracts = true});
    EXPECT_EQ(status(next), canceled);
    EXPECT_EQ(status(requested_file), revoked);
    EXPECT_EQ(shipment(sent).address->street, Personal{});
    EXPECT_EQ(books.refusal(Kind::fulfillments, sent, ReportFulfillment{}), "user_deleted");
    books.done(Kind::fulfillments, sent, ReturnFulfillment{});
    EXPECT_EQ(books.refusal(Kind::fulfillments, sent, ReshipFulfillment{}), "user_deleted");
}

TEST_F(Shipments, WithoutAContractGoToTheUsersDeliveryAddress) {
    UpdateUser moved;
    Address home = street("Hjemveien");
    Address delivery = street("Hyttestien");
    delivery.type = AddressType::delivery;
    moved.addresses = change_to(std::vector{home, delivery});
    books.done(Kind::users, "kari", moved);
    CreateFulfillment wish = issue();
    wish.contract_id.reset();
    EXPECT_EQ(books.refusal(Kind::fulfillments, "", wish), "required");
    wish.user_id = UserId{"kari"};
    EXPECT_EQ(shipment(books.done(Kind::fulfillments, "", wish)).address->street,
              Personal{"Hyttestien"});
    wish.user_id = UserId{"ola"};
    EXPECT_EQ(books.refusal(Kind::fulfillments, "", wish), "address_required");
}

}  // namespace
}  // namespace commands::tests
