"""A sandbox's year with a thousand contracts, whose customers pay, fail, recover, lapse, complain
by a script; in the end everything is as plain accounts, kept from the events alone, say."""
# labels: system release-only
# timeout: 600

import collections
import datetime
import json
import os
import random
import time

from accounts import DAY, OPEN, Accounts
from customers import HOUR, Town
from support import ServerTest, main, next_page, parse, text_of

CONTRACTS = 1000
SEED = int(os.environ.get("SEED", 20261126))
# Of everybody the same year, whenever the test runs: it has 29 February.
BEGIN = datetime.datetime(2032, 1, 31, 10, tzinfo=datetime.timezone.utc)
SIGNING = 60 * DAY


def option(id, amount, interval=None):
    made = {"id": id, "name": id, "purchaseType": "recurring" if interval else "oneTime",
            "amount": amount, "currency": "NOK", "taxRate": 2500}
    return {**made, "recurringInterval": interval, "recurringTime": 1} if interval else made


def product(sku, part):
    return {"sku": sku, "type": "publication", "vendorId": "press", "title": sku,
            "purchaseOptions": [option("daily", 1007 * part, "DAY"),
                                option("weekly", 5011 * part, "WEEK"),
                                option("monthly", 19903 * part, "MONTH"),
                                option("yearly", 199007 * part, "YEAR"),
                                option("once", 39901 * part)]}


class SandboxYear(ServerTest):
    def setUp(self):
        super().setUp()
        self.server = self.start()
        self.client = self.server.make_tenant("lab", "--sandbox")
        self.accounts = Accounts()
        self.town = Town(self.client, self.accounts, SEED)
        self.random = random.Random(SEED)
        self.feed = "/management/events?limit=1000"

    def test_a_year_is_as_plain_accounts_of_it_say(self):
        print(f"seed {SEED}", flush=True)
        began = time.monotonic()
        now = BEGIN
        self.advance(now)
        self.client.made("/management/vendors", {"id": "press", "name": "Press"})
        for sku, part in (("paper", 3), ("weekend", 1)):
            self.client.made("/management/products", product(sku, part))
        signed = 0
        while now < BEGIN + 366 * DAY:
            self.town.live(now)
            by_now = min(CONTRACTS, int(CONTRACTS * ((now - BEGIN) / SIGNING + 0.01)))
            self.town.sign_up(range(signed, by_now))
            signed = by_now
            self.listen()
            now = self.next_time(now)
            self.advance(now)
            self.listen()
        self.accounts.end_entry()
        print(f"{time.monotonic() - began:.1f} s; {dict(self.town.done)}", flush=True)
        self.check_lists()
        self.check_money()
        self.check_access(now)
        self.check_that_all_of_it_happened()

    def next_time(self, now):
        """Not into the hour that does not exist, of which nobody signs a contract."""
        later = now + self.random.randrange(4, 60) * HOUR
        return later + HOUR if later.hour in (0, 1, 2) else later

    def advance(self, to):
        while True:
            answer = self.client.post("/management/clock/advance", {"to": text_of(to)})
            if answer.status != 503:
                self.assert_status(answer, 200)
                return

    def listen(self):
        """Takes in what happened; customers hear of it at once."""
        while True:
            answer = self.assert_status(self.client.get(self.feed), 200)
            self.feed = next_page(answer)
            events = [json.loads(line) for line in answer.body.splitlines()]
            for event in events:
                self.accounts.take(event)
            self.town.hear(events)
            if not events:
                return

    # What the lists say is what the accounts say ------------------------------------------------

    def rows(self, kind):
        return {one["id"]: one for one in self.client.listed(f"/management/{kind}")}

    def check_lists(self):
        accounts = self.accounts
        bills = self.rows("bills")
        self.assertEqual(set(bills), set(accounts.bills))
        for id, bill in accounts.bills.items():
            row = bills[id]
            found = [row.get(name) for name in ("status", "total", "amountPaid", "amountRemaining",
                                                "amountRefunded", "creditApplied")]
            self.assertEqual(found, [bill.status, bill.total, bill.paid, bill.remaining,
                                     bill.refunded, bill.credit], id)
            self.assertEqual(int(row["number"]), bill.number)
        money = self.rows("transactions")
        self.assertEqual(set(money), set(accounts.money))
        for id, one in accounts.money.items():
            row = money[id]
            self.assertEqual((row["status"], row["unallocatedAmount"]),
                             (one.status, one.unallocated), id)
            on = {part["billId"]: part["amount"] for part in row.get("allocations", [])}
            self.assertEqual(on, {bill: part for bill, part in one.on.items() if part}, id)
        rights = self.rows("entitlements")
        self.assertEqual(set(rights), set(accounts.rights))
        for id, right in accounts.rights.items():
            row = rights[id]
            self.assertEqual((row["status"], parse(row["startsAt"]), row.get("endsAt")),
                             (right.status, right.starts_at, right.ends_at), id)
        contracts = self.rows("contracts")
        self.assertEqual(len(contracts), CONTRACTS)
        for id, one in accounts.contracts.items():
            row = contracts[id]
            self.assertEqual(row["status"], one.status, id)
            if one.period:
                found = (parse(row["currentPeriodStart"]), parse(row["currentPeriodEnd"]))
                self.assertEqual(found, one.period, id)

    # Every øre is somewhere, once ----------------------------------------------------------------

    def check_money(self):
        accounts = self.accounts
        mine = {one.reference: [one.amount, one.status] for one in accounts.money.values()
                if one.type != "credit"}
        self.assertEqual(mine, self.town.sent)
        sums = collections.Counter()
        for one in accounts.money.values():
            if one.status == "succeeded":
                sums[one.type] += one.amount
            sums["unallocated"] += one.unallocated
            brings = one.type in ("charge", "capture", "credit") and one.status == "succeeded"
            whole = one.amount if brings else 0
            self.assertEqual(sum(one.on.values()) + one.unallocated + one.withdrawn, whole)
            self.assertLessEqual(one.gone, one.amount)
        for bill in accounts.bills.values():
            sums["paid"] += bill.paid - bill.refunded
            sums["credit used"] += bill.credit if bill.is_live else 0
            self.assertGreaterEqual(bill.remaining, 0)
            self.assertEqual(bill.status == "PAID", bill.remaining == 0 and bill.is_live)
        came = sums["charge"] + sums["capture"] + sums["credit"]
        went = sums["refund"] + sums["chargeback"]
        print(dict(sums), flush=True)
        self.assertEqual(came - went, sums["paid"] + sums["credit used"] + sums["unallocated"])

    # Who may read ---------------------------------------------------------------------------------

    def check_access(self, now):
        past_grace = {bill.contract for bill in self.accounts.bills.values()
                      if bill.status in OPEN and bill.grace_end <= now}
        expected = {}
        for id, one in self.accounts.contracts.items():
            runs = one.status == "ACTIVE" and (one.period is None or one.period[1] > now)
            expected[id] = runs and id not in past_grace and not one.rights_lost
        for first in range(0, CONTRACTS, 50):
            asked = [(f"c{number:04}", sku) for number in range(first, first + 50)
                     for sku in ("paper", "weekend")]
            answers = self.client.made("/management/entitlements/check", [
                {"userId": user, "sku": sku} for user, sku in asked])
            for (user, sku), answer in zip(asked, answers, strict=True):
                has = any(item["sku"] == sku for item in self.accounts.contracts[user].items)
                self.assertEqual(answer["hasAccess"], expected[user] and has, (user, sku, answer))
        print(f"{sum(expected.values())} have access", flush=True)

    def check_that_all_of_it_happened(self):
        """The year is worth something only if all that can happen did."""
        for event in ("BillRetryScheduled", "BillPaymentRequested", "BillRetriesExhausted",
                      "BillMarkedOverdue", "BillGraceEnded", "BillExpired", "BillCanceled",
                      "BillPaymentReversed", "BillReopened", "BillRefundRecorded",
                      "ContractPaused", "ContractResumed", "ContractItemsChanged",
                      "ContractItemsChangePlanned", "ContractPriceChanged", "ContractExpired",
                      "ContractCancellationScheduled", "ContractCancellationWithdrawn",
                      "ContractCanceled", "ContractIssueConsumed", "ChargebackLost",
                      "ChargebackWon", "UnallocatedPaymentRecorded", "CustomerCreditAdjusted",
                      "TransactionOutcomeUnknown", "TransactionResolved", "EntitlementSuspended",
                      "EntitlementReinstated", "EntitlementRevoked", "EntitlementExpired",
                      "EntitlementExtended"):
            self.assertGreater(self.accounts.types[event], 0, event)
        kinds = {(one.type, one.status) for one in self.accounts.money.values()}
        self.assertLessEqual({("charge", "failed"), ("refund", "succeeded"), ("refund", "failed"),
                              ("capture", "succeeded"), ("credit", "succeeded")}, kinds)
        self.assertTrue(any(bill.credit for bill in self.accounts.bills.values()))


if __name__ == "__main__":
    main()
