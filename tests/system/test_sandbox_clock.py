"""A sandbox's year: its clock is moved, and what happens by it is recomputed from what was done."""
# timeout: 300

import collections
import datetime

from support import PRODUCT, VENDOR, ServerTest, charge_of, main, parse, text_of

START_YEAR = datetime.datetime.now(datetime.timezone.utc).year


class SandboxClock(ServerTest):
    def setUp(self):
        super().setUp()
        self.server = self.start()
        self.client = self.server.make_tenant("lab", "--sandbox")
        self.client.made("/management/vendors", VENDOR)
        self.client.made("/management/products", PRODUCT)

    def now(self):
        return parse(self.client.got("/management/clock")["now"])

    def advance(self, to):
        while True:
            answer = self.client.post("/management/clock/advance", {"to": text_of(to)})
            if answer.status != 503:
                return self.assert_status(answer, 200)

    def subscribe(self, name):
        user = self.client.made("/management/users",
                                {"id": name, "email": f"{name}@example.org"})
        contract = self.client.made(
            "/management/contracts",
            {"id": name, "userId": user["id"],
             "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]})
        self.client.made(f"/management/contracts/{contract['id']}/confirm")

    def pay_open_bills(self, name, status="succeeded"):
        for bill in self.client.listed(f"/management/bills?contractId={name}"):
            if bill["status"] in ("PENDING", "RETRYING", "OVERDUE"):
                self.references += 1
                charge = charge_of(bill, f"charge-{self.references}")
                self.client.made("/management/transactions", {**charge, "status": status})

    def has_access(self, name):
        answer = self.client.got(f"/management/entitlements/check?userId={name}&sku=daily")
        return answer["hasAccess"]

    def test_a_year_of_payments_that_come_fail_recover_and_lapse(self):
        self.references = 0
        names = ["always", "late", "lapses", "recovers", "cancels", "pauses"]
        for name in names:
            self.subscribe(name)
            self.pay_open_bills(name)
        for month in range(12):
            if month == 5:
                self.client.made("/management/contracts/cancels/cancel")
                self.client.made("/management/contracts/pauses/pause")
            if month == 9:
                self.client.made("/management/contracts/pauses/resume")
            boundary = min(parse(one["currentPeriodEnd"]) for one in
                           self.client.listed("/management/contracts?status=ACTIVE"))
            self.advance(boundary)
            self.assertEqual(self.now(), boundary)
            for name in ("always", "cancels", "pauses"):
                self.pay_open_bills(name)
            self.pay_open_bills("recovers", "failed")
            self.advance(boundary + datetime.timedelta(days=20))
            self.pay_open_bills("late")
            self.pay_open_bills("recovers")
        self.recompute(names)

    def recompute(self, names):
        contracts = {one["id"]: one for one in self.client.listed("/management/contracts")}
        self.assertEqual({name: contracts[name]["status"] for name in names},
                         {"always": "ACTIVE", "late": "ACTIVE", "lapses": "EXPIRED",
                          "recovers": "ACTIVE", "cancels": "CANCELED", "pauses": "ACTIVE"})
        bills = self.client.listed("/management/bills")
        live = [one for one in bills if one["status"] not in ("CANCELED", "EXPIRED", "VOIDED")]
        periods = collections.Counter(
            (one["contractId"], one["items"][0]["periodStart"], one["billingReason"])
            for one in live)
        self.assertEqual([one for one, count in periods.items() if count > 1], [])
        counts = collections.Counter(one["contractId"] for one in live)
        for name in ("always", "late", "recovers"):
            self.assertEqual(counts[name], 13, name)
        paid = sum(one["amount"] for one in self.client.listed("/management/transactions")
                   if one["status"] == "succeeded")
        self.assertEqual(paid, sum(one["amountPaid"] for one in bills))
        numbers = sorted(int(one["number"]) for one in bills)
        self.assertEqual(numbers, list(range(1, len(bills) + 1)))
        now = self.now()
        for name in names:
            contract = contracts[name]
            unpaid = [one for one in live if one["contractId"] == name
                      and one["status"] != "PAID"
                      and parse(one["dueAt"]) + datetime.timedelta(days=14) <= now]
            self.assertEqual(self.has_access(name), contract["isActive"] and not unpaid, name)
            if contract["status"] == "ACTIVE":
                self.assertGreater(parse(contract["nextBillAt"]), now)

    def test_what_is_made_is_made_by_the_sandbox_clock(self):
        later = self.now() + datetime.timedelta(days=400)
        self.advance(later)
        user = self.client.made("/management/users", {"email": "ada@example.org"})
        self.assertEqual(parse(user["createdAt"]), later)

    def test_a_clock_does_not_go_back_and_is_moved_once_by_one_key(self):
        now = self.now()
        later = {"to": text_of(now + datetime.timedelta(days=1))}
        first = self.client.post("/management/clock/advance", later, Idempotency_Key="k")
        again = self.client.post("/management/clock/advance", later, Idempotency_Key="k")
        self.assert_status(first, 200)
        self.assertEqual(again.body, first.body)
        self.assertEqual(again.headers["Idempotent-Replayed"], "true")
        back = self.client.post("/management/clock/advance", {"to": text_of(now)})
        self.assert_problem(back, 409, "clock_goes_back", "/to")

    def test_a_live_tenant_has_no_clock_of_its_own(self):
        live = self.server.client()
        answer = live.post("/management/clock/advance", {"to": "2099-01-01T00:00:00Z"})
        self.assert_problem(answer, 409, "not_a_sandbox")
        year = parse(live.got("/management/clock")["now"]).year
        self.assertIn(year, (START_YEAR, START_YEAR + 1))

    def test_the_clock_goes_on_after_a_kill_in_the_midst(self):
        self.references = 0
        self.subscribe("always")
        self.pay_open_bills("always")
        end = parse(self.client.got("/management/contracts/always")["currentPeriodEnd"])
        self.advance(end)
        key = self.client.key
        self.server.kill()
        self.server = self.start()
        self.server.wait_until_ready()
        self.client = self.server.client(key)
        self.assertEqual(self.now(), end)
        self.assertEqual(len(self.client.listed("/management/bills?contractId=always")), 2)

    def test_the_state_machines_say_what_is_legal(self):
        machines = {one["kind"]: one for one in self.client.got("/management/state-machines")}
        self.assertLessEqual({"vendors", "products", "users", "contracts", "bills",
                              "transactions", "entitlements", "fulfillments"},
                             set(machines))
        pause = [one for one in machines["contracts"]["transitions"]
                 if one["command"] == "PauseContract"]
        self.assertEqual(pause, [{"command": "PauseContract", "from": ["ACTIVE"],
                                  "to": ["PAUSED"]}])


if __name__ == "__main__":
    main()
