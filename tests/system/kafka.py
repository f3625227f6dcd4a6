"""Tests on a Kafka cluster: one for all tests of a file, with topics of each test's own.

A file ends with `kafka.main(__file__, nodes)`, which starts itself again beside a cluster that ends
with it, even when it is killed.
"""

import itertools
import os
import subprocess
import sys

import support

SCRIPT = support.SOURCE / "tests" / "kafka" / "kafka"
prefixes = (f"test{number}" for number in itertools.count(1))


def run(*arguments):
    """A command of the script on this cluster."""
    subprocess.run([SCRIPT, *arguments], check=True, timeout=5 * support.PATIENCE,
                   stdout=subprocess.DEVNULL)


def brokers():
    return os.environ["KAFKA_BOOTSTRAP"]


def make_topics(prefix, shards, *arguments):
    subprocess.run([support.BINARY, "topics", "create", "--brokers", brokers(),
                    "--kafka-topic-prefix", prefix, "--journal-shards", str(shards), *arguments],
                   check=True, timeout=support.PATIENCE, stdout=subprocess.DEVNULL)


class OnKafka:
    """Beside a ServerTest: its servers keep their journal on the cluster."""

    shards = 3

    def setUp(self):
        super().setUp()
        self.prefix = next(prefixes)
        make_topics(self.prefix, self.shards)
        self.arguments = ("--journal", "kafka", "--brokers", brokers(),
                          "--kafka-topic-prefix", self.prefix)


def main(file, nodes=1, *options, around=(), **settings):
    """Options are of the script, settings of the brokers: a dot in a name is written as two
    underscores. `around` is a command that runs the script."""
    if "KAFKA_BOOTSTRAP" not in os.environ:
        given = [word for name, value in settings.items()
                 for word in ("--set", f"{name.replace('__', '.')}={value}")]
        command = [*around, str(SCRIPT), "with", "--nodes", str(nodes), *options, *given, "--",
                   sys.executable, "-u", file]
        os.execvp(command[0], command)
    support.main()
