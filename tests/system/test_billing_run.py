"""A billing run: many contracts that are due at the same instant are billed once each, while requests are
answered and the metrics show how far it has come."""
# timeout: 300

import collections
import datetime
import re
import time

from support import PRODUCT, VENDOR, ServerTest, main, text_of, wait_until

CONTRACTS = 1200
SECONDS = 8  # In which contracts come in; the others stay away, if the machine is slow.


class BillingRun(ServerTest):
    def metric(self, name):
        page = self.client.get("/metrics").body.decode()
        return sum(float(value) for value in re.findall(rf"^{name}{{.*}} (.*)$", page, re.M))

    def test_many_contracts_are_billed_once_each_while_requests_are_answered(self):
        self.client = self.start().client()
        self.client.made("/management/vendors", {**VENDOR, "timeZone": "UTC"})
        self.client.made("/management/products", PRODUCT)
        self.client.made("/management/users", {"id": "ada", "email": "ada@example.org"})
        now = datetime.datetime.now(datetime.timezone.utc)
        end = now + datetime.timedelta(seconds=SECONDS)
        paid = {"currentPeriodStart": text_of(now - datetime.timedelta(days=20)),
                "currentPeriodEnd": text_of(end)}
        item = {"sku": "daily", "purchaseOptionId": "monthly"}
        contracts = []
        while len(contracts) < CONTRACTS:
            answer = self.client.post("/management/contracts/import",
                                      {"userId": "ada", "items": [item], **paid})
            if answer.status == 422:  # The period is over.
                break
            contracts.append(self.assert_status(answer, 201).json["id"])
        self.assertGreater(len(contracts), 10)

        answered, most = 0, 0
        deadline = time.monotonic() + 120
        while self.metric("daybook_clock_commands_total") < len(contracts):
            self.assertLess(time.monotonic(), deadline)
            most = max(most, self.metric("daybook_clock_due"))
            self.client.got(f"/management/contracts/{contracts[answered % len(contracts)]}")
            answered += 1
        for left in ("clock_late_seconds", "shard_in_flight_entries", "projector_lag_records"):
            wait_until(lambda: self.metric("daybook_" + left) == 0)
        self.assertEqual(self.metric("daybook_clock_due"), 0)
        # The rights' ends are due at the same instant, until the renewals move them.
        self.assertLessEqual(most, 2 * len(contracts))
        bills = collections.Counter(bill["contractId"] for bill in
                                    self.client.listed("/management/bills"))
        self.assertEqual(bills, collections.Counter(contracts))
        for right in self.client.listed("/management/entitlements"):
            self.assertEqual(right["status"], "ACTIVE")
            self.assertGreater(right["endsAt"], paid["currentPeriodEnd"])


if __name__ == "__main__":
    main()
