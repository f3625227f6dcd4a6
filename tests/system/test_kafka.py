"""A node whose journal is on Kafka: the tour, rounds of kill -9, and what it refuses at the start."""
# labels: slow release-only long
# timeout: 3000

import subprocess

import kafka
import kill_nine
import test_tour
from support import BINARY, PATIENCE, ServerTest, rounds


class TourOnKafka(kafka.OnKafka, test_tour.Tour):
    pass


class KillNineOnKafka(kafka.OnKafka, kill_nine.KillNine):
    derived = ("views", "state", "keys-copy")
    kill_within = 2  # Brokers are slower than a disk.

    def test_nothing_acknowledged_is_lost_or_doubled(self):
        self.run_rounds(rounds(6, 100))


class Refusals(kafka.OnKafka, ServerTest):
    def refusal(self, *arguments, code=4):
        done = subprocess.run([BINARY, "serve", "--listen", "127.0.0.1:0", *arguments],
                              timeout=PATIENCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def data(self, name):
        return ("--data", str(self.directory / name))

    def test_what_could_lose_something_is_refused_and_said(self):
        on_kafka = ("--journal", "kafka", "--brokers", kafka.brokers())
        self.assertIn("daybook topics create", self.refusal(*self.data("new"), *on_kafka,
                                                            "--kafka-topic-prefix", "nothing"))
        self.assertIn("has 3 partitions, not 4",
                      self.refusal(*self.data("new"), *self.arguments, "--journal-shards", "4",
                                   code=3))
        self.assertIn("http.body_bytes_max",
                      self.refusal(*self.data("new"), *self.arguments, "--http-body-bytes-max",
                                   "8000000", code=3))
        self.assertIn("kafka.brokers", self.refusal(*self.data("new"), "--journal", "kafka", code=3))

        self.assertEqual(self.start(data=self.directory / "data").terminate(), 0)
        # Another node needs the same key-encryption key.
        self.assertIn("another key-encryption key",
                      self.refusal(*self.data("other"), *self.arguments))
        # The tenants would be looked for in other shards.
        kafka.run("topic", "--alter", "--topic", self.prefix + ".journal", "--partitions", "5")
        self.assertIn("was made with 3", self.refusal(*self.data("data"), *self.arguments))

    def test_a_directory_belongs_to_one_engine(self):
        self.assertEqual(self.start(data=self.directory / "kafka").terminate(), 0)
        self.assertIn("of a node on Kafka", self.refusal(*self.data("kafka")))
        arguments, self.arguments = self.arguments, ()
        self.assertEqual(self.start(data=self.directory / "embedded").terminate(), 0)
        self.assertIn("embedded journal", self.refusal(*self.data("embedded"), *arguments))

    def test_a_journal_that_was_replaced_is_refused(self):
        server = self.start(data=self.directory / "data")
        server.client().made("/management/vendors", {"name": "Nordlys"})
        self.assertEqual(server.terminate(), 0)
        kafka.run("topic", "--delete", "--topic", self.prefix + ".journal")
        kafka.make_topics(self.prefix, 3)
        self.assertIn("was replaced", self.refusal(*self.data("data"), *self.arguments))


if __name__ == "__main__":
    kafka.main(__file__)
