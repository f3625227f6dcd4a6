"""Rounds of brokers that are killed (SIGKILL) or stand still (SIGSTOP) under writers of one node.

Every request is answered, whatever the brokers do; reads go on; writes go on when enough brokers
are back. The oracle of kill_nine.py judges all answers.
"""

import concurrent.futures
import os
import pathlib
import signal
import threading
import time

import kafka
from kill_nine import WRITERS, KillNine, Writer
from support import PATIENCE

NODES = 3


class LastingWriter(Writer):
    """Goes on after refusals, until it is told to end."""

    ended = threading.Event()

    def step(self, client):
        return not self.ended.is_set() and super().step(client)


class Brokers(kafka.OnKafka, KillNine):
    derived = ("views", "state", "keys-copy")

    def run_rounds(self, rounds):
        LastingWriter.ended.clear()
        print(f"seed {self.seed}", flush=True)
        self.prepare()
        server = self.start(data=self.data)
        server.wait_until_ready()
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
            writers = [LastingWriter(self.history, f"w{n}", self.random.random())
                       for n in range(WRITERS)]
            running = [pool.submit(one.run, server.client()) for one in writers]
            try:
                for _ in range(rounds):
                    self.disturb(server)
            finally:
                LastingWriter.ended.set()
            for one in running:
                one.result()
        self.assertIsNone(server.process.poll(), server.log_text()[-2000:])
        # Nobody hung up on a client: what is unknown was answered so.
        unanswered = [one for one in self.history.all() if one.outcome == "info" and not one.status]
        self.assertEqual(unanswered, [])
        self.assertEqual(server.terminate(), 0)
        self.check_journal(self.check_everything())
        outcomes = [one.outcome for one in self.history.all()]
        print({name: outcomes.count(name) for name in set(outcomes)}, flush=True)

    def disturb(self, server):
        self.wait_for_answers(20)
        broker = self.random.randint(1, NODES)
        if self.random.random() < 0.5:
            kafka.run("kill", str(broker))
            self.assert_reads_go_on(server)
            kafka.run("restart", str(broker))
        else:
            pid = int((pathlib.Path(os.environ["KAFKA_DIR"]) / f"node-{broker}" / "pid").read_text())
            os.kill(pid, signal.SIGSTOP)
            try:
                self.assert_reads_go_on(server)
                time.sleep(self.random.uniform(0.5, 7))
            finally:
                os.kill(pid, signal.SIGCONT)
        self.wait_for_answers(20)

    def assert_reads_go_on(self, server):
        self.assert_status(server.client().get("/management/users/reader"), 200)

    def wait_for_answers(self, more):
        """Until that many more writes are acknowledged."""
        wanted = self.acknowledged() + more
        deadline = time.monotonic() + 2 * PATIENCE
        while self.acknowledged() < wanted:
            self.assertLess(time.monotonic(), deadline, "nothing is acknowledged")
            time.sleep(0.01)

    def acknowledged(self):
        with self.history.lock:
            return sum(one.outcome == "ok" for line in self.history.writes.values() for one in line)
