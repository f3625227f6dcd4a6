"""Several nodes on one journal: who writes, who answers, and how work goes from one to another."""
# labels: slow release-only
# timeout: 600

import concurrent.futures
import os
import pathlib
import signal
import subprocess
import threading
import uuid

import kafka
from support import BINARY, PATIENCE, Server, wait_until
from test_audit import CHECKPOINT, AuditTest, size_in

TENANTS = [f"tenant-{number}" for number in range(6)]


def vendor():
    return {"id": uuid.uuid4().hex, "name": "Fjord", "currency": "NOK", "country": "NO",
            "timeZone": "Europe/Oslo"}


class Nodes(kafka.OnKafka, AuditTest):
    def node(self, name, *arguments):
        """A node that shares the key-encryption key of the others."""
        data = self.directory / name
        key = self.directory / "key-encryption-key"
        if not key.exists():
            key.write_text(os.urandom(32).hex())
            key.chmod(0o600)
        server = Server(data, *self.arguments, "--keys-encryption-key-file", str(key), *arguments)
        self.addCleanup(self.clean_up, server)
        if not server.wait_until_started():
            self.fail(server.log_text()[-2000:])
        server.wait_until_ready()
        return server

    def operate(self, servers, *arguments):
        """A command of the command line, where it is taken."""
        refusals = []
        for server in servers:
            done = subprocess.run([BINARY, *arguments, "--data", str(server.data)], text=True,
                                  capture_output=True, timeout=PATIENCE, check=False)
            if done.returncode == 0:
                return done.stdout.strip()
            refusals.append(done.stderr)
        self.fail(refusals)

    def make_tenants(self, *servers):
        keys = {}
        for tenant in TENANTS:
            self.operate(servers, "tenants", "create", tenant)
            keys[tenant] = self.operate(servers, "keys", "create", "--tenant", tenant, "--name", "k")
        for server in servers:
            for key in keys.values():
                wait_until(lambda: server.client(key).get("/management/vendors").status != 401)
        return keys

    @staticmethod
    def shards_of(server):
        return [one["shard"] for one in server.client("none").get("/readyz").json["shards"]
                if one["writing"]]

    def share(self, *servers):
        """Waits until each writes some shards, and all are written."""
        wait_until(lambda: all(self.shards_of(one) for one in servers) and
                   sorted(sum((self.shards_of(one) for one in servers), [])) ==
                   list(range(self.shards)))

    def write_through(self, server, keys, ended):
        """Writes for all tenants until it is told to end; what was not done, and how many were."""
        def write(key):
            wrong, count = [], 0
            client = server.client(key)
            while not ended.is_set():
                made = vendor()
                answer = client.post("/management/vendors", made, Idempotency_Key=made["id"])
                count += 1
                if answer.status != 201:
                    wrong.append(answer)
                elif client.get("/management/vendors/" + made["id"]).status != 200:
                    wrong.append(f"{made['id']} is not shown")
            return wrong, count

        with concurrent.futures.ThreadPoolExecutor(len(keys)) as pool:
            done = list(pool.map(write, keys.values()))
        return sum((wrong for wrong, _ in done), []), sum(count for _, count in done)

    def test_any_node_takes_any_request_and_shows_what_was_done(self):
        nodes = [self.node("one"), self.node("two"), self.node("three", "--roles", "query")]
        self.share(*nodes[:2])
        self.assertEqual(self.shards_of(nodes[2]), [])
        keys = self.make_tenants(*nodes[:2])
        for key in keys.values():
            for server in nodes:
                made = vendor()
                first = server.client(key).post("/management/vendors", made, Idempotency_Key="k-" +
                                                made["id"])
                self.assert_status(first, 201)
                # On this node without any header, on the others with the position.
                self.assert_status(server.client(key).get("/management/vendors/" + made["id"]), 200)
                for other in nodes:
                    seen = other.client(key).get("/management/vendors/" + made["id"],
                                                 Daybook_Min_Position=first.headers[
                                                     "Daybook-Position"])
                    self.assert_status(seen, 200)
                    again = other.client(key).post("/management/vendors", made,
                                                   Idempotency_Key="k-" + made["id"])
                    self.assert_status(again, 201)
                    self.assertEqual(again.body, first.body)
                    self.assertEqual(again.headers["Idempotent-Replayed"], "true")
                    clash = other.client(key).post("/management/vendors", made)
                    self.assert_status(clash, 409)
                    self.assertEqual(clash.headers["Content-Type"], "application/problem+json")

    def test_a_cursor_of_one_node_is_known_to_the_others(self):
        nodes = [self.node("one"), self.node("two", "--roles", "query")]
        first = nodes[0].client()
        for _ in range(3):
            last = first.post("/management/vendors", vendor())
        page = first.get("/management/vendors?limit=2")
        link = page.headers["Link"]
        other = nodes[1].client(nodes[0].first_key)
        rest = other.get(link[link.index("<") + 1:link.index(">")],
                         Daybook_Min_Position=last.headers["Daybook-Position"])
        self.assert_status(rest, 200)
        self.assertEqual(len(rest.json), 1)

    def test_a_node_without_views_takes_commands_only(self):
        one = self.node("one")
        writer = self.node("two", "--roles", "write")
        self.share(one, writer)
        keys = self.make_tenants(one, writer)
        for key in keys.values():
            made = vendor()
            self.assert_status(writer.client(key).post("/management/vendors", made), 201)
            answer = writer.client(key).get("/management/vendors/" + made["id"])
            self.assert_status(answer, 421)
            self.assertEqual(answer.json["code"], "no_views")
        self.assert_status(writer.client("dbk_nobody").get("/management/vendors"), 401)

    def test_who_forwards_does_so_once(self):
        one = self.node("one")
        other = self.node("two", "--roles", "query")
        answer = other.client(one.first_key).post("/management/vendors", vendor(),
                                                  Daybook_Forwarded="somebody")
        self.assert_status(answer, 421)
        self.assertEqual(answer.json["code"], "not_the_owner")

    def test_nobody_notices_that_shards_are_handed_over(self):
        front = self.node("front", "--roles", "query")
        one, two = self.node("one"), self.node("two")
        self.share(one, two)
        keys = self.make_tenants(one, two)
        ended = threading.Event()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            running = pool.submit(self.write_through, front, keys, ended)
            try:
                for _ in range(2):
                    self.assertEqual(one.terminate(), 0)
                    wait_until(lambda: len(self.shards_of(two)) == self.shards)
                    one, two = two, self.node("one" if one.data.name == "one" else "two")
                    self.share(one, two)
            finally:
                ended.set()
            wrong, count = running.result()
        self.assertEqual(wrong, [])
        self.assertGreater(count, 0)

    def test_shards_of_a_dead_node_are_taken(self):
        one, two = self.node("one"), self.node("two")
        self.share(one, two)
        keys = self.make_tenants(one, two)
        one.kill()
        for key in keys.values():
            made = vendor()
            wait_until(lambda: two.client(key).post("/management/vendors", made,
                                                    Idempotency_Key="k").status == 201)
        self.assertEqual(self.shards_of(two), list(range(self.shards)))

    def test_reads_go_on_without_brokers_and_say_how_old_they_are(self):
        one = self.node("one")
        reader = self.node("two", "--roles", "query")
        made = vendor()
        wait_until(lambda: reader.client(one.first_key).get("/management/vendors").status == 200)
        client = reader.client(one.first_key)
        self.assert_status(client.post("/management/vendors", made), 201)
        path = "/management/vendors/" + made["id"]
        broker = int((pathlib.Path(os.environ["KAFKA_DIR"]) / "node-1" / "pid").read_text())
        os.kill(broker, signal.SIGSTOP)
        try:
            wait_until(lambda: int(client.get(path).headers["Daybook-Lag"]) >= 3)
            self.assert_status(client.get(path), 200)
            self.assert_status(client.get("/management/vendors"), 200)
            ready = client.get("/readyz")
            self.assert_status(ready, 200)
            self.assertGreaterEqual(min(one["lagSeconds"] for one in ready.json["shards"]), 3)
            lags = [float(line.split()[-1]) for line in client.get("/metrics").body.decode().split("\n")
                    if line.startswith("daybook_projector_lag_seconds{")]
            self.assertEqual(len(lags), self.shards)
            self.assertGreaterEqual(min(lags), 3)
            self.assert_status(client.post("/management/vendors", vendor()), 503)
            self.assert_status(one.client("none").get("/livez"), 200)
        finally:
            os.kill(broker, signal.SIGCONT)
        wait_until(lambda: client.get(path).headers["Daybook-Lag"] == "0")
        wait_until(lambda: client.post("/management/vendors", vendor()).status == 201)

    def test_roles_that_cannot_be_are_refused(self):
        refusal = self.refused_to_start
        self.assertIn('roles: "reader" is none', refusal(*self.arguments, "--roles", "reader"))
        self.assertIn("roles: no other node", refusal("--roles", "query"))
        self.assertIn("advertise: ", refusal(*self.arguments, listen="0.0.0.0:0"))

    def note_of(self, client, position):
        """A checkpoint with the entry in it, as soon as somebody signs the shard."""
        def is_signed():
            self.answer = client.get(CHECKPOINT, Daybook_Min_Position=position)
            return self.answer.status == 200
        wait_until(is_signed)
        return self.answer.body.decode()

    def write(self, server, keys, round_number):
        return {tenant: self.write_users(server.client(key), 5, f"{tenant}-{round_number}")
                for tenant, key in keys.items()}

    def test_nodes_sign_one_history_and_go_on_with_what_others_signed(self):
        first, second = self.node("first"), self.node("second")
        self.share(first, second)
        keys = self.make_tenants(first, second)
        given = ("--keys-encryption-key-file", str(self.directory / "key-encryption-key"))
        key = first.run("audit", "key", *given)
        self.assertEqual(second.run("audit", "key", *given), key)
        notes = []
        positions = self.write(first, keys, 1)
        for server in (first, second):  # Each has those of the other, too.
            notes += [self.note_of(server.client(keys[tenant]), positions[tenant])
                      for tenant in TENANTS]
        first.kill()
        wait_until(lambda: len(self.shards_of(second)) == self.shards)
        positions = self.write(second, keys, 2)
        notes += [self.note_of(second.client(keys[tenant]), positions[tenant])
                  for tenant in TENANTS]
        self.assertNotIn("checkpoints_stopped", second.log_text())
        self.assertGreater(max(map(size_in, notes)), 10)
        self.assertEqual(second.terminate(), 0)
        journal = second.run("journal", "export", *self.arguments, *given)
        self.verified("journal", self.file("journal", journal + "\n"), "--key", key, "--voids",
                      "--checkpoints", self.file("notes", "\n".join(notes)))


if __name__ == "__main__":
    kafka.main(__file__)
