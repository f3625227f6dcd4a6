"""The parts of the benchmark that follow the journal again: replay, verify, rebuild, backup."""

import os
import re
import statistics
import subprocess
import time

from measuring import BUILD, CORES, POSTS, Server, wrk

WRITERS = 16


def command(*arguments, **options):
    return [str(BUILD / "daybook"), *map(str, arguments)], {"text": True, **options}


def timed(data, *arguments):
    """Seconds, and what it said."""
    line, options = command(*arguments, "--data", data, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, check=True)
    started = time.perf_counter()
    done = subprocess.run(line, **options)
    return time.perf_counter() - started, done


def posts(server, script, seconds):
    return wrk(f"{server.url}/management/users", WRITERS, seconds, None,
               ["Authorization: Bearer " + server.key], script)


def under_writers(report, server, script, events):
    """The latency of writes while the views are rebuilt, and before."""
    before = [posts(server, script, 3) for _ in range(3)]
    line, options = command("views", "rebuild", "--data", server.data, stdout=subprocess.PIPE)
    during = []
    with subprocess.Popen(line, stderr=subprocess.DEVNULL, **options) as rebuild:
        while rebuild.poll() is None:
            during.append(posts(server, script, 3))
        said = rebuild.stdout.read()
    rate = int(re.search(r"(\d+) events/s", said)[1])
    # The last run went on after the exchange.
    whole = during[:-1] or during
    p99 = [statistics.median(run["p99"] for run in runs) for runs in (before, whole)]
    posted = [statistics.median(run["rate"] for run in runs) for runs in (before, whole)]
    report.row(f"rebuild, {WRITERS} writers", f"{rate:,}", "",
               f"{p99[0]:.2f}", f"{p99[1]:.2f}", f"{p99[1] / p99[0]:.2f}",
               f"{posted[0]:,.0f}", f"{posted[1]:,.0f}")
    if max(run["p99"] for run in whole) == 0 or events == 0:
        print("  WRONG: nothing was measured")


def measure_rebuild(report, work, options, data):
    report.part("rebuild", "The journal followed again, one thread",
                ["what", "events/s", "seconds", "p99 ms of writes before", "during", "during : before",
                 "writes/s before", "during"])
    seconds, done = timed(data, "audit", "replay", "--tenant", "none")
    events = int(re.search(r"(\d+) events, of which", done.stderr)[1])
    report.row("replay: judged and chained", f"{events / seconds:,.0f}", f"{seconds:.1f}", *[""] * 5)
    seconds, done = timed(data, "audit", "replay")
    report.row("replay: folded and printed", f"{events / seconds:,.0f}", f"{seconds:.1f}", *[""] * 5)
    for what, arguments in (("rebuild, nobody serves", ("views", "rebuild")),
                            ("verify: built aside and compared", ("audit", "verify"))):
        seconds, done = timed(data, *arguments)
        rate = int(re.findall(r"(\d+) events/s", done.stdout)[-1])
        report.row(what, f"{rate:,}", f"{seconds:.1f}", *[""] * 5)
    backups = work / "backups"
    seconds, _ = timed(data, "backup", backups)
    size = sum(file.stat().st_size for file in backups.iterdir())
    report.row(f"backup of {size / 2**20:,.0f} MiB", f"{events / seconds:,.0f}", f"{seconds:.1f}",
               *[""] * 5)
    script = work / "users.lua"
    script.write_text(POSTS["users"])
    with Server(data, len(CORES)) as server:
        under_writers(report, server, script, events)
    print(f"  load after: {os.getloadavg()[0]:.1f}", flush=True)
