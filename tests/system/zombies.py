"""Rounds with a writer that is paused, loses its shards to another node, and wakes up.

The first node is stopped (SIGSTOP) under writers. A second one on the same topics takes the shards
and writes. Then the first goes on: with all that it had in flight, and without knowing. Whatever it
still sends is void, and it may acknowledge nothing that is not in the journal. The oracle of
kill_nine.py judges all answers of both.
"""

import concurrent.futures
import shutil
import signal
import threading
import time

import kafka
from kill_nine import WRITERS, KillNine, Writer
from support import PATIENCE, Server, wait_until


class Zombies(kafka.OnKafka, KillNine):
    derived = ("views", "state", "keys-copy")

    def prepare(self):
        # So that heirs do not have to wait for long.
        self.arguments += ("--kafka-session-timeout-ms", "2000")
        super().prepare()
        self.owner = self.open(self.data)

    def check_journal(self, stored):
        """All that is void is counted, by who has read it when it came and by who reads it now."""
        journal = super().check_journal(stored)
        self.assertGreater(journal.voids, 0, "no zombie has sent anything")
        print(f"{journal.voids} void records", flush=True)
        for is_derived_again in (False, True):
            if is_derived_again:
                self.derive_again()
            server = self.open(self.data)
            # That it is ready does not say that it has read all shards for its own.
            wait_until(lambda: self.count_voids(server) == journal.voids)
            self.assertEqual(server.terminate(), 0)
        return journal

    @staticmethod
    def count_voids(server):
        lines = server.client("none").get("/metrics").body.decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines
                   if line.startswith("daybook_shard_voids_total"))

    def open(self, data):
        server = Server(data, *self.arguments)
        self.addCleanup(self.clean_up, server)
        if not server.wait_until_started():
            self.fail(server.log_text()[-2000:])
        server.wait_until_ready()
        return server

    def heir_directory(self, number):
        """A directory of a new node. It shares the key-encryption key and knows nothing else."""
        directory = self.directory / f"node-{number}"
        directory.mkdir(mode=0o700)
        shutil.copy(self.data / "key-encryption-key", directory / "key-encryption-key")
        shutil.copy(self.data / "initial-admin-key", directory / "initial-admin-key")
        (directory / "made").touch(mode=0o600)
        return directory

    def run_rounds(self, rounds):
        self.rounds = rounds
        super().run_rounds(rounds)

    def run_round(self, number):
        zombie = self.owner
        with concurrent.futures.ThreadPoolExecutor(2 * WRITERS) as pool:
            running = self.write(pool, zombie, f"r{number}z")
            time.sleep(self.random.uniform(0.05, 0.3))
            zombie.process.send_signal(signal.SIGSTOP)
            heir = self.open(self.heir_directory(number))
            running += self.write(pool, heir, f"r{number}h")
            self.wait_for_answers(f"r{number}h")
            zombie.process.send_signal(signal.SIGCONT)
            threading.Timer(self.random.uniform(0.2, 0.8), zombie.process.kill).start()
            # A zombie that is gone ends its writers; the heir's end when they have enough.
            zombie.end()
            heir.wait_until_ready()
            self.wait_for_answers(f"r{number}h", 3)
            heir.process.kill()
            heir.end()
            for one in running:
                one.result()
        self.data = heir.data
        print(f"{number + 1}: {self.history.outcomes['ok']} acknowledged", flush=True)
        self.owner = self.open(heir.data)
        # By chance no zombie may have had anything to send.
        is_last = self.rounds <= number + 1 < 10 * self.rounds
        if is_last and self.count_voids(self.owner) == 0:
            self.run_round(number + 1)

    def write(self, pool, server, name):
        client = server.client(self.key)
        writers = [Writer(self.history, f"{name}{n}w", self.random.random())
                   for n in range(WRITERS)]
        return [pool.submit(one.run, client) for one in writers]

    @property
    def key(self):
        return (self.directory / "data" / "initial-admin-key").read_text().strip()

    def acknowledged(self, name):
        with self.history.lock:
            return sum(one.outcome == "ok" and name in one.resource
                       for line in self.history.writes.values() for one in line)

    def wait_for_answers(self, name, more=1):
        """Until that many more writes of these writers are acknowledged."""
        wanted = self.acknowledged(name) + more
        deadline = time.monotonic() + PATIENCE
        while self.acknowledged(name) < wanted:
            self.assertLess(time.monotonic(), deadline, "nothing is acknowledged")
            time.sleep(0.01)

    def check_everything(self):
        self.owner.kill()
        return super().check_everything()
