"""The part `proofs`: checking a journal without the server, and what proofs cost those who write."""

import statistics
import subprocess
import time

from measuring import BUILD, CORES, POSTS, Server, on_core, program, wrk


def said(command, *arguments, **options):
    return subprocess.run([str(BUILD / command), *map(str, arguments)], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options).stdout


def verify(report, work, data, events):
    """Signs and exports the journal, and times its check, on all cores and on one."""
    checkpoints = data / "checkpoints" / "0"
    with Server(data, len(CORES), key="none"):  # Signs what there is, in a second.
        while not checkpoints.exists() or not checkpoints.stat().st_size:
            time.sleep(0.1)
    key = said("daybook", "audit", "key", "--data", data).strip()
    journal = work / "journal.ndjson"
    with open(journal, "wb") as file:
        subprocess.run([str(BUILD / "daybook"), "journal", "export", "--data", str(data)],
                       check=True, stdout=file, stderr=subprocess.DEVNULL)
    with open(journal, "rb") as file:
        entries = sum(1 for _ in file)
    command = [str(BUILD / "daybook-verify"), "journal", str(journal), "--key", key, "--checkpoints",
               str(checkpoints)]
    report.part("proofs", "daybook-verify on an exported journal",
                ["what", "entries", "MiB", "seconds", "entries/s", "events/s"])
    for what, run in (("all cores", command), ("one core", on_core(0, command))):
        seconds = []
        for _ in range(3):
            started = time.perf_counter()
            subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - started)
        middle = statistics.median(seconds)
        report.row(what, f"{entries:,}", f"{journal.stat().st_size / 2**20:,.0f}", f"{middle:.2f}",
                   f"{entries / middle:,.0f}", f"{events / middle:,.0f}")
    journal.unlink()


def writes(report, work, options):
    """POSTs with and without checkpoints, by turns."""
    report.part("proofs", "POST /vendors, 64 connections, with checkpoints and without",
                ["what", "per second", "p50 ms", "p99 ms"])
    seconds, rounds = (2, 2) if options.quick else (5, 5)
    script = work / "vendors.lua"
    script.write_text(POSTS["vendors"])
    runs = {"with": [], "without": []}
    with Server(work / "with", len(CORES)) as signing, Server(
            work / "without", len(CORES),
            arguments=["--checkpoints-interval-ms", "0"]) as bare:
        for _ in range(rounds):
            for what, server in (("with", signing), ("without", bare)):
                runs[what].append(wrk(server.url + "/management/vendors", 64, seconds, None,
                                      ["Authorization: Bearer " + server.key], script))
    for what, all_runs in runs.items():
        report.row(what, *(f"{statistics.median(run[name] for run in all_runs):,.2f}"
                           for name in ("rate", "p50", "p99")))
    ratio = statistics.median(a["rate"] / b["rate"] for a, b in zip(runs["with"], runs["without"]))
    report.row("with : without", f"{ratio:.3f}", "", "")


def tree(report, data, events):
    """What the tree costs the projector, which answers wait for."""
    (passes,) = program("project", data, patience=60 + events / 1000)
    report.part("proofs", "The Merkle tree in the projector",
                ["what", "events/s of processor time", "of it"])
    post, alone = (passes[name]["per_cpu_second"] for name in ("post", "tree"))
    report.row("post to empty views, tree included", f"{post:,.0f}", "100 %")
    report.row("the tree alone", f"{alone:,.0f}", f"{100 * post / alone:.1f} %")


def measure_proofs(report, work, data, options):
    verify(report, work, data, options.events)
    tree(report, data, options.events)
    writes(report, work, options)
