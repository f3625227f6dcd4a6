# labels: release-only
# timeout: 300
"""No success is answered before the sync that covers it.

A kill -9 cannot show a missing sync, as the kernel keeps what was written. So the system calls of
the server are traced: each write carries a canary of its own, which strace shows in the write to
the journal's log, and in the answer. Between the two there must be a sync of that file that began
after the write and ended before the answer began.
"""

import os
import re
import shutil
import signal
import threading

from support import ServerTest, main

WRITERS, EACH = 8, 125
CALLS = "fdatasync,fsync,write,writev,pwrite64,sendto,sendmsg"
LINE = re.compile(r"^(?P<thread>\d+) +(?P<time>\d+\.\d+) (?P<rest>.*)$")
SYNC = re.compile(r"^(?:fdatasync|fsync)\((?P<file>\d+<[^>]*>)")
CANARY = re.compile(r"canary-\d+-\d+-")


class Trace:
    """Where canaries were written to the journal, where they were answered, and all syncs."""

    def __init__(self, path):
        self.written = {}   # Canary to (line, file).
        self.answered = {}  # Canary to the line of the answer.
        self.syncs = {}     # File to [(line of the start, line of the end)].
        self.open = {}      # Thread to (file, line) of a sync that has not ended.
        with open(path, errors="replace") as lines:
            for number, line in enumerate(lines):
                if match := LINE.match(line):
                    self.take(number, match["thread"], match["rest"])

    def take(self, number, thread, rest):
        if match := SYNC.match(rest):
            if "unfinished" in rest:
                self.open[thread] = (match["file"], number)
            elif rest.rstrip().endswith("= 0"):
                self.syncs.setdefault(match["file"], []).append((number, number))
            return
        if "resumed>" in rest and thread in self.open and "sync resumed" in rest:
            file, start = self.open.pop(thread)
            if rest.rstrip().endswith("= 0"):
                self.syncs.setdefault(file, []).append((start, number))
            return
        file = rest[rest.index("(") + 1:].split(",")[0] if "(" in rest else ""
        for canary in CANARY.findall(rest):
            if "/journal/" in file:
                self.written.setdefault(canary, (number, file))
            elif "HTTP/1.1 201" in rest:
                self.answered.setdefault(canary, number)

    def is_covered(self, canary):
        written, file = self.written[canary]
        answered = self.answered[canary]
        return any(written < start and end < answered for start, end in self.syncs.get(file, ()))


class AnswerAfterSync(ServerTest):
    def test_no_success_leaves_before_its_sync(self):
        found = self.traced(WRITERS, EACH)
        early = [one for one in found.answered if not found.is_covered(one)]
        self.assertEqual(early, [], f"{len(early)} of {len(found.answered)} left before a sync")

    def test_a_missing_sync_would_be_found(self):
        # strace answers for the kernel: the server is told that all is synced, and nothing is.
        found = self.traced(1, 3, "-e", "inject=fdatasync,fsync:retval=0")
        self.assertFalse(any(found.is_covered(one) for one in found.answered))

    def traced(self, writers, each, *faults):
        """The trace of so many vendors being made by each writer, all of them answered with 201."""
        self.assertTrue(shutil.which("strace"), "strace is needed")
        trace = self.directory / "trace"
        server = self.start(wrapper=("strace", "-f", "-y", "-ttt", "-s", "1000000", "-e",
                                     "trace=" + CALLS, "-e", "signal=none", *faults,
                                     "-o", str(trace)))
        client = server.client()

        def write(writer):
            for n in range(each):
                # Not personal, so that it stands in the journal as it is.
                answer = client.post("/management/vendors",
                                     {"id": f"canary-{writer}-{n}-x", "name": "A vendor"})
                if answer.status != 201:
                    refused.append(answer)

        refused = []
        threads = [threading.Thread(target=write, args=(n,)) for n in range(writers)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        self.assertEqual(refused, [])
        self.assertEqual(self.stop_traced(server), 0)

        found = Trace(trace)
        self.assertEqual(len(found.answered), writers * each, "answers in the trace")
        self.assertEqual(set(found.written), set(found.answered), "writes in the trace")
        return found

    def stop_traced(self, server):
        """strace passes on the exit code; the signal goes to the server itself."""
        children = f"/proc/{server.process.pid}/task/{server.process.pid}/children"
        with open(children) as file:
            traced = int(file.read().split()[0])
        os.kill(traced, signal.SIGTERM)
        return server.end()


if __name__ == "__main__":
    main()
