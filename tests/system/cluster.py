"""Several nodes that share the shards of many tenants, and are killed and restarted in turn under
load on all of them.

Each tenant has a writer, which asks any of the nodes, and another one when that one is gone. What
was acknowledged is read from any node. In the end the oracle of kill_nine.py judges all tenants,
and the views of all nodes are the same.
"""

import concurrent.futures
import http.client
import shutil
import subprocess
import threading
import time

import kafka
from faults import REQUEST_TIMEOUT, SLACK, LastingWriter
from kill_nine import KillNine
from support import BINARY, PATIENCE, Client, Server, make_catalogue, wait_until

NODES = 3
TENANTS = [f"tenant-{number}" for number in range(24)]


class RoamingClient:
    """Each request goes to some node, by chance."""

    def __init__(self, nodes, key, chance):
        self.nodes = nodes  # Others start new ones in the same places.
        self.key = key
        self.chance = chance
        self.clients = {}

    def some(self):
        address = self.chance.choice(self.nodes).address
        if address not in self.clients:
            self.clients[address] = Client(address, self.key)
        return self.clients[address]

    def post(self, *arguments, **headers):
        return self.some().post(*arguments, **headers)

    def get(self, *arguments, **headers):
        return self.some().get(*arguments, **headers)


class RoamingWriter(LastingWriter):
    pause = 0.4

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.acknowledged = []  # When it was sent, and when it was answered.

    def try_once(self, client, write):
        began = time.monotonic()
        super().try_once(client, write)
        if write.outcome == "ok":
            self.acknowledged.append((began, time.monotonic()))
            if self.random.random() < 0.2:
                self.read(client, write)
        return True  # Other nodes are there.

    @staticmethod
    def read(client, write):
        try:
            answer = client.get("/management/" + write.resource,
                                Daybook_Min_Position=write.position)
        except (OSError, http.client.HTTPException):
            return
        if answer.status != 503 and (answer.status, answer.body) != (200, write.bytes):
            raise AssertionError(f"{write.resource} at {write.position}: {answer}")

    def answered_after(self, moment):
        """When the first that was sent after that moment was acknowledged, or None."""
        return next((answered for began, answered in self.acknowledged if began > moment), None)


class Cluster(kafka.OnKafka, KillNine):
    derived = ("views", "state", "keys-copy")
    shards = 12

    def node(self, number):
        server = Server(self.directory / f"node-{number}", *self.arguments)
        self.addCleanup(self.clean_up, server)
        self.assertTrue(server.wait_until_started(), server.log_text()[-2000:])
        server.wait_until_ready()
        return server

    def prepare(self):
        """The first node makes the tenants before there are others."""
        first = self.start(data=self.directory / "node-0")
        self.keys = {}
        for tenant in TENANTS:
            client = first.make_tenant(tenant)
            self.keys[tenant] = client.key
            make_catalogue(client)
            client.made("/management/users", {"id": "reader", "email": "reader@example.org"})
        self.assertEqual(first.terminate(), 0)
        key = self.directory / "key-encryption-key"
        shutil.copy(first.data / "key-encryption-key", key)
        self.arguments += ("--keys-encryption-key-file", str(key))
        self.data = first.data
        self.histories = {tenant: self.new_history(tenant) for tenant in TENANTS}
        self.nodes = [self.node(number) for number in range(NODES)]
        wait_until(self.is_shared)

    @staticmethod
    def shards_of(server):
        answer = server.client("none").get("/readyz").json
        return [one["shard"] for one in answer["shards"] if one["writing"]]

    def is_shared(self):
        """Does each write some shards, and is each shard written?"""
        each = [self.shards_of(one) for one in self.nodes]
        return all(each) and sorted(sum(each, [])) == list(range(self.shards))

    def run_rounds(self, rounds):
        print(f"seed {self.seed}", flush=True)
        self.prepare()
        ended = threading.Event()
        self.writers = [RoamingWriter(self.histories[tenant], tenant, self.random.random(), ended)
                        for tenant in TENANTS]
        with concurrent.futures.ThreadPoolExecutor(len(TENANTS)) as pool:
            running = [pool.submit(one.run, RoamingClient(self.nodes, self.keys[one.name],
                                                          one.random)) for one in self.writers]
            try:
                for number in range(rounds):
                    self.run_round(number)
            finally:
                ended.set()
            for one in running:
                one.result()
        self.check_answers()
        wait_until(self.is_shown_everywhere)
        for server in self.nodes:
            self.assertEqual(server.terminate(), 0)
        digests = self.check_digests()
        before = self.check_everything()
        self.check_journal(before)
        self.derive_again()
        self.assertEqual(self.check_everything(), before)
        self.assertEqual(self.digests(self.data), digests)

    def run_round(self, number):
        """Every fourth node is stopped, not killed."""
        place = number % NODES
        server = self.nodes[place]
        owned = len(self.shards_of(server))
        self.wait_for_all(time.monotonic())
        moment = time.monotonic()
        is_killed = number % (NODES + 1) != NODES
        if is_killed:
            server.kill()
        else:
            self.assertEqual(server.terminate(), 0)
        self.wait_for_all(moment)
        seconds = max(one.answered_after(moment) for one in self.writers) - moment
        print(f"{number + 1}: node {place} with {owned} shards was "
              f"{'killed' if is_killed else 'stopped'}; all tenants written again after "
              f"{seconds:.1f} s", flush=True)
        self.nodes[place] = self.node(place)
        wait_until(self.is_shared)

    def wait_for_all(self, moment):
        """Until a write that was sent after that moment was acknowledged, of each tenant."""
        wait_until(lambda: all(one.answered_after(moment) for one in self.writers))

    def check_answers(self):
        writes = [one for history in self.histories.values() for one in history.all()]
        slowest = max(writes, key=lambda one: one.seconds)
        self.assertLess(slowest.seconds, REQUEST_TIMEOUT + SLACK, slowest.key)
        statuses = sorted((one.status or 0) for one in writes)
        self.assertEqual(set(statuses) - {0, 200, 201, 409, 503}, set())
        print(f"answers: { {one: statuses.count(one) for one in sorted(set(statuses))} }, "
              f"the slowest after {slowest.seconds:.1f} s", flush=True)

    def is_shown_everywhere(self):
        """Do the views of all nodes show the same entries?"""
        shown = []
        for server in self.nodes:
            lines = server.client("none").get("/metrics").body.decode().splitlines()
            shown.append([line for line in lines if line.startswith("daybook_projector_seq{")])
        return all(one == shown[0] for one in shown)

    def digests(self, data):
        done = subprocess.run([BINARY, "views", "digest", "--data", str(data), *self.arguments],
                              check=True, timeout=PATIENCE, text=True, stdout=subprocess.PIPE)
        lines = [line.split() for line in done.stdout.splitlines()]
        # Each start adds openings, so positions differ.
        return {(position.partition("-")[0], kind): digest for position, kind, digest in lines}

    def check_digests(self):
        digests = self.digests(self.data)
        self.assertGreater(len(set(digests.values())), self.shards)
        for server in self.nodes:
            self.assertEqual(self.digests(server.data), digests)
        return digests

    def client_of(self, server, tenant):
        return server.client(self.keys[tenant])
