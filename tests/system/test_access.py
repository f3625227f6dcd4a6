"""Access to products: what entitlements cover, when they do, and what an explanation says of it; in a
sandbox whose clock is moved."""

import datetime

from support import PRODUCT, VENDOR, ServerTest, main, parse, text_of

class Access(ServerTest):
    def setUp(self):
        super().setUp()
        self.client = self.start().make_tenant("lab", "--sandbox")
        self.client.made("/management/vendors",
                         {**VENDOR, "timeZone": "UTC",
                          "dunning": {"retryDays": [], "graceDays": 3, "cancelAfterDays": 60}})
        self.client.made("/management/users", {"id": "ada", "email": "ada@example.org"})

    def product(self, sku, kind, **more):
        self.client.made("/management/products",
                         {"sku": sku, "type": kind, "vendorId": "nordlys", "title": sku, **more})

    def grant(self, name, sku, **more):
        return self.client.made("/management/entitlements",
                                {"id": name, "userId": "ada", "sku": sku, **more})

    def check(self, sku, **more):
        query = "".join(f"&{name}={value}" for name, value in more.items())
        return self.client.got(f"/management/entitlements/check?userId=ada&sku={sku}{query}")

    def explained(self, sku, **more):
        """The answer, and its candidates by the entitlement's id."""
        answer = self.check(sku, explain="true", **more)
        plain = self.check(sku, **more)
        explanation = answer.pop("explanation")
        if more:  # Else it is now, a little later.
            self.assertEqual(answer, plain)
        self.assertEqual(explanation["omitted"], 0)
        return answer, {one["entitlementId"]: one for one in explanation["candidates"]}

    def day(self, days):
        """So many days from now."""
        now = parse(self.client.got("/management/clock")["now"])
        return text_of(now + datetime.timedelta(days))

    def advance(self, days):
        body = {"to": self.day(days)}
        while self.client.post("/management/clock/advance", body).status == 503:
            pass

    def test_bundles_passes_and_publications_cover_what_they_lead_to(self):
        self.product("daily", "publication")
        self.product("gold", "pass")
        for n, published in enumerate((-30, 10, 60)):
            self.product(f"issue-{n}", "physical_issue", publicationSku="daily",
                         publishedAt=self.day(published), issueCode=f"2026-0{n + 1}")
        self.product("story", "article", passes=["gold"])
        self.product("box", "bundle", items=[{"sku": "gold", "quantity": 1}])
        self.product("all", "bundle", items=[{"sku": "box", "quantity": 1},
                                             {"sku": "daily", "quantity": 1}])
        self.grant("right", "all", endsAt=self.day(30))
        self.assertEqual(self.check("story")["via"], ["all", "box", "gold", "story"])
        self.assertEqual(self.check("daily")["via"], ["all", "daily"])
        at = self.day(15)
        self.assertEqual(self.check("issue-1", at=at)["via"], ["all", "daily", "issue-1"])
        for sku in ("issue-0", "issue-2"):  # Not published within the right's time.
            answer, candidates = self.explained(sku, at=at)
            self.assertEqual((answer["hasAccess"], answer["reason"], answer["via"]),
                             (False, "none", []))
            self.assertEqual(candidates["right"]["reason"], "notCovered")
        self.grant("codes", "daily", scope={"publication": "daily", "issueFrom": "2026-03"})
        self.assertTrue(self.check("issue-2", at=at)["hasAccess"])
        self.assertFalse(self.check("issue-0", at=at)["hasAccess"])

    def test_a_bundle_never_contains_itself(self):
        self.product("inner", "bundle", items=[])
        self.product("outer", "bundle", items=[{"sku": "inner", "quantity": 1}])
        etag = self.client.get("/management/products/inner").etag
        answer = self.client.ask("PATCH", "/management/products/inner",
                                 {"items": [{"sku": "outer", "quantity": 1}]}, If_Match=etag)
        self.assert_problem(answer, 422, "bundle_cycle", "/items")

    def test_an_explanation_says_what_access_rests_on(self):
        self.client.made("/management/products", PRODUCT)
        self.client.made("/management/contracts",
                         {"id": "c", "userId": "ada",
                          "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]})
        self.client.made("/management/contracts/c/confirm")
        bill = self.client.got("/management/bills?contractId=c")[0]
        self.assertEqual(self.explained("daily"), (self.check("daily"), {}))
        charge = self.client.made("/management/transactions",
                                  {"id": "t", "type": "charge", "status": "succeeded",
                                   "amount": bill["total"], "currency": "NOK", "userId": "ada",
                                   "billId": bill["id"], "provider": "p",
                                   "providerReference": "r"})
        answer, candidates = self.explained("daily")
        right = candidates.pop(answer["entitlementId"])
        self.assertEqual(candidates, {})
        self.assertTrue(right["hasAccess"])
        self.assertEqual((right["reason"], right["sourceKind"]), ("none", "contract"))
        for kind, link in (("entitlements", {**right, "id": right["entitlementId"]}),
                           ("contracts", right["contract"]), ("bills", right["bills"][0]),
                           ("transactions", right["bills"][0]["transactions"][0])):
            one = self.client.got(f"/management/{kind}/{link['id']}")
            self.assertEqual((link["status"], link["sequence"], link["updatedAt"]),
                             (one["status"], one["version"], one["updatedAt"]), kind)
        self.assertEqual(right["bills"][0]["id"], bill["id"])
        self.assertEqual(right["bills"][0]["transactions"][0]["id"], charge["id"])

    def test_the_bill_of_the_period_in_question_is_named(self):
        self.test_an_explanation_says_what_access_rests_on()
        self.advance(40)  # The second period's bill is due, and past its days of grace.
        answer, candidates = self.explained("daily")
        self.assertEqual((answer["hasAccess"], answer["reason"]), (False, "suspendedPayment"))
        right = candidates[answer["entitlementId"]]
        self.assertEqual((right["status"], right["reason"]), ("SUSPENDED", "suspendedPayment"))
        self.assertEqual(right["note"], "its bill is not paid")
        self.assertEqual(right["contract"]["paymentState"], "overdue")
        self.assertEqual([bill["status"] for bill in right["bills"]], ["OVERDUE", "PAID"])
        self.assertEqual(right["bills"][0]["transactions"], [])
        self.assertLess(right["bills"][0]["dueAt"], answer["asOf"])

    def test_each_candidate_says_why_it_gives_no_access(self):
        self.product("book", "ebook")
        self.product("other", "ebook")
        self.grant("later", "book", startsAt=self.day(300))
        self.grant("over", "book", endsAt=self.day(1))
        self.grant("gone", "book")
        self.client.made("/management/entitlements/gone/revoke", {"reason": "by mistake"})
        self.grant("still", "book")
        self.client.made("/management/entitlements/still/suspend", {"cause": "pause"})
        self.grant("elsewhere", "other")
        self.advance(2)
        answer, candidates = self.explained("book")
        self.assertEqual((answer["hasAccess"], answer["reason"]), (False, "paused"))
        self.assertEqual({name: one["reason"] for name, one in candidates.items()},
                         {"later": "notStarted", "over": "expired", "gone": "revoked",
                          "still": "paused"})
        self.assertEqual(next(iter(candidates)), "still")  # The one that answers comes first.
        self.assertEqual(candidates["gone"]["note"], "by mistake")
        self.client.made("/management/entitlements/still/reinstate")
        answer, candidates = self.explained("book")
        self.assertTrue(answer["hasAccess"] and candidates["still"]["hasAccess"])

    def test_many_questions_are_explained_at_once(self):
        self.product("book", "ebook")
        self.grant("right", "book")
        questions = [{"userId": "ada", "sku": "book"}, {"userId": "bo", "sku": "book"},
                     {"userId": "ada", "sku": "nothing"}]
        path = "/management/entitlements/check?explain="
        answers = self.client.made(path + "true", questions)
        self.assertEqual([len(one["explanation"]["candidates"]) for one in answers], [1, 0, 0])
        self.assertEqual([one["reason"] for one in answers], ["none", "none", "unknownProduct"])
        for one in self.client.made(path + "false", questions):
            self.assertNotIn("explanation", one)
        self.assert_problem(self.client.post(path + "true", questions * 4), 422, "too_many_items")
        self.assert_problem(self.client.post(path + "yes", questions), 400, "invalid_parameter",
                            "explain")


if __name__ == "__main__":
    main()
