"""Rounds of faults between one node and its brokers, under writers and a reader.

Whatever is wrong: every request is answered in time, those that read with what was asked for; and
when it is over, writing goes on by itself. The oracle of kill_nine.py judges all answers.
"""

import collections
import concurrent.futures
import http.client
import threading
import time

import kafka
from kill_nine import WRITERS, KillNine, Writer
from support import PATIENCE, wait_until

REQUEST_TIMEOUT = 5  # Seconds: http.request_timeout_ms, the default.
SLACK = 10  # Seconds, for a busy machine. What nobody answers takes longer.


class LastingWriter(Writer):
    """Goes on after refusals, until it is told to end, and asks again for half of what is unknown.
    It is in no hurry, so that a long run can be judged in a short time."""

    pause = 0.2  # Seconds between two writes, at most.

    def __init__(self, history, name, seed, ended):
        super().__init__(history, name, seed)
        self.ended = ended

    def step(self, client):
        return not self.ended.wait(self.random.uniform(0, self.pause)) and super().step(client)

    def send(self, client, write):
        is_served = super().send(client, write)
        is_settled = self.random.random() < 0.5
        while is_served and is_settled and write.outcome == "info" and not self.ended.wait(0.1):
            is_served = self.try_once(client, write)
        # No other write can be in the way of one that is asked for again, but that of `again-`.
        if write.outcome == "fail" and not write.key.startswith("again-"):
            raise AssertionError(f"{write.key}: {write.status}")
        return is_served


class Reader:
    """Reads until it is told to end, one resource and a list. Each answer says how old it is."""

    def __init__(self, ended):
        self.ended = ended
        self.lag = self.most_lag = 0
        self.wrong = []
        self.count = 0
        self.slowest = 0

    def run(self, client):
        while not self.ended.wait(0.05):
            for path in ("/management/users/reader", "/management/bills?limit=3"):
                began = time.monotonic()
                try:
                    answer = client.get(path)
                except (OSError, http.client.HTTPException) as failure:
                    self.wrong.append(failure)
                    continue
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.count += 1
                if answer.status != 200:
                    self.wrong.append(answer)
                    continue
                self.lag = int(answer.headers["Daybook-Lag"])
                self.most_lag = max(self.lag, self.most_lag)


class Faults(kafka.OnKafka, KillNine):
    derived = ("views", "state", "keys-copy")

    kinds = ()  # Of faults: each comes before any comes again.

    def setUp(self):
        super().setUp()
        self.deck = []

    def next_kind(self):
        if not self.deck:
            self.deck = self.random.sample(self.kinds, len(self.kinds))
        return self.deck.pop()

    def disturb(self, server):
        """Makes a fault, and ends it; a word for what it was."""
        raise NotImplementedError

    def start_node(self):
        return self.start(data=self.data)

    def run_rounds(self, rounds):
        print(f"seed {self.seed}", flush=True)
        self.prepare()
        server = self.start_node()
        server.wait_until_ready()
        self.ended = threading.Event()
        reader = self.reader = Reader(self.ended)
        with concurrent.futures.ThreadPoolExecutor(WRITERS + 1) as pool:
            writers = [LastingWriter(self.history, f"w{n}", self.random.random(), self.ended)
                       for n in range(WRITERS)]
            running = [pool.submit(one.run, server.client(self.key)) for one in (*writers, reader)]
            try:
                for number in range(1, rounds + 1):
                    self.run_round(number, server)
            finally:
                self.ended.set()
            for one in running:
                one.result()
        self.assertIsNone(server.process.poll(), server.log_text()[-2000:])
        self.check_answers(reader)
        self.assertEqual(server.terminate(), 0)
        before = self.check_everything()
        self.check_journal(before)
        self.derive_again()
        self.assertEqual(self.check_everything(), before)

    def run_round(self, number, server):
        self.wait_for_answers(20)
        began = time.monotonic()
        what = self.disturb(server)
        over = time.monotonic()
        self.wait_for_answers(1)
        again = time.monotonic()
        wait_until(lambda: self.reader.lag == 0)
        print(f"{number}: {what}, {over - began:.1f} s; written again after {again - over:.1f} s, "
              f"all shown after {time.monotonic() - over:.1f} s", flush=True)
        self.wait_for_answers(20)

    @property
    def key(self):
        return (self.data / "initial-admin-key").read_text().strip()

    def check_answers(self, reader):
        writes = self.history.all()
        # Nobody hung up on a client: what is unknown was answered so.
        self.assertEqual([one.key for one in writes if one.status is None], [], "not answered")
        slowest = max(writes, key=lambda one: one.seconds)
        self.assertLess(slowest.seconds, REQUEST_TIMEOUT + SLACK, slowest.key)
        self.assertEqual({one.status for one in writes} - {200, 201, 409, 503}, set())
        self.assertEqual(reader.wrong, [], "reads did not go on")
        self.assertLess(reader.slowest, REQUEST_TIMEOUT + SLACK)
        statuses = collections.Counter(one.status for one in writes)
        print(f"answers: {dict(statuses)}, the slowest after {slowest.seconds:.1f} s; "
              f"{reader.count} reads, the slowest after {reader.slowest:.1f} s, "
              f"up to {reader.most_lag} s old", flush=True)

    def wait_for_answers(self, more):
        """Until that many more writes are acknowledged."""
        wanted = self.acknowledged() + more
        deadline = time.monotonic() + 2 * PATIENCE
        while self.acknowledged() < wanted:
            self.assertLess(time.monotonic(), deadline, "nothing is acknowledged")
            time.sleep(0.01)

    def acknowledged(self):
        return self.history.outcomes["ok"]
