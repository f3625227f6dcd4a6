"""What is measured on a Kafka of one broker, on the same cores."""

import contextlib
import http.client
import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.error
import urllib.request

from measuring import BUILD, CORES, PATIENCE, Server, post, program

KAFKA = pathlib.Path(__file__).resolve().parent.parent / "tests" / "kafka" / "kafka"


@contextlib.contextmanager
def cluster(work):
    environment = {**os.environ, "KAFKA_JVM_OPTS": "", "KAFKA_DIR": str(work / "cluster")}
    started = subprocess.run([KAFKA, "start"], env=environment, check=True, stdout=subprocess.PIPE,
                             text=True)
    try:
        yield started.stdout.split()[-1]
    finally:
        subprocess.run([KAFKA, "stop", "--now", "--wipe"], env=environment, check=False)


def make_topics(brokers, prefix, shards):
    """The arguments of a node on them."""
    on = ["--brokers", brokers, "--kafka-topic-prefix", prefix]
    subprocess.run([BUILD / "daybook", "topics", "create", *on, "--journal-shards", str(shards)],
                   check=True, stdout=subprocess.DEVNULL)
    return ["--journal", "kafka", *on]


def measure_kafka(report, work, options):
    seconds = 1 if options.quick else 5
    with cluster(work) as brokers:
        arguments = make_topics(brokers, "posts", 1)
        measure_posts(report, work, [*arguments, "--roles", "write,query"], seconds)
        measure_readers(report, work, arguments)
        measure_shard(report, work, brokers, seconds)
        measure_changes_of_owner(report, work, make_topics(brokers, "nodes", 4))


def measure_posts(report, work, arguments, seconds):
    report.part("kafka", "Durable POSTs over HTTP, the journal on one broker beside it",
                ["what", "connections", "per second", "p50 ms", "p99 ms"])
    with Server(work / "on-kafka", len(CORES), arguments=arguments) as server:
        post(report, server, work, seconds)


def metric(server, name):
    """Its sum over all shards."""
    with urllib.request.urlopen(server.url + "/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name + "{"))


def measure_readers(report, work, arguments):
    """What has been posted, read again by new nodes."""
    report.part("kafka", "The same journal from its beginning, one shard",
                ["what", "events", "events/s"])
    arguments = [*arguments, "--keys-encryption-key-file",
                 str(work / "on-kafka" / "key-encryption-key")]
    with Server(work / "reader", len(CORES), key="none",
                arguments=[*arguments, "--roles", "query"]) as server:
        events = metric(server, "daybook_projector_events_total")
        report.row("posted to the views of a new node, its start included", f"{events:,.0f}",
                   f"{events / server.seconds_to_ready:,.0f}")
    with Server(work / "relay", len(CORES), key="none",
                arguments=[*arguments, "--roles", "relay"]) as server:
        while not (begun := metric(server, "daybook_relay_events_total")):
            time.sleep(0.01)
        started = time.monotonic()
        while metric(server, "daybook_relay_lag_records"):
            time.sleep(0.01)
        seconds = time.monotonic() - started
        events = metric(server, "daybook_relay_events_total")
        report.row("published on topics, in transactions", f"{events:,.0f}",
                   f"{(events - begun) / seconds:,.0f}")


def measure_shard(report, work, brokers, seconds):
    report.part("kafka", "Shard on Kafka without HTTP, against a bare idempotent producer",
                ["commands at once", "per second", "p50 ms", "p99 ms", "bytes an entry",
                 "bare/s", "shard : bare"])
    for one in program("kafka", seconds, brokers, work, patience=60 + 100 * seconds):
        report.row(str(one["commands"]), f"{one['per_second']:,.0f}",
                   f"{one['p50_us'] / 1000:.2f}", f"{one['p99_us'] / 1000:.2f}",
                   str(one["record_bytes"]), f"{one['bare_per_second']:,.0f}",
                   f"{one['per_second'] / one['bare_per_second']:.2f}")
        if one["refused"]:
            print(f"  WRONG: {one['refused']} were refused")


class Pulse:
    """Writes again and again through one node, and knows the longest time without a success."""

    def __init__(self, server, key):
        self.address = server.url.removeprefix("http://")
        self.key = key
        self.times = [time.monotonic()]
        self.refused = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        connection = http.client.HTTPConnection(self.address, timeout=30)
        headers = {"Authorization": "Bearer " + self.key, "Content-Type": "application/json"}
        while not self.ended.is_set():
            connection.request("POST", "/management/vendors", json.dumps({"name": "Nordpress"}),
                               headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 201:
                self.times.append(time.monotonic())
            else:
                self.refused += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *fault):
        self.ended.set()
        self.thread.join()

    def await_writes(self, more):
        wanted, deadline = len(self.times) + more, time.monotonic() + PATIENCE
        while len(self.times) < wanted and time.monotonic() < deadline:
            time.sleep(0.01)

    def longest_gap(self):
        return max(after - before for before, after in zip(self.times, self.times[1:]))


def shards_of(server):
    try:
        answer = urllib.request.urlopen(server.url + "/readyz", timeout=30)
    except urllib.error.HTTPError as not_ready:
        answer = not_ready
    with answer:
        return [one["shard"] for one in json.load(answer)["shards"] if one["writing"]]


def share(*servers):
    """Waits until each writes some shards."""
    deadline = time.monotonic() + PATIENCE
    while not all(shards_of(one) for one in servers) and time.monotonic() < deadline:
        time.sleep(0.01)


def writes(server):
    """Whether it writes the tenant of its key."""
    request = urllib.request.Request(server.url + "/management/vendors",
                                     headers={"Authorization": "Bearer " + server.key})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.headers["Daybook-Position"].split("-")[0]) in shards_of(server)


def measure_changes_of_owner(report, work, arguments):
    report.part("kafka", "A shard changes its node, seen by a client that writes through a third",
                ["what", "longest time without an answer, s", "refused"])
    key_file = work / "nodes.key"
    key_file.write_text("5a" * 32)
    key_file.chmod(0o600)
    arguments = [*arguments, "--keys-encryption-key-file", str(key_file)]
    with contextlib.ExitStack() as stack:
        owner = stack.enter_context(Server(work / "node-1", len(CORES), arguments=arguments))
        front = stack.enter_context(Server(work / "node-2", len(CORES), key=owner.key,
                                           arguments=[*arguments, "--roles", "query"]))
        for what, end in (("handed over, the node stops (SIGTERM)", "terminate"),
                          ("taken over, the node dies (SIGKILL)", "kill")):
            other = stack.enter_context(Server(work / f"heir-{end}", len(CORES), key=owner.key,
                                               arguments=arguments))
            share(owner, other)
            if not writes(owner):
                owner, other = other, owner
            with Pulse(front, owner.key) as pulse:
                pulse.await_writes(100)
                getattr(owner.process, end)()
                owner.process.wait(PATIENCE)
                pulse.await_writes(100)
            report.row(what, f"{pulse.longest_gap():.2f}", str(pulse.refused))
            owner = other
