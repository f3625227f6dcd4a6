"""A reader of the journal that shares no code with the program.

It takes the lines of `daybook journal export`, and judges them by the rule of
docs/journal-protocol.md alone: what is valid, that nothing is missing, and that the chain holds.
"""

import collections
import hashlib
import json
import subprocess

from support import BINARY


def export(data, *arguments):
    """The lines of the journal of a directory that nobody serves."""
    done = subprocess.run([BINARY, "journal", "export", "--data", str(data), *arguments],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout.splitlines()


class Shard:
    """The valid entries of one shard, in order."""

    def __init__(self):
        self.entries = []
        self.voids = 0
        self.generation = None
        self.sequence = 0
        self.head = bytes(32)

    def take(self, line, record):
        if "opening" in record:
            self.generation = record["opening"]["id"]
        elif (record["gen"] != self.generation or record["seq"] != self.sequence + 1
              or record["prev"] != self.head.hex()):
            self.voids += 1
            return
        else:
            self.entries.append(record)
        self.sequence += 1
        leaf = hashlib.sha256(b"\0" + line).digest()
        self.head = hashlib.sha256(self.head + leaf).digest()


class Journal:
    def __init__(self, lines):
        self.shards = collections.defaultdict(Shard)
        for line in lines:
            record = json.loads(line)
            self.shards[record["shard"]].take(line, record)
        self.entries = [entry for shard in self.shards.values() for entry in shard.entries]
        self.voids = sum(shard.voids for shard in self.shards.values())
        self.by_key = collections.defaultdict(list)  # (tenant, Idempotency-Key) to entries.
        self.streams = collections.defaultdict(list)  # (tenant, subject) to events, in order.
        for entry in self.entries:
            if key := entry["command"].get("idempotencyKey"):
                self.by_key[entry["tenant"], key].append(entry)
            for event in entry["events"]:
                self.streams[entry["tenant"], event["subject"]].append(event)

    def gaps(self):
        """The streams whose sequences do not run 1, 2, 3, …"""
        return {stream: [event["sequence"] for event in events]
                for stream, events in self.streams.items()
                if [event["sequence"] for event in events] != list(range(1, len(events) + 1))}
