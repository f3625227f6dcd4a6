"""The public topics as strangers read them, while the node that publishes is killed again and again.

Every event of the journal is there once, in order and as the feed has it; no personal data lies in
clear in any file of the broker.
"""
# labels: slow release-only
# timeout: 900

import collections
import concurrent.futures
import http.client
import itertools
import os
import pathlib
import random
import shutil
import time

import consumers
import journal_reader
import kafka
from support import PATIENCE, Server, ServerTest, make_catalogue
from test_events import everything

ROUNDS = 12
WRITERS = 3  # Of each tenant.


class Writer:
    """Writes users full of canaries, and bills, until the server is gone."""

    numbers = itertools.count(1)

    def __init__(self, personal):
        self.personal = personal

    def canary(self):
        text = f"kanari{next(self.numbers):06}vogel"
        self.personal.append(text)
        return text

    def run(self, client):
        try:
            while True:
                self.step(client)
        except (OSError, http.client.HTTPException):
            pass

    def step(self, client):
        answer = client.post("/management/users", {"email": f"{self.canary()}@example.org",
                                                   "name": self.canary()})
        if answer.status != 201:
            return
        user = f"/management/users/{answer.json['id']}"
        client.ask("PATCH", user, {"givenName": self.canary()}, If_Match=answer.etag)
        client.ask("PUT", f"{user}/metadata/color", self.canary())
        bill = client.post("/management/bills", {
            "userId": answer.json["id"], "vendorId": "nordlys", "currency": "NOK",
            "items": [{"sku": "daily", "title": "Issue", "quantity": 1, "unitAmount": 3900}]})
        if bill.status == 201:
            client.post(f"/management/bills/{bill.json['id']}/issue")


class Relay(kafka.OnKafka, ServerTest):
    def setUp(self):
        super().setUp()
        self.seed = random.randrange(1 << 32)
        self.random = random.Random(self.seed)
        self.data = self.directory / "data"
        self.topics = [f"{self.prefix}.{kind}" for kind in consumers.KINDS]
        self.personal = []

    def follow(self):
        follower = consumers.Follower(kafka.brokers(), self.topics, self.directory / "followed")
        self.addCleanup(follower.kill)
        return follower

    def prepare(self):
        """Keys of two tenants in two shards."""
        server = self.start(data=self.data)
        server.wait_until_ready()
        self.keys = {"main": server.first_key}
        tenant = next(f"press-{n}" for n in itertools.count()
                      if shard_of(f"press-{n}", self.shards) != shard_of("main", self.shards))
        self.keys[tenant] = server.make_tenant(tenant).key
        for key in self.keys.values():
            make_catalogue(server.client(key))
        return server

    def run_round(self):
        """The node is killed under writers: while it publishes, or at any moment before."""
        server = Server(self.data, *self.arguments)
        self.addCleanup(self.clean_up, server)
        if not server.wait_until_started():
            self.fail(server.log_text()[-2000:])
        wanted = self.random.choice([0, 1, 20, 100])
        with concurrent.futures.ThreadPoolExecutor() as pool:
            running = [pool.submit(Writer(self.personal).run, server.client(key))
                       for key in self.keys.values() for _ in range(WRITERS)]
            try:
                self.wait_for(server, lambda: self.published(server) >= wanted)
                time.sleep(self.random.uniform(0, 0.3 if wanted else 2))
            finally:
                server.kill()
            for one in running:
                one.result()

    @staticmethod
    def metric(server, name):
        """Its values for all shards."""
        lines = server.client("none").get("/metrics").body.decode().splitlines()
        return [float(line.rpartition(" ")[2]) for line in lines if line.startswith(name + "{")]

    def published(self, server):
        """Events since this node was started."""
        return sum(self.metric(server, "daybook_relay_events_total"))

    def wait_for(self, server, holds):
        deadline = time.monotonic() + 2 * PATIENCE
        while not holds():
            self.assertLess(time.monotonic(), deadline, server.log_text()[-2000:])
            time.sleep(0.02)

    def test_every_event_is_there_once_whenever_the_relay_is_killed(self):
        print(f"seed {self.seed}", flush=True)
        follower = self.follow()
        self.prepare().kill()
        for _ in range(ROUNDS):
            self.run_round()
        server = self.start(data=self.data)
        self.wait_for(server, lambda: self.metric(server, "daybook_relay_lag_records")
                      == [0] * self.shards)
        expected = self.feed_of(server)
        self.assertEqual(server.terminate(), 0)
        self.assert_journal_has(expected)

        by_kcat = self.with_kcat()
        self.check(by_kcat, expected)
        deadline = time.monotonic() + PATIENCE
        while len(follower.messages()) < len(expected) and time.monotonic() < deadline:
            time.sleep(0.05)
        follower.kill()
        self.check(follower.messages(), expected)
        self.assert_nothing_personal_in_clear()
        given_up = len(self.with_kcat("read_uncommitted")) - len(by_kcat)
        print(f"{len(expected)} events, {given_up} in transactions that were given up", flush=True)

    def test_nodes_share_the_shards_and_take_over_from_one_another(self):
        first = self.prepare()
        second_data = self.directory / "second"
        second_data.mkdir(mode=0o700)
        for name in ("key-encryption-key", "made"):
            shutil.copy(self.data / name, second_data / name)
        second = self.start(data=second_data)
        second.wait_until_ready()
        self.wait_for(first, lambda: self.shares([first, second]) in ([1, 2], [2, 1]))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            running = [pool.submit(Writer(self.personal).run, server.client(key))
                       for key in self.keys.values() for server in (first, second)]
            try:
                self.wait_for(first, lambda: self.published(first) + self.published(second) >= 200)
                first.kill()
                self.wait_for(second, lambda: self.shares([second]) == [self.shards])
                first = self.start(data=self.data)
                self.wait_for(first, lambda: self.shares([first, second]) in ([1, 2], [2, 1]))
            finally:
                code = second.terminate()
            for one in running:
                one.result()
        self.assertEqual(code, 0)
        self.wait_for(first, lambda: self.metric(first, "daybook_relay_lag_records")
                      == [0] * self.shards)
        self.check(self.with_kcat(), self.feed_of(first))

    def shares(self, servers):
        return [sum(self.metric(server, "daybook_relay_publishing")) for server in servers]

    def feed_of(self, server):
        server.wait_until_ready()
        feed = [event for key in self.keys.values() for event in everything(server.client(key))]
        by_id = {event["id"]: event for event in feed}
        self.assertEqual(len(by_id), len(feed))
        return by_id

    def with_kcat(self, isolation="read_committed"):
        return [message for topic in self.topics
                for message in consumers.with_kcat(kafka.brokers(), topic, isolation)]

    def assert_journal_has(self, expected):
        """The same events, by a reader that shares no code with the feed."""
        journal = journal_reader.Journal(journal_reader.export(self.data, *self.arguments))
        self.assertEqual(journal.gaps(), {})
        ids = {f"{entry['shard']}-{entry['seq']}.{number}" for entry in journal.entries
               for number, event in enumerate(entry["events"], 1)
               if event["subject"].partition("/")[0] in consumers.KINDS}
        self.assertEqual(ids, set(expected))

    def check(self, messages, expected):
        """What has to hold for all that a consumer gets, in the order in which it gets it."""
        ids = collections.Counter(message["event"]["id"] for message in messages)
        self.assertEqual([one for one, count in ids.items() if count > 1], [], "published twice")
        self.assertEqual(set(expected) - set(ids), set(), "not published")
        self.assertEqual(set(ids) - set(expected), set(), "never happened")
        sequences, partitions = collections.Counter(), {}
        for message in messages:
            event = message["event"]
            self.assertEqual(event, expected[event["id"]])
            kind, _, name = event["subject"].partition("/")
            self.assertEqual(message["topic"], f"{self.prefix}.{kind}")
            self.assertEqual(message["key"], name)
            # As any client that partitions as Java's do would look for it.
            self.assertEqual(message["partition"], shard_of(name, self.shards))
            stream = event["source"], event["subject"]
            sequences[stream] += 1
            self.assertEqual(event["sequence"], str(sequences[stream]))

    def assert_nothing_personal_in_clear(self):
        written = b""
        for path in pathlib.Path(os.environ["KAFKA_DIR"]).glob("node-*/data/**/*.log"):
            written += path.read_bytes()
        self.assertGreater(written.count(b"Nordlys Media"), 1)  # What is not personal is found.
        self.assertGreater(len(self.personal), 100)
        self.assertEqual((written.count(b"kanari"), written.count(b"vogel")), (0, 0))


def shard_of(text, shards):
    """Kafka's default partitioner: murmur2 of the key."""
    data, mask = text.encode(), 0xffffffff
    multiplier = 0x5bd1e995
    result = (0x9747b28c ^ len(data)) & mask
    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at:at + 4], "little") * multiplier & mask
        word = (word ^ word >> 24) * multiplier & mask
        result = result * multiplier & mask ^ word
    rest = data[whole:]
    if rest:
        result = (result ^ int.from_bytes(rest, "little")) * multiplier & mask
    result = (result ^ result >> 13) * multiplier & mask
    return ((result ^ result >> 15) & 0x7fffffff) % shards


if __name__ == "__main__":
    kafka.main(__file__)
