"""Measures what is about people: users found by a word, the customer document, passwords."""

import concurrent.futures
import json
import statistics
import threading
import time
import urllib.error
import urllib.request

from measuring import CORES, Server, program, wrk


def measure_people(report, work, options):
    users = 20_000 if options.quick else 1_000_000
    seconds, rounds = (2, 2) if options.quick else (5, 5)
    data = work / "people"
    program("fill", data, 2_000, users, patience=60 + users / 1000)
    report.part("people", f"{users:,} users, one I/O thread, one wrk thread, 32 connections",
                ["what", "per second", "GET by id : this", "p99 ms"])
    with Server(data, 1, core=0) as server:
        key = ["Authorization: Bearer " + server.key]
        paths = {"GET a user by id": "users/user-7", "list of 10, q=given7": "users?q=given7",
                 "list of 10, q=given7 family42": "users?q=given7%20family42",
                 "customer document": "customers/reader-7", "export": "users/reader-7/export"}
        runs = {what: [] for what in paths}
        for _ in range(rounds):
            for what, path in paths.items():
                runs[what].append(wrk(f"{server.url}/management/{path}", 32, seconds, 1, key))
        gets = runs["GET a user by id"]
        for what, measured in runs.items():
            ratio = statistics.median(a["rate"] / b["rate"] for a, b in zip(gets, measured))
            report.row(what, f"{statistics.median(run['rate'] for run in measured):,.0f}",
                       f"{ratio:.2f}", f"{statistics.median(run['p99'] for run in measured):.2f}")
    measure_passwords(report, data, seconds)


def measure_passwords(report, data, seconds):
    report.part("passwords", "200 passwords set at once, and GETs meanwhile",
                ["what", "per second", "per second and thread", "GET p99 ms", "MiB resident"])
    threads = 1
    with Server(data, len(CORES), arguments=["--passwords-threads", str(threads),
                                             "--passwords-queue-max", "50"]) as server:
        url, key = f"{server.url}/management/users/user-7", "Bearer " + server.key
        quiet = wrk(url, 4, seconds, None, ["Authorization: " + key])
        report.row("nothing else", "", "", f"{quiet['p99']:.2f}", f"{server.memory_mib():.0f}")
        stopping = threading.Event()
        counts = {204: 0, 503: 0}
        with concurrent.futures.ThreadPoolExecutor(200) as pool:
            for n in range(200):
                pool.submit(set_passwords, server.url, key, n, stopping, counts)
            began, before = time.monotonic(), counts[204]
            busy = wrk(url, 4, seconds, None, ["Authorization: " + key])
            rate = (counts[204] - before) / (time.monotonic() - began)
            memory = server.memory_mib()
            stopping.set()
        report.row(f"Argon2id, {counts[503]:,} told to come back", f"{rate:,.0f}",
                   f"{rate / threads:,.1f}", f"{busy['p99']:.2f}", f"{memory:.0f}")


def set_passwords(url, key, n, stopping, counts):
    body = json.dumps({"password": f"correct horse {n}"}).encode()
    while not stopping.is_set():
        request = urllib.request.Request(
            f"{url}/management/users/user-{n}/password", body, method="PUT",
            headers={"Authorization": key, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                counts[answer.status] += 1
        except urllib.error.HTTPError as refusal:
            counts[refusal.code] += 1
            time.sleep(1)
