"""Consumers of public topics that others have written: kcat, and packages of Python.

All give their messages as {"topic", "partition", "key", "event"}; the event as the feed has it.
"""

import json
import pathlib
import subprocess
import sys

from support import PATIENCE, SOURCE

PACKAGES = ("confluent-kafka==2.16.1", "cloudevents==2.2.0")
KINDS = ("vendors", "products", "users", "contracts", "bills", "transactions", "entitlements",
         "fulfillments")


def python_with_packages():
    """An interpreter in a virtual environment that is made once for this machine."""
    name = "-".join(package.replace("==", "-") for package in PACKAGES)
    home = pathlib.Path.home() / ".cache" / "daybook" / name
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([str(home / "bin" / "pip"), "install", "--quiet", *PACKAGES], check=True)
        (home / "complete").touch()
    return home / "bin" / "python"


class Follower:
    """Reads on while it lives."""

    def __init__(self, brokers, topics, file):
        self.file = file
        with open(file, "wb") as out:
            self.process = subprocess.Popen(
                [python_with_packages(), SOURCE / "tests" / "system" / "relay_consumer.py", brokers,
                 *topics], stdout=out)

    def messages(self):
        lines = self.file.read_bytes().split(b"\n")[:-1]  # What is behind the last is not complete.
        return [json.loads(line) for line in lines]

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)


def with_kcat(brokers, topic, isolation="read_committed"):
    """All that is there now."""
    done = subprocess.run(["kcat", "-b", brokers, "-C", "-t", topic, "-o", "beginning", "-e", "-q",
                           "-J", "-X", f"isolation.level={isolation}"],
                          check=True, timeout=PATIENCE, stdout=subprocess.PIPE)
    return [event_of(json.loads(line)) for line in done.stdout.splitlines()]


def event_of(message):
    headers = dict(zip(message["headers"][::2], message["headers"][1::2]))
    event = {"datacontenttype": headers.pop("content-type")}
    event |= {name.removeprefix("ce_"): value for name, value in headers.items()}
    return {"topic": message["topic"], "partition": message["partition"], "key": message["key"],
            "event": {**event, "data": json.loads(message["payload"])}}
