"""Nobody is billed twice: whoever moves the clock, with whom at once, whenever the server dies."""
# timeout: 600

import concurrent.futures
import datetime
import http.client
import json
import os
import random
import threading

from accounts import Accounts
from support import PRODUCT, VENDOR, ServerTest, main, next_page, parse, rounds, text_of

SEED = int(os.environ.get("SEED", random.randrange(1 << 32)))
CONTRACTS = 2000
BEGIN = datetime.datetime(2033, 1, 31, 12, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


class DoubleBilling(ServerTest):
    def setUp(self):
        super().setUp()
        print(f"seed {SEED}", flush=True)
        self.random = random.Random(SEED)
        self.server = self.start()
        self.client = self.server.make_tenant("lab", "--sandbox")
        self.advance(self.client, BEGIN)
        self.client.made("/management/vendors", VENDOR)
        self.client.made("/management/products", PRODUCT)
        self.client.made("/management/users", {"id": "ada", "email": "ada@example.org"})

    def advance(self, client, to):
        """True if the clock is there by this; False if it was further by then."""
        while True:
            answer = client.post("/management/clock/advance", {"to": text_of(to)})
            if answer.status == 200:
                return True
            if answer.status == 409:
                self.assert_problem(answer, 409, "clock_goes_back")
                return False
            self.assert_status(answer, 503)

    def now(self):
        return parse(self.client.got("/management/clock")["now"])

    def take_over(self, count):
        """Contracts that are billed for the first time on 28 February, one after the other."""
        def one(number):
            start = BEGIN - 3 * DAY + number * DAY // 2 // count
            self.client.made("/management/contracts/import", {
                "id": f"c{number}", "userId": "ada", "timeZone": "UTC",
                "collectionMethod": "sendInvoice" if number % 2 else "chargeAutomatically",
                "items": [{"sku": "daily", "purchaseOptionId": "monthly"}],
                "currentPeriodStart": text_of(start),
                "currentPeriodEnd": text_of(start + 31 * DAY)})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(one, range(count)))

    def check(self, bills_each, count):
        """Accounts, kept from the events alone, find what is billed twice, or not at all;
        and the lists say the same."""
        accounts, path = Accounts(), "/management/events?limit=1000"
        while True:
            answer = self.assert_status(self.client.get(path), 200)
            path, lines = next_page(answer), answer.body.splitlines()
            for line in lines:
                accounts.take(json.loads(line))
            if not lines:
                break
        accounts.end_entry()
        self.assertEqual(len(accounts.periods), bills_each * count)
        rows = self.client.listed("/management/bills")
        self.assertEqual({row["id"] for row in rows}, set(accounts.bills))
        self.assertEqual(sorted(int(row["number"]) for row in rows),
                         list(range(1, bills_each * count + 1)))

    def test_a_server_that_dies_in_a_billing_run_bills_everybody_once(self):
        self.take_over(CONTRACTS)
        end = BEGIN + 60 * DAY  # Two bills for each: of 28 February and of 28 March.
        kills = 0
        for _ in range(rounds(6, 60)):
            mover = threading.Thread(target=self.try_to_move, args=(end,))
            mover.start()
            killer = threading.Timer(self.random.uniform(0.05, 0.8), self.server.process.kill)
            killer.start()
            mover.join()
            killer.join()
            kills += self.server.kill() == -9
            before = self.server
            self.server = self.start()
            self.server.wait_until_ready()
            self.client = self.server.client(self.client.key)
            self.assertIsNot(self.server, before)
        self.advance(self.client, end)
        self.assertEqual(self.now(), end)
        self.check(2, CONTRACTS)
        print(f"killed {kills} times", flush=True)

    def try_to_move(self, end):
        try:
            self.advance(self.client, end)
        except (OSError, http.client.HTTPException):
            self.client.close()

    def test_a_clock_that_many_move_at_once_bills_once(self):
        count = 200
        self.take_over(count)
        targets = [BEGIN + days * DAY for days in range(20, 61, 2)]
        # They go on within the second period, of which a part is billed then.
        for name in (f"c{number}" for number in range(0, count, 4)):
            self.client.made(f"/management/contracts/{name}/pause",
                             {"resumesAt": text_of(BEGIN + 40 * DAY)})

        def move(seed):
            moves = random.Random(seed)
            for _ in range(12):
                self.advance(self.client, moves.choice(targets))
            return self.advance(self.client, targets[-1])

        def resume(number):
            """Beside the clock, which resumes it, too."""
            answer = self.client.post(f"/management/contracts/c{number}/resume")
            self.assertIn(answer.status, (200, 409), answer)

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            movers = [pool.submit(move, self.random.random()) for _ in range(6)]
            for done in [pool.submit(resume, number) for number in range(0, count, 4)] + movers:
                done.result()
        self.assertEqual(self.now(), targets[-1])
        self.assertFalse(self.advance(self.client, BEGIN))
        self.check(2, count)

    def test_a_contract_that_two_confirm_at_once_is_billed_once(self):
        def confirm(number):
            return self.client.post(f"/management/contracts/d{number}/confirm").status
        for number in range(20):
            self.client.made("/management/contracts", {
                "id": f"d{number}", "userId": "ada", "timeZone": "UTC",
                "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(confirm, [n for n in range(20) for _ in range(4)]))
        self.assertEqual((statuses.count(200), statuses.count(409)), (20, 60))
        self.check(1, 20)


if __name__ == "__main__":
    main()
