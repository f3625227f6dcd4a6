"""A contract's life over the interface: a trial, a preview, a payment that is asked for, changes of items
and price, and a cancellation that pays back, in a sandbox whose clock is moved."""
# timeout: 300

import datetime

from support import PRODUCT, VENDOR, ServerTest, main, parse, text_of


class ContractChanges(ServerTest):
    def setUp(self):
        super().setUp()
        self.client = self.start().make_tenant("lab", "--sandbox")
        self.client.made("/management/vendors", {**VENDOR, "timeZone": "UTC"})
        option = {**PRODUCT["purchaseOptions"][0], "taxRate": 0}
        for sku, amount in (("daily", 30000), ("weekend", 12000)):
            self.client.made("/management/products",
                             {**PRODUCT, "sku": sku, "title": sku,
                              "purchaseOptions": [{**option, "amount": amount}]})
        self.client.made("/management/users", {"id": "ada", "email": "ada@example.org"})

    def now(self):
        return parse(self.client.got("/management/clock")["now"])

    def advance(self, to):
        while self.client.post("/management/clock/advance", {"to": text_of(to)}).status == 503:
            pass
        self.assertEqual(self.now(), to)

    def contract(self):
        return self.client.got("/management/contracts/c")

    def change(self, operation, body):
        """With the version that the contract has; without one it is refused."""
        path = f"/management/contracts/c/{operation}"
        self.assert_problem(self.client.post(path, body), 428)
        etag = self.client.get("/management/contracts/c").etag
        return self.client.made(path, body, If_Match=etag)

    def subscribe(self, **more):
        self.client.made("/management/contracts",
                         {"id": "c", "userId": "ada",
                          "items": [{"sku": "daily", "purchaseOptionId": "monthly"}], **more})
        self.client.made("/management/contracts/c/confirm")

    def test_a_draft_is_discarded_and_what_was_agreed_on_is_not(self):
        draft = {"id": "d", "userId": "ada",
                 "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]}
        self.client.made("/management/contracts", draft)
        discarded = self.client.made("/management/contracts/d/discard")
        self.assertEqual((discarded["status"], discarded["isActive"]), ("CANCELED", False))
        self.assertEqual(self.client.listed("/management/bills?contractId=d"), [])
        self.subscribe()
        answer = self.client.post("/management/contracts/c/discard")
        self.assert_problem(answer, 409, "illegal_transition")

    def bills(self):
        bills = self.client.listed("/management/bills?contractId=c")
        return sorted(bills, key=lambda bill: int(bill["number"]))

    def pay(self, bill):
        charge = self.client.made(f"/management/bills/{bill['id']}/pay")
        self.assertEqual((charge["type"], charge["status"]), ("charge", "pending"))
        again = self.client.post(f"/management/bills/{bill['id']}/pay", {})
        self.assert_problem(again, 409, "payment_in_flight")
        self.client.made(f"/management/transactions/{charge['id']}/resolve", {"status": "succeeded"})

    def has_access(self, sku):
        answer = self.client.got(f"/management/entitlements/check?userId=ada&sku={sku}")
        return answer["hasAccess"]

    def share(self, amount):
        """Of the period that runs, what is left of it."""
        start, end = (parse(self.contract()[name]) for name in
                      ("currentPeriodStart", "currentPeriodEnd"))
        whole, left = (int(time.total_seconds()) for time in (end - start, end - self.now()))
        return (2 * amount * left + whole) // (2 * whole)

    def test_a_trial_is_followed_by_a_bill_as_it_was_previewed(self):
        end = self.now() + datetime.timedelta(days=14)
        self.subscribe(trialEnd=text_of(end))
        self.assertTrue(self.has_access("daily"))
        self.assertEqual(self.bills(), [])
        preview = self.client.made("/management/bills/preview", {"contractId": "c"})
        self.advance(end)
        bill, = self.bills()
        for field in ("total", "items", "issuedAt", "dueAt", "billingReason"):
            self.assertEqual(bill[field], preview[field], field)
        self.pay(bill)
        self.assertEqual(self.bills()[0]["status"], "PAID")

    def test_a_change_is_billed_for_the_rest_and_a_cancellation_pays_the_rest_back(self):
        self.subscribe()
        self.pay(self.bills()[0])
        self.advance(self.now() + datetime.timedelta(days=10))
        credit, charge = self.share(30000), self.share(12000)
        self.change("change", {"items": [{"sku": "weekend", "purchaseOptionId": "monthly"}]})
        update = self.bills()[1]
        self.assertEqual([line["amount"] for line in update["items"]],
                         [-credit, charge, credit - charge])
        self.assertEqual((update["billingReason"], update["status"]), ("contractUpdate", "PAID"))
        self.assertFalse(self.has_access("daily"))
        self.assertTrue(self.has_access("weekend"))
        given, = self.client.got("/management/transactions?type=credit")
        self.assertEqual(given["unallocatedAmount"], credit - charge)

        end = parse(self.contract()["currentPeriodEnd"])
        self.advance(end)
        renewal = self.bills()[2]
        self.assertEqual(renewal["total"], 12000)
        self.assertEqual(renewal["creditApplied"], min(12000, credit - charge))
        if renewal["amountRemaining"]:
            self.pay(renewal)
        self.client.made("/management/contracts/c/cancel", {"mode": "immediate", "refund": "full"})
        self.assertFalse(self.has_access("weekend"))

    def test_what_is_planned_comes_with_the_next_period(self):
        self.subscribe()
        self.pay(self.bills()[0])
        weekend = {"sku": "weekend", "purchaseOptionId": "monthly"}
        self.change("change", {"items": [weekend], "mode": "atPeriodEnd"})
        planned = self.change("change-price", {"prices": [{**weekend, "unitAmount": 9000}]})
        self.assertEqual((planned["price"], planned["nextPrice"]), ("300.00", "90.00"))
        self.assertEqual(self.client.made("/management/bills/preview",
                                          {"contractId": "c"})["total"], 9000)
        self.advance(parse(planned["currentPeriodEnd"]))
        self.assertEqual([bill["total"] for bill in self.bills()], [30000, 9000])
        self.assertEqual(self.contract()["price"], "90.00")
        self.assertTrue(self.has_access("weekend"))

    def test_an_authorization_is_captured_and_paid_back(self):
        self.subscribe()
        bill = self.bills()[0]
        authorized = self.client.made("/management/transactions", {
            "type": "authorize", "status": "succeeded", "amount": 30000, "currency": "NOK",
            "userId": "ada", "billId": bill["id"], "provider": "p", "providerReference": "a"})
        path = f"/management/transactions/{authorized['id']}"
        captured = self.client.made(f"{path}/capture", {"status": "succeeded"})
        self.assertEqual(self.bills()[0]["status"], "PAID")
        self.assert_problem(self.client.post(f"{path}/void", {}), 409, "authorization_is_used")
        refund = self.client.made(f"/management/transactions/{captured['id']}/refund",
                                  {"amount": 5000, "status": "succeeded"})
        self.assertEqual(refund["parentTransactionId"], captured["id"])
        self.assertEqual(self.bills()[0]["amountRefunded"], 5000)


if __name__ == "__main__":
    main()
