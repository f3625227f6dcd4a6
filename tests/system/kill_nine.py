"""Rounds of kill -9 under writers, and the oracle that judges what is left.

Each writer keeps a history: `invoke` before it sends, then `ok` (2xx), `fail` (4xx: surely not
done) or `info` (no answer: unknown). Each resource is written by one writer only, so its history
is a straight line. What a later server says is held against it: each ok is there, once, with the
same bytes; no fail is; each info happened once or not at all; nothing is there that was not
invoked; the numbers of a series have no gap. At the end a reader of its own judges the journal
itself, and the views are derived from it again: the same must be true.
"""

import collections
import concurrent.futures
import http.client
import json
import random
import shutil
import threading
import time

import journal_reader
from support import Server, ServerTest, make_catalogue

WRITERS = 16


class Write:
    """One write and what became of it."""

    def __init__(self, path, body, resource, key):
        self.path, self.body, self.resource, self.key = path, body, resource, key
        self.outcome = "invoke"
        self.bytes = None
        self.position = None
        self.status = None
        self.seconds = 0  # Until it was answered, at most.


class History:
    """Also a file, a line for each step; a failed test shows where it is."""

    def __init__(self, path):
        self.file = open(path, "w", buffering=1)
        self.lock = threading.Lock()
        self.writes = collections.defaultdict(list)  # By resource ("users/x"), in order.
        self.outcomes = collections.Counter()

    def note(self, write):
        with self.lock:
            self.outcomes[write.outcome] += 1
            if write.outcome == "invoke":
                self.writes[write.resource].append(write)
            self.file.write(json.dumps([write.outcome, write.resource, write.path, write.key,
                                        write.position]) + "\n")

    def all(self):
        return [write for line in self.writes.values() for write in line]


class Writer:
    """Writes users and bills of its own until the server is gone."""

    def __init__(self, history, name, seed):
        self.history = history
        self.name = name
        self.random = random.Random(seed)
        self.count = 0

    def run(self, client):
        while self.step(client):
            pass

    def step(self, client):
        self.count += 1
        name = f"{self.name}-{self.count}"
        if self.random.random() < 0.6:
            user = Write("users", {"id": name, "email": f"{name}@example.org", "name": "Ada Berg"},
                         f"users/{name}", f"create-{name}")
            if not self.send(client, user):
                return False
            if user.outcome == "ok" and self.random.random() < 0.2:  # A refusal: the id is taken.
                taken = Write("users", {"id": name, "email": f"again-{name}@example.org"},
                              f"users/{name}", f"again-{name}")
                return self.send(client, taken)
            return True
        bill = Write("bills", {"id": name, "userId": "reader", "vendorId": "nordlys",
                               "currency": "NOK",
                               "items": [{"sku": "daily", "title": "Issue", "quantity": 1,
                                          "unitAmount": 3900, "taxRate": 2500}]},
                     f"bills/{name}", f"draft-{name}")
        issue = Write(f"bills/{name}/issue", {}, f"bills/{name}", f"issue-{name}")
        if not self.send(client, bill):
            return False
        return bill.outcome != "ok" or self.send(client, issue)

    def send(self, client, write):
        """False when the server is gone."""
        self.history.note(write)
        return self.try_once(client, write)

    def try_once(self, client, write):
        began = time.monotonic()
        try:
            answer = client.post("/management/" + write.path, write.body, Idempotency_Key=write.key)
        except (OSError, http.client.HTTPException):
            write.outcome = "info"
            self.history.note(write)
            return False
        write.seconds = max(write.seconds, time.monotonic() - began)
        write.status = answer.status
        if answer.status in (200, 201):
            write.outcome, write.bytes = "ok", answer.body
            write.position = answer.headers["Daybook-Position"]
        else:
            write.outcome = "fail" if answer.status < 500 else "info"
        self.history.note(write)
        return True


class KillNine(ServerTest):
    derived = ("views", "state")  # What the journal alone makes again.
    kill_within = 0.6  # Seconds from when it serves.

    def setUp(self):
        super().setUp()
        self.seed = random.randrange(1 << 32)
        self.random = random.Random(self.seed)
        self.data = self.directory / "data"
        self.history = self.new_history("main")
        self.histories = {"main": self.history}  # By tenant.
        self.rounds_in_recovery = 0

    def new_history(self, tenant):
        history = History(self.directory / f"history-{tenant}")
        self.addCleanup(history.file.close)
        return history

    def prepare(self):
        server = self.start(data=self.data)
        client = server.client()
        make_catalogue(client)
        client.made("/management/users", {"id": "reader", "email": "reader@example.org"})
        self.assertEqual(server.terminate(), 0)

    def run_rounds(self, rounds):
        print(f"seed {self.seed}", flush=True)
        self.prepare()
        for number in range(rounds):
            self.run_round(number)
        before = self.check_everything()
        self.check_journal(before)
        self.derive_again()
        self.assertEqual(self.check_everything(), before)
        outcomes = collections.Counter(write.outcome for write in self.history.all())
        print(f"{dict(outcomes)}, {self.rounds_in_recovery} killed in recovery", flush=True)
        self.assertGreater(outcomes["ok"], rounds * 3)  # Else it tried nothing.

    def derive_again(self):
        """What follows is from the journal alone."""
        for derived in self.derived:
            shutil.rmtree(self.data / derived)

    def run_round(self, number):
        kind = self.random.random()
        if kind < 0.1:
            shutil.rmtree(self.data / "views", ignore_errors=True)
        server = Server(self.data, *self.arguments)
        self.addCleanup(self.clean_up, server)
        if kind < 0.3:
            threading.Timer(self.random.uniform(0, 0.4), server.process.kill).start()
        if not server.wait_until_started():
            self.assertEqual(server.kill(), -9, server.log_text()[-2000:])
            self.rounds_in_recovery += 1
            return
        writers = [Writer(self.history, f"r{number}w{n}", self.random.random())
                   for n in range(WRITERS)]
        unknown = [write for write in self.history.all() if write.outcome == "info"]
        settled = self.random.sample(unknown, len(unknown) // 2)
        threading.Timer(self.random.uniform(0.05, self.kill_within), server.process.kill).start()
        # Whoever got no answer may ask again with the same key; the effect stays a single one.
        for write in settled:
            if not self.settle(server, writers[0], write):
                break
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
            for future in [pool.submit(one.run, server.client()) for one in writers]:
                future.result()
        server.kill()

    def settle(self, server, writer, write):
        following = self.history.writes[write.resource]
        if following[-1] is not write:
            return True
        was_served = writer.try_once(server.client(), write)
        is_refused_anyway = write.key.startswith("again-") and write.status == 409
        if write.outcome == "fail" and not is_refused_anyway:
            self.fail(f"asked again: {write.key}: {write.status}")
        return was_served

    # The oracle ----------------------------------------------------------------------------------

    def check_everything(self):
        """What is stored of each tenant, after it was held against its history."""
        server = self.start(data=self.data)
        server.wait_until_ready()
        stored = {tenant: self.check_tenant(self.client_of(server, tenant), history)
                  for tenant, history in self.histories.items()}
        self.assertEqual(server.terminate(), 0)
        return stored

    def client_of(self, server, _):
        return server.client()

    def check_tenant(self, client, history):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            stored = dict(pool.map(lambda one: (one, self.check_line(client, history, one)),
                                   list(history.writes)))
        for kind in ("users", "bills"):
            listed = [row["id"] for row in client.listed(f"/management/{kind}")]
            self.assertEqual(len(listed), len(set(listed)), f"{kind} that are listed twice")
            there = {one.partition("/")[2] for one, body in stored.items()
                     if one.startswith(kind) and body is not None}
            self.assertEqual(set(listed) - {"reader"}, there, f"{kind}: list and gets differ")
        self.check_series(client)
        positions = [write.position for write in history.all() if write.outcome == "ok"]
        self.assertEqual(len(positions), len(set(positions)), "two writes have one position")
        return stored

    def check_journal(self, stored):
        """Holds what a reader of its own finds in the journal against the history, and what is
        stored against both."""
        journal = journal_reader.Journal(journal_reader.export(self.data, *self.arguments))
        self.assertEqual(journal.gaps(), {}, "streams with gaps")
        times_allowed = {"ok": (1,), "fail": (0,), "info": (0, 1), "invoke": (0, 1)}
        invoked = set()
        for tenant, history in self.histories.items():
            for write in history.all():
                times = len(journal.by_key[tenant, write.key])
                self.assertIn(times, times_allowed[write.outcome], f"{write.key}: {write.outcome}")
                invoked.add((tenant, write.key))
            for resource, body in stored[tenant].items():
                version = json.loads(body)["version"] if body is not None else 0
                self.assertEqual(version, len(journal.streams[tenant, resource]), resource)
        unasked = [key for key, entries in journal.by_key.items() if entries and key not in invoked]
        self.assertEqual(unasked, [], "entries that nobody asked for")
        return journal

    def check_line(self, client, history, resource):
        """The stored bytes, or None."""
        line = [one for one in history.writes[resource] if one.outcome != "fail"]
        answer = client.get("/management/" + resource)
        done = [one for one in line if one.outcome == "ok"]
        unknown = [one for one in line if one.outcome in ("info", "invoke")]
        where = f"{resource}: {[(one.outcome, one.key) for one in line]}: {answer}"
        if answer.status == 404:
            self.assertEqual(done, [], where)
            return None
        self.assertEqual(answer.status, 200, where)
        self.assertTrue(line, where)
        if not unknown:
            self.assertEqual(answer.body, done[-1].bytes, where)
        elif done and answer.body != done[-1].bytes:
            # The last write happened though nobody was told; once.
            last = json.loads(done[-1].bytes)
            self.assertGreater(answer.json["version"], last["version"], where)
            self.assertEqual(answer.json["createdAt"], last["createdAt"], where)
        return answer.body

    def check_series(self, client):
        numbers = [int(row["number"].rpartition("-")[2])
                   for row in client.listed("/management/bills") if "number" in row]
        self.assertEqual(sorted(numbers), list(range(1, len(numbers) + 1)), "bill numbers")
        customers = [row["customerNumber"] for row in client.listed("/management/users")]
        self.assertEqual(sorted(customers), list(range(1, len(customers) + 1)), "customer numbers")
