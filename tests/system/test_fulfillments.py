"""What is handed over: downloads, and a weekly that is shipped, stopped, readdressed, lost, sent again and
given back, in a sandbox whose clock is moved."""
# timeout: 300

import datetime

from support import VENDOR, ServerTest, main, parse, text_of

WEEKLY = {"sku": "weekly", "type": "publication", "vendorId": "nordlys", "title": "The Weekly",
          "issueWeekday": "FRIDAY", "dispatchWeekday": "TUESDAY", "leadDays": 1,
          "purchaseOptions": [
              {"id": "monthly", "name": "Every month", "purchaseType": "recurring",
               "amount": 20000, "currency": "NOK", "recurringInterval": "MONTH"},
              {"id": "quarter", "name": "A quarter", "purchaseType": "rental", "amount": 60000,
               "currency": "NOK", "recurringInterval": "MONTH", "recurringTime": 3}]}
BOOK = {"sku": "book", "type": "ebook", "vendorId": "nordlys", "title": "The Book",
        "fulfillmentMethods": ["download", "audioFeed"]}
WEEK = datetime.timedelta(days=7)


class Fulfillments(ServerTest):
    def setUp(self):
        super().setUp()
        self.client = self.start().make_tenant("lab", "--sandbox")
        self.client.made("/management/vendors", {**VENDOR, "timeZone": "UTC"})
        self.client.made("/management/products", WEEKLY)
        self.client.made("/management/products", BOOK)
        self.client.made("/management/users", {"id": "ada", "email": "ada@example.org"})

    def now(self):
        return parse(self.client.got("/management/clock")["now"])

    def advance(self, to):
        while self.client.post("/management/clock/advance", {"to": text_of(to)}).status == 503:
            pass
        self.assertEqual(self.now(), to)

    def fridays(self):
        """The cover dates that can still be affected, and when they cannot any more: Monday's start."""
        today = self.now().date()
        friday = today + datetime.timedelta(days=(4 - today.weekday()) % 7)
        midnight = datetime.time(tzinfo=datetime.timezone.utc)
        while True:
            cutoff = datetime.datetime.combine(friday - datetime.timedelta(days=4), midnight)
            if cutoff > self.now():
                yield friday, cutoff
            friday += WEEK

    def subscribe(self, option="monthly", **more):
        self.client.made("/management/contracts",
                         {"id": "c", "userId": "ada", "deliveryAddress": {"street": "Storgata"},
                          "items": [{"sku": "weekly", "purchaseOptionId": option}], **more})
        self.client.made("/management/contracts/c/confirm")
        bill, = self.client.got("/management/bills?contractId=c")
        self.client.made("/management/transactions", {
            "type": "charge", "status": "succeeded", "amount": bill["amountRemaining"],
            "currency": "NOK", "userId": "ada", "billId": bill["id"], "provider": "p",
            "providerReference": "1"})
        return bill

    def contract(self):
        return self.client.got("/management/contracts/c")

    def create(self, body, sku="weekly", **headers):
        return self.client.post(f"/management/products/{sku}/fulfillments", body, **headers)

    def ship(self, **body):
        answer = self.create({"contractId": "c", "kind": "physicalShipment", **body})
        return self.assert_status(answer, 201).json

    def do(self, one, command, body=None):
        return self.client.made(f"/management/fulfillments/{one['id']}/{command}", body)

    def refused(self, one, command, status, code, body=None):
        answer = self.client.post(f"/management/fulfillments/{one['id']}/{command}", body or {})
        return self.assert_problem(answer, status, code)

    def status(self, one):
        return self.client.got(f"/management/fulfillments/{one['id']}")["status"]

    def lose(self, one):
        self.do(one, "include", {"dispatchFile": "week.csv"})
        self.do(one, "dispatch", {"carrier": "Posten", "trackingNumber": "4711"})
        return self.do(one, "report", {"type": "missing", "description": "Nothing came."})

    def test_a_download_is_requested_made_ready_and_delivered(self):
        answer = self.create({"userId": "ada", "kind": "download"}, "book", Idempotency_Key="1")
        one = self.assert_status(answer, 201).json
        self.assertEqual((one["status"], one["sku"], one["userId"]), ("REQUESTED", "book", "ada"))
        self.assertEqual(answer.headers["Location"], f"/management/fulfillments/{one['id']}")
        again = self.create({"userId": "ada", "kind": "download"}, "book", Idempotency_Key="1")
        self.assertEqual(again.headers["Idempotent-Replayed"], "true")
        self.refused(one, "deliver", 409, "illegal_transition")
        self.refused(one, "include", 409, "illegal_transition")
        self.refused(one, "ready", 422, None)
        self.refused(one, "ready", 422, "link_expired_already",
                     {"url": "https://nordlys.invalid/b", "expiresAt": "2020-01-01T00:00:00Z"})
        link = {"url": "https://nordlys.invalid/b", "expiresAt": "2099-01-01T00:00:00.000Z"}
        ready = self.do(one, "ready", link)
        self.assertEqual((ready["status"], ready["url"]), ("READY", link["url"]))
        self.assertEqual(self.do(one, "deliver")["status"], "DELIVERED")
        problem = self.refused(one, "revoke", 409, "illegal_transition")
        self.assertEqual((problem["from"], problem["allowed"]), ("DELIVERED", []))

    def test_what_cannot_be_is_refused(self):
        self.assert_problem(self.create({"userId": "ada"}, "nothing"), 404, "not_found")
        self.assert_problem(self.create({"userId": "ada"}, "book"), 422, None, "/kind")
        self.assert_problem(self.create({"userId": "nobody", "kind": "epaper"}, "book"), 422, None,
                            "/kind", "/userId")
        self.assert_problem(self.create({"kind": "download"}, "book"), 422, None, "/userId")
        self.assert_problem(self.create({"kind": "download", "userId": "ada", "status": "READY",
                                         "copies": 0}, "book"), 422, None, "/status", "/copies")
        shipment = {"userId": "ada", "kind": "physicalShipment"}
        self.assert_problem(self.create(shipment), 422, "address_required", "/address")
        self.assert_problem(self.create({**shipment, "contractId": "nothing"}), 422, None,
                            "/contractId")
        for path in ("/management/products/book/fulfillments?sku=weekly",
                     "/management/fulfillments?kind=pigeon",
                     "/management/fulfillments?cutoffAt[gte]=soon"):
            self.assert_problem(self.client.get(path), 400)
        self.assert_problem(self.client.get("/management/products/nothing/fulfillments"), 404)
        etag = self.client.get("/management/products/weekly").etag
        answer = self.client.ask("PATCH", "/management/products/weekly", {"issueWeekday": None},
                                 If_Match=etag)
        self.assert_problem(answer, 422, "calendar_incomplete")

    def test_lists_find_what_is_handed_over(self):
        self.subscribe()
        file = self.assert_status(self.create({"userId": "ada", "kind": "download"}, "book"), 201)
        paper = self.ship(externalId="x1")

        def found(query, path="/management/fulfillments"):
            return [one["id"] for one in self.client.listed(path + query)]
        self.assertCountEqual(found(""), [paper["id"], file.json["id"]])
        self.assertEqual(found("", "/management/products/book/fulfillments"), [file.json["id"]])
        cutoff = paper["cutoffAt"]
        for query in ("contractId=c", "status=SCHEDULED", "kind=physicalShipment", "sku=weekly",
                      f"issue={paper['issue']['code']}", "publication=weekly", "externalId=x1",
                      f"cutoffAt[gte]={cutoff}", f"cutoffAt[lte]={cutoff}", "q=weekly"):
            self.assertEqual(found("?" + query), [paper["id"]], query)
        for query in (f"cutoffAt[gt]={cutoff}", "status=STOPPED", "issue=1999-01"):
            self.assertEqual(found("?" + query), [], query)

    def test_the_next_issue_is_shipped_until_its_cut_off_it_can_be_canceled(self):
        self.subscribe()
        friday, cutoff = next(self.fridays())
        one = self.ship(instructions="At the door.")
        self.assertEqual(one["issue"]["coverDate"], friday.isoformat())
        self.assertEqual(parse(one["cutoffAt"]), cutoff)
        self.assertEqual((one["address"]["street"], one["copies"]), ("Storgata", 1))
        self.assert_problem(self.create({"contractId": "c", "kind": "physicalShipment"}), 409,
                            "issue_exists_for_contract")
        dry = self.client.made(f"/management/fulfillments/{one['id']}/cancel?dryRun=true")
        self.assertEqual([event["type"] for event in dry["events"]], ["FulfillmentCanceled"])
        self.assertEqual(self.status(one), "SCHEDULED")
        stale = self.client.post(f"/management/fulfillments/{one['id']}/cancel", {}, If_Match='"9"')
        self.assert_problem(stale, 412)
        self.do(one, "cancel")
        another = self.ship()
        self.advance(cutoff)
        self.refused(another, "cancel", 409, "cutoff_passed")
        events = self.client.get("/management/events?limit=100&types=FulfillmentScheduled").body
        self.assertNotIn(b"Storgata", events)
        self.assertNotIn(b"At the door", events)

    def test_a_lost_issue_is_sent_again_or_given_back(self):
        bill = self.subscribe()
        (first, _), (second, _) = (pair for pair, _ in zip(self.fridays(), range(2)))
        lost = self.lose(self.ship(issue={"coverDate": first.isoformat()}))
        self.assertEqual(lost["status"], "REPORTED_MISSING")
        self.assertEqual(lost["problem"]["description"], "Nothing came.")
        sent = self.do(lost, "reship", {"address": {"street": "Kirkegata"}})
        self.assertEqual(sent["status"], "RESHIPPED")
        again = self.client.got(f"/management/fulfillments/{sent['reshipmentId']}")
        self.assertEqual((again["status"], again["reshipmentOf"], again["address"]["street"]),
                         ("SCHEDULED", lost["id"], "Kirkegata"))
        self.refused(lost, "credit", 409, "illegal_transition")

        lost = self.lose(self.ship(issue={"coverDate": second.isoformat()}))
        self.refused(lost, "credit", 409, "credit_exceeds_cost", {"amount": 20000})
        back = self.do(lost, "credit")
        self.assertEqual((back["status"], back["creditBillId"]), ("CREDITED", bill["id"]))
        self.assertIn(back["creditAmount"], (20000 // 4, 20000 // 5))
        credit, = self.client.got("/management/transactions?type=credit")
        self.assertEqual((credit["amount"], credit["unallocatedAmount"], credit["userId"]),
                         (back["creditAmount"], back["creditAmount"], "ada"))

    def test_a_stop_gives_credit_at_the_cut_off_and_can_be_removed_before(self):
        self.subscribe()
        friday, cutoff = next(self.fridays())
        one = self.ship()
        stops = "/management/contracts/c/delivery-stops"
        self.assertEqual(self.client.got(stops), [])
        days = {"from": friday.isoformat(), "to": friday.isoformat()}
        backwards = {"from": days["from"], "to": (friday - WEEK).isoformat()}
        self.assert_problem(self.client.post(stops, backwards), 422, "stop_ends_before_start")
        self.assert_problem(self.client.post(stops, {**days, "action": "extend"}), 409,
                            "nothing_to_extend")
        stop, = self.client.made(stops, days)["deliveryStops"]
        self.assertEqual((stop["action"], stop["effectiveFrom"], stop["effectiveFromIssue"]),
                         ("credit", days["from"], one["issue"]["code"]))
        self.assertEqual(self.client.got(stops), [stop])
        self.assertEqual(self.status(one), "STOPPED")
        self.assert_problem(self.client.post(stops, days), 409, "stop_overlaps")
        removed = self.client.ask("DELETE", f"{stops}/{stop['id']}")
        self.assert_status(removed, 200)
        self.assertEqual(self.status(one), "SCHEDULED")
        self.assert_problem(self.client.ask("DELETE", f"{stops}/{stop['id']}"), 404, "unknown_stop")

        stop, = self.client.made(stops, days)["deliveryStops"]
        self.assertEqual(self.client.got("/management/transactions?type=credit"), [])
        self.advance(cutoff)
        credit, = self.client.got("/management/transactions?type=credit")
        self.assertEqual(credit["amount"],
                         self.client.got(f"/management/fulfillments/{one['id']}")["creditAmount"])
        self.assert_problem(self.client.ask("DELETE", f"{stops}/{stop['id']}"), 409,
                            "stop_has_begun")
        self.assert_problem(self.client.post(stops, backwards), 422, "stop_ends_before_start")
        late = {"from": (friday - WEEK).isoformat(), "to": (friday - WEEK).isoformat()}
        self.assert_problem(self.client.post(stops, late), 409, "stop_too_late")

    def test_a_stop_puts_off_the_end_of_a_term(self):
        self.subscribe("quarter")
        before = parse(self.contract()["expiresAt"])
        friday, _ = next(self.fridays())
        self.client.made("/management/contracts/c/delivery-stops",
                         {"from": friday.isoformat(),
                          "to": (friday + 2 * WEEK - datetime.timedelta(days=1)).isoformat()})
        after = self.contract()
        self.assertEqual(after["deliveryStops"][0]["action"], "extend")
        self.assertEqual(parse(after["expiresAt"]) - before, 2 * WEEK)
        self.assertEqual(parse(after["currentPeriodEnd"]), before)
        self.advance(before + WEEK)
        self.assertEqual(self.contract()["status"], "ACTIVE")
        self.assertTrue(self.client.got("/management/entitlements/check?userId=ada&sku=weekly")
                        ["hasAccess"])
        self.advance(before + 2 * WEEK)
        self.assertEqual(self.contract()["status"], "EXPIRED")

    def test_issues_are_counted_when_they_are_in_the_file_and_stopped_ones_are_not(self):
        self.subscribe(issuesTotal=2)
        dates = [friday.isoformat() for (friday, _), _ in zip(self.fridays(), range(3))]
        first, second, third = (self.ship(issue={"coverDate": date}) for date in dates)
        self.do(first, "include")
        self.client.made("/management/contracts/c/delivery-stops",
                         {"from": dates[1], "to": dates[1]})
        self.assertEqual(self.status(second), "STOPPED")
        self.assertEqual(self.contract()["issuesRemaining"], 1)
        self.do(third, "include")
        self.assertEqual(self.contract()["status"], "EXPIRED")

    def test_a_new_address_holds_from_the_first_issue_that_can_go_there(self):
        self.subscribe()
        dates = [pair for pair, _ in zip(self.fridays(), range(2))]
        first, second = (self.ship(issue={"coverDate": friday.isoformat()}) for friday, _ in dates)
        self.advance(dates[0][1])
        etag = self.client.get("/management/contracts/c").etag
        moved = self.client.made("/management/contracts/c/change-delivery-address",
                                 {"deliveryAddress": {"street": "Kirkegata"}}, If_Match=etag)
        self.assertEqual(moved["deliveryAddressFromIssue"], second["issue"]["code"])
        streets = [self.client.got(f"/management/fulfillments/{one['id']}")["address"]["street"]
                   for one in (first, second)]
        self.assertEqual(streets, ["Storgata", "Kirkegata"])

    def test_what_is_revoked_and_canceled_is_not_handed_over(self):
        self.subscribe()
        file = self.assert_status(self.create({"contractId": "c", "kind": "epaper"}), 201).json
        paper = self.ship()
        self.assertIn("entitlementId", file)
        self.client.made("/management/contracts/c/cancel", {"mode": "immediate"})
        self.assertEqual(self.status(file), "REVOKED")
        self.assertEqual(self.status(paper), "CANCELED")
        self.assert_problem(self.create({"contractId": "c", "kind": "physicalShipment"}), 409,
                            "contract_not_active")


if __name__ == "__main__":
    main()
