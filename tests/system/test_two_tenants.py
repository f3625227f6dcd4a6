"""Nothing of one tenant is visible to another, whichever way it asks."""

import json

from support import (PRODUCT, VENDOR, ServerTest, charge_of, main, make_catalogue, make_contract,
                     next_page, operations)


class TwoTenants(ServerTest):
    def setUp(self):
        super().setUp()
        self.server = self.start()
        self.ours = self.server.client()
        self.theirs = self.server.make_tenant("other")
        make_catalogue(self.ours)
        user, contract, bill = make_contract(self.ours)
        paid = self.ours.made("/management/transactions", charge_of(bill))
        right = self.ours.got("/management/entitlements")[0]
        sent = self.ours.made("/management/products/daily/fulfillments",
                              {"contractId": contract["id"], "kind": "epaper"})
        hook = self.ours.made("/management/webhook-endpoints",
                              {"url": "https://nordlys.invalid/daily"})
        self.ids = {"vendors": "nordlys", "products": "daily", "users": user["id"],
                    "contracts": contract["id"], "bills": bill["id"], "transactions": paid["id"],
                    "entitlements": right["id"], "fulfillments": sent["id"],
                    "webhook-endpoints": hook["id"]}

    def everything_of(self, client):
        return {kind: client.listed(f"/management/{kind}") for kind in self.ids}

    def without_ids(self, answer, resource):
        """What the answer says, but for its own id and the one that was asked for."""
        text = answer.body.decode().replace(resource, "*")
        problem = json.loads(text)
        problem.pop("requestId")
        fields = {name: value for name, value in answer.headers.items()
                  if name not in ("X-Request-Id", "Date", "Content-Length", "Daybook-Position",
                                  "RateLimit")}
        return answer.status, problem, fields

    def assert_same_as_unknown(self, ask, kind, status=404):
        foreign, unknown = self.ids[kind], "no-such-thing"
        answer = ask(foreign)
        self.assert_status(answer, status)
        self.assertEqual(self.without_ids(answer, foreign), self.without_ids(ask(unknown), unknown))

    def test_an_id_of_another_tenant_is_an_unknown_id_to_every_operation(self):
        before = self.everything_of(self.ours)
        named = [one for one in operations(self.ours) if one.names_one and one.kind in self.ids]
        self.assertGreater(len(named), 30)
        for operation in named:
            for headers in ({}, {"If_Match": '"1"'}, {"If_None_Match": "*"}):
                with self.subTest(operation.id, **headers):
                    self.assert_same_as_unknown(
                        lambda one: operation.ask(self.theirs, one, **headers), operation.kind,
                        422 if operation.id == "verifyPassword" else 404)
        self.assertEqual(self.everything_of(self.ours), before)

    def test_lists_and_filters_find_nothing_of_another_tenant(self):
        for kind, rows in self.everything_of(self.ours).items():
            self.assertTrue(rows, kind)
            queries = ["limit=100", "q=nordlys", "q=ada", "q=daily", "createdAt[gte]=2000-01-01"]
            fields = {"userId": "users", "contractId": "contracts", "billId": "bills",
                      "vendorId": "vendors", "sku": "products"}
            queries += [f"{field}={self.ids[of]}" for field, of in fields.items()
                        if self.ours.get(f"/management/{kind}?{field}=x").status == 200]
            for query in queries:
                with self.subTest(kind=kind, query=query):
                    answer = self.theirs.get(f"/management/{kind}?{query}&count=true")
                    self.assert_status(answer, 200)
                    self.assertEqual(answer.json, [])
                    self.assertEqual(answer.headers["Daybook-Count"], "0")
                    self.assertIsNone(next_page(answer))

    def test_a_cursor_of_another_tenant_is_refused(self):
        self.ours.made("/management/users", {"email": "second@example.org"})
        page = next_page(self.ours.get("/management/users?limit=1"))
        self.assert_status(self.ours.get(page), 200)
        self.assert_problem(self.theirs.get(page), 400, "cursor_mismatch")

    def test_an_idempotency_key_of_another_tenant_is_a_new_one(self):
        body = {"id": "same", "email": "same@example.org"}
        first = self.ours.post("/management/users", body, Idempotency_Key="k")
        second = self.theirs.post("/management/users", body, Idempotency_Key="k")
        self.assert_status(second, 201)
        self.assertIsNone(second.headers["Idempotent-Replayed"])
        self.assertNotEqual(first.json["createdAt"], second.json["createdAt"])
        other = self.theirs.post("/management/users", {"email": "x@example.org"}, Idempotency_Key="j")
        self.assert_status(other, 201)
        again = self.ours.post("/management/users", {"email": "y@example.org"}, Idempotency_Key="j")
        self.assert_status(again, 201)

    def test_ids_addresses_and_numbers_are_each_tenants_own(self):
        self.theirs.made("/management/vendors", {**VENDOR, "name": "Theirs"})
        self.theirs.made("/management/products", {**PRODUCT, "title": "Theirs"})
        user, contract, bill = make_contract(self.theirs)
        ours = self.ours.got(f"/management/bills/{self.ids['bills']}")
        self.assertEqual(bill["number"], ours["number"])
        self.assertEqual(user["customerNumber"], 1)
        self.assertEqual(self.ours.got("/management/vendors/nordlys")["name"], VENDOR["name"])
        self.assertEqual(self.theirs.got("/management/vendors/nordlys")["name"], "Theirs")
        for kind, rows in self.everything_of(self.theirs).items():
            shared = {"vendors": {"nordlys"}, "products": {"daily"}}.get(kind, set())
            found = {row["id"] for row in rows} & {self.ids[kind]}
            self.assertEqual(found, shared & {self.ids[kind]}, kind)

    def test_nothing_can_be_built_on_what_another_tenant_has(self):
        user, vendor, bill = self.ids["users"], self.ids["vendors"], self.ids["bills"]
        line = [{"sku": "daily", "purchaseOptionId": "monthly"}]
        paths = {
            "/management/bills": lambda u, v, b: {"userId": u, "vendorId": v, "currency": "NOK"},
            "/management/products": lambda u, v, b: {**PRODUCT, "sku": "new", "vendorId": v},
            "/management/contracts": lambda u, v, b: {"userId": u, "items": line},
            "/management/entitlements": lambda u, v, b: {"userId": u, "sku": "daily"},
            "/management/transactions": lambda u, v, b: {
                "type": "charge", "status": "succeeded", "amount": 100, "currency": "NOK",
                "userId": u, "billId": b, "provider": "p", "providerReference": "r"},
        }
        for path, body in paths.items():
            with self.subTest(path):
                foreign = self.theirs.post(path, body(user, vendor, bill))
                unknown = self.theirs.post(path, body("no-user", "no-vendor", "no-bill"))
                self.assertGreaterEqual(foreign.status, 400, foreign)
                self.assertEqual(foreign.status, unknown.status)
                text = unknown.body.decode().replace("no-user", user)
                text = text.replace("no-vendor", vendor).replace("no-bill", bill)
                expected, got = json.loads(text), foreign.json
                self.assertEqual({**got, "requestId": ""}, {**expected, "requestId": ""})

    def test_access_of_another_tenants_user_is_that_of_an_unknown_one(self):
        def ask(user):
            answer = self.theirs.got(f"/management/entitlements/check?userId={user}&sku=daily")
            return {name: value for name, value in answer.items() if name != "asOf"}
        self.assertFalse(ask(self.ids["users"])["hasAccess"])
        self.assertEqual(ask(self.ids["users"]), ask("no-such-user"))

    def test_a_position_of_another_tenant_shows_nothing(self):
        position = self.ours.get("/management/users").headers["Daybook-Position"]
        answer = self.theirs.get("/management/users", Daybook_Min_Position=position)
        self.assertIn(answer.status, (200, 400))
        if answer.status == 200:
            self.assertEqual(answer.json, [])

    def test_keys_open_their_own_tenant_only(self):
        ours, theirs = self.ours.key, self.theirs.key
        mixed = ours[:16] + theirs[16:]
        self.assert_problem(self.server.client(mixed).get("/management/users"), 401,
                            "credentials_invalid")
        listed = self.server.run("keys", "list", "--tenant", "other", "--json")
        self.assertNotIn(ours[4:16], listed)
        self.assertIn(theirs[4:16], listed)


if __name__ == "__main__":
    main()
