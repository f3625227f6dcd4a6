"""Measures Daybook against bare parts, in one run on one machine, over the loopback.

usage: ./dev bench [--quick] [--events N] [--bills N] [--contracts N] [--only PART ...] [--kafka]
                   [--markdown FILE] [--work DIR]

  reads       GET by id and a list of 20, against nginx that serves a file of the same bytes
  writes      durable POSTs over HTTP at 1, 16, 64 and 256 connections
  access      may this reader use this product, against GET by id of the entitlement that says so
  lists       filtered lists of 20 of a million bills, against the same of ten thousand
  past        gets and lists of bills as of a year ago, against the same as of now
  billing     a run over a hundred thousand contracts that are due, and GETs meanwhile
  appends     the same without HTTP, against a bare RocksDB that writes the same batches
  projection  a journal of a million events posted to views by one core
  proofs      checking an exported journal against what was signed, and what signing costs writers
  rebuild     the same journal replayed, verified, backed up, and its views rebuilt under writers
  start       time to ready and memory, on an empty directory and on a million events
  people      users found by a word among a million, the customer document, passwords
  kafka       (with --kafka, alone) writes over HTTP and without it on a Kafka of one broker, against
              a bare idempotent producer of the same bytes; and how long a shard is not served when
              its node stops or dies

Everything lives in a directory of its own below the build folder, or below DIR, and is removed at
the end: the disk under it is the one that is measured. Ratios of one run can be compared; rates
depend on the machine and on what else it does, so the load before each part is printed with them.
"""

import argparse
import contextlib
import json
import pathlib
import re
import shutil
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time

from measuring import BUILD, CORES, Report, Server, free_port, on_core, post, program, running, wrk
from on_audit import measure_rebuild as measure_rebuild_of
from on_kafka import measure_kafka
from on_people import measure_people
import on_proofs

PARTS = ["reads", "access", "lists", "past", "billing", "writes", "appends", "projection", "proofs",
         "start", "rebuild", "people"]


NGINX = """
daemon off; master_process off; worker_processes 1; pid {root}/nginx.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type application/json; keepalive_requests 1000000000; sendfile on;
  tcp_nopush on; open_file_cache max=16; client_body_temp_path {root}/t1; proxy_temp_path {root}/t2;
  fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
  server {{ listen 127.0.0.1:{port}; root {root}/files; }}
}}
"""


@contextlib.contextmanager
def nginx(root, files):
    """Serves these bytes by name. Gives the address."""
    (root / "files").mkdir(parents=True)
    for name, content in files.items():
        (root / "files" / name).write_bytes(content)
    port = free_port()
    (root / "nginx.conf").write_text(NGINX.format(root=root, port=port))
    with running(on_core(0, ["nginx", "-p", str(root), "-c", str(root / "nginx.conf")])):
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if time.monotonic() > deadline:
                sys.exit("bench: nginx does not start")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}/"


def middle(runs, name):
    return statistics.median(run[name] for run in runs)


def make_bills(server):
    """Twenty bills, and the id of one."""
    server.ask("POST", "vendors", {"id": "nordpress", "name": "Nordpress"})
    server.ask("POST", "users", {"id": "kari", "email": "kari@example.org", "name": "Kari"})
    for n in range(20):
        line = {"sku": "evening-news", "title": "Back issue", "quantity": 1, "unitAmount": 4900}
        server.ask("POST", "bills", {"id": f"bill-{n}", "userId": "kari", "vendorId": "nordpress",
                                     "currency": "NOK", "items": [line]})
    return "bill-7"


def measure_reads(report, work, options):
    report.part("reads", "Reads, one I/O thread, one wrk thread, 32 connections",
                ["what", "bytes", "daybook/s", "nginx/s", "daybook : nginx", "p99 ms", "nginx p99 ms"])
    seconds, rounds = (2, 2) if options.quick else (5, 5)
    with Server(work / "reads", 1, core=0) as server:
        bill = make_bills(server)
        paths = {"GET by id": "bills/" + bill, "list of 20": "bills?limit=20"}
        files = {str(n): server.ask("GET", path) for n, path in enumerate(paths.values())}
        with nginx(work / "nginx", files) as address:
            for n, (what, path) in enumerate(paths.items()):
                ours, theirs = [], []
                for _ in range(rounds):  # By turns, so that other load hits both alike.
                    theirs.append(wrk(address + str(n), 32, seconds, 1))
                    ours.append(wrk(server.url + "/management/" + path, 32, seconds, 1,
                                    ["Authorization: Bearer " + server.key]))
                ratio = statistics.median(a["rate"] / b["rate"] for a, b in zip(ours, theirs))
                report.row(what, str(len(files[str(n)])), f"{middle(ours, 'rate'):,.0f}",
                           f"{middle(theirs, 'rate'):,.0f}", f"{ratio:.2f}",
                           f"{middle(ours, 'p99'):.2f}", f"{middle(theirs, 'p99'):.2f}")


def sell_access(server):
    """A reader with a subscription and two other rights, and the entitlement that gives access."""
    server.ask("POST", "vendors", {"id": "nordpress", "name": "Nordpress"})
    server.ask("POST", "users", {"id": "kari", "email": "kari@example.org", "name": "Kari"})
    free = {"id": "monthly", "name": "Every month", "purchaseType": "recurring", "amount": 0,
            "currency": "NOK", "recurringInterval": "MONTH", "recurringTime": 1}
    for sku, kind, options in (("evening-news", "publication", [free]), ("story", "article", []),
                               ("novel", "ebook", [])):
        server.ask("POST", "products", {"sku": sku, "type": kind, "vendorId": "nordpress",
                                        "title": sku, "purchaseOptions": options})
    for sku in ("story", "novel"):
        server.ask("POST", "entitlements", {"userId": "kari", "sku": sku})
    server.ask("POST", "contracts", {"id": "news", "userId": "kari",
                                     "items": [{"sku": "evening-news",
                                                "purchaseOptionId": "monthly"}]})
    server.ask("POST", "contracts/news/confirm", {})
    (right,) = json.loads(server.ask("GET", "entitlements?sku=evening-news"))
    return right["id"]


def by_turns(paths, seconds, rounds):
    """Measures each of {what: (server, path)} again and again; what came out, by what."""
    runs = {what: [] for what in paths}
    for _ in range(rounds):  # By turns, so that other load hits all alike.
        for what, (server, path) in paths.items():
            runs[what].append(wrk(server.url + "/management/" + path, 32, seconds, 1,
                                  ["Authorization: Bearer " + server.key]))
    return runs


def ratio_of(runs, what, bare):
    return statistics.median(a["rate"] / b["rate"] for a, b in zip(runs[what], runs[bare]))


def measure_access(report, work, options):
    report.part("access", "entitlements/check, one I/O thread, one wrk thread, 32 connections",
                ["what", "per second", "p99 ms", ": GET by id"])
    with Server(work / "access", 1, core=0) as server:
        right, question = sell_access(server), "entitlements/check?userId=kari&sku=evening-news"
        paths = {"GET by id": (server, "entitlements/" + right), "check": (server, question),
                 "check, explained": (server, question + "&explain=true")}
        runs = by_turns(paths, *((2, 3) if options.quick else (5, 5)))
        for what in paths:
            report.row(what, f"{middle(runs[what], 'rate'):,.0f}",
                       f"{middle(runs[what], 'p99'):.2f}",
                       f"{ratio_of(runs, what, 'GET by id'):.2f}")


LISTS = {"of all": "", "status": "&status=PENDING", "userId": "&userId=reader-7",
         "userId and status": "&userId=reader-10&status=PENDING",
         "amount": "&amount[gte]=100&amount[lt]=2000", "q": "&q=back"}


def measure_lists(report, work, options):
    few, many = 10_000, options.bills
    report.part("lists", f"Lists of 20 bills by filter, of {few:,} and of {many:,} bills",
                ["what", f"of {few:,}/s", f"of {many:,}/s", "time, many : few"])
    for bills in (few, many):
        program("bills", work / f"bills-{bills}", bills, patience=60 + bills / 1000)
    with (Server(work / f"bills-{few}", 1, core=0) as small,
          Server(work / f"bills-{many}", 1, core=0) as large):
        for what, filters in LISTS.items():
            path = "bills?limit=20" + filters
            for server in (small, large):
                assert len(json.loads(server.ask("GET", path))) == 20, path
            runs = by_turns({"few": (small, path), "many": (large, path)},
                            *((1, 3) if options.quick else (3, 5)))
            report.row(what, f"{middle(runs['few'], 'rate'):,.0f}",
                       f"{middle(runs['many'], 'rate'):,.0f}",
                       f"{ratio_of(runs, 'few', 'many'):.2f}")


PAST_LISTS = {"of all": "", "pending": "&status=PENDING", "paid": "&status=PAID",
              "userId": "&userId=reader-7", "userId and paid": "&userId=reader-10&status=PAID", "q": "&q=back"}


def measure_past(report, work, options):
    bills = options.bills // 4
    report.part("past", f"As of a year ago and of a day ago, against now: {bills:,} bills of two years, each "
                "paid within two weeks; one I/O thread", ["what", "now/s", "a year ago/s", "a day ago/s",
                                                          "time, a year ago : now", "a day ago : now"])
    (made,) = program("past", work / "past", bills, patience=60 + bills / 500)
    with Server(work / "past", 1, core=0) as server:
        known = json.loads(server.ask("GET", f"bills?limit=1&asOf={made['yearAgo']}"))[0]["id"]
        for what, path in {"GET by id": "bills/" + known,
                           **{"list of 20, " + what: "bills?limit=20" + filters
                              for what, filters in PAST_LISTS.items()}}.items():
            mark = "&" if "?" in path else "?"
            paths = {"now": path, **{when: f"{path}{mark}asOf={made[when]}"
                                     for when in ("yearAgo", "dayAgo")}}
            for asked in paths.values():
                assert path[5] == "/" or len(json.loads(server.ask("GET", asked))) == 20, asked
            runs = by_turns({when: (server, asked) for when, asked in paths.items()},
                            *((1, 3) if options.quick else (3, 5)))
            report.row(what, *(f"{middle(runs[when], 'rate'):,.0f}" for when in paths),
                       *(f"{ratio_of(runs, 'now', when):.2f}" for when in ("yearAgo", "dayAgo")))


# Some two thousand GETs a second of contracts at random, at 16 connections.
GETS = """
local n = 0
function init() math.randomseed(7) end
function delay() return 8 end
function request()
  return wrk.format("GET", "/management/contracts/reader-" .. math.random(0, CONTRACTS - 1))
end
"""


def clock_of(server):
    """What the clock has done, and what it still has to do."""
    page = server.page("/metrics")
    one = {name: sum(map(float, re.findall(rf"^{name}{{.*}} (.*)$", page, re.M)))
           for name in ("daybook_clock_commands_total", "daybook_clock_late_seconds",
                        "daybook_projector_lag_records")}
    return time.perf_counter(), *one.values()


def watch_run(server, contracts, seen):
    """Until all are renewed, and the views show it; appends what the clock said meanwhile."""
    while True:
        seen.append(clock_of(server))
        _, done, late, lag = seen[-1]
        if done >= contracts and late == 0 and lag == 0:
            return
        time.sleep(0.1)


def rate_of(seen):
    """Commands of the clock a second, as long as it was late."""
    busy = [one for one in seen if one[2] > 0]
    if len(busy) < 2:
        sys.exit("bench: the run was over before it could be measured")
    return (busy[-1][1] - busy[0][1]) / (busy[-1][0] - busy[0][0])


def measure_billing(report, work, options):
    contracts = options.contracts
    report.part("billing", f"A run over {contracts:,} contracts that are due at the same instant",
                ["what", "contracts/s", "seconds", "GETs/s", "GET p50 ms", "GET p99 ms"])
    (made,) = program("billing", work / "billing", contracts, patience=60 + contracts / 500)
    shutil.copytree(work / "billing", work / "billing-alone")
    seen = []
    with Server(work / "billing-alone", len(CORES), arguments=("--clock-per-second", "0")) as server:
        watch_run(server, contracts, seen)
    seconds = seen[-1][0] - seen[0][0]
    report.row("the run alone", f"{rate_of(seen):,.0f}", f"{seconds:.1f}", "", "", "")

    script = work / "gets.lua"
    script.write_text(GETS.replace("CONTRACTS", str(contracts)))
    def gets(server):
        return wrk(server.url, 16, max(1, round(seconds * 0.7)), None,
                   ["Authorization: Bearer " + server.key], script)
    seen = []
    with Server(work / "billing", len(CORES)) as server:
        watcher = threading.Thread(target=watch_run, args=(server, contracts, seen))
        watcher.start()
        during = gets(server)
        watcher.join()
        after = gets(server)
    for what, rate, length, load in (
            ("with GETs", f"{rate_of(seen):,.0f}", f"{seen[-1][0] - seen[0][0]:.1f}", during),
            ("GETs after it", "", "", after)):
        report.row(what, rate, length, f"{load['rate']:,.0f}", f"{load['p50']:.2f}",
                   f"{load['p99']:.2f}")
    print(f"  GET p99 with the run : without: {during['p99'] / after['p99']:.2f}; "
          f"{made['events']:,} events before", flush=True)


def measure_writes(report, work, options):
    report.part("writes", "Durable POSTs over HTTP, wrk beside it on the same cores",
                ["what", "connections", "per second", "p50 ms", "p99 ms"])
    seconds = 3 if options.quick else 10
    with Server(work / "writes", len(CORES)) as server:
        post(report, server, work, seconds)


def measure_appends(report, work, options):
    report.part("appends", "Shard appends without HTTP, against a bare RocksDB log of the same batches",
                ["commands at once", "per second", "p50 ms", "p99 ms", "entries a batch",
                 "bytes an entry", "bare/s", "shard : bare"])
    seconds = 1 if options.quick else 5
    for one in program("append", seconds, work, patience=60 + 100 * seconds):
        report.row(str(one["commands"]), f"{one['per_second']:,.0f}", f"{one['p50_us'] / 1000:.2f}",
                   f"{one['p99_us'] / 1000:.2f}", f"{one['batch']:.1f}", str(one["record_bytes"]),
                   f"{one['bare_per_second']:,.0f}",
                   f"{one['per_second'] / one['bare_per_second']:.2f}")
        if one["refused"]:
            print(f"  WRONG: {one['refused']} were refused")


def filled(work, options):
    """A data directory with the events, made once."""
    data = work / "filled"
    if not data.exists():
        print(f"\nFilling a journal with {options.events:,} events", flush=True)
        (made,) = program("fill", data, options.events, patience=60 + options.events / 1000)
        print(f"  {made['events']:,} events in {made['entries']:,} entries, "
              f"{made['commands_per_second']:,.0f} commands/s", flush=True)
    return data


def measure_projection(report, work, options):
    data = filled(work, options)
    (passes,) = program("project", data, patience=60 + options.events / 1000)
    report.part("projection", f"Projection of {passes['events']:,} events "
                f"({passes['bytes'] / 2**20:,.0f} MiB of journal), one thread",
                ["what", "events/s", "events/s of processor time"])
    for name, what in [("read", "read the records"), ("judge", "and decode, unseal, hash, judge"),
                       ("post", "and post to empty views")]:
        report.row(what, f"{passes[name]['per_second']:,.0f}",
                   f"{passes[name]['per_cpu_second']:,.0f}")


def measure_rebuild(report, work, options):
    measure_rebuild_of(report, work, options, filled(work, options))


def measure_proofs(report, work, options):
    on_proofs.measure_proofs(report, work, filled(work, options), options)


def measure_start(report, work, options):
    data = filled(work, options)
    report.part("start", "Start and memory", ["what", "seconds to ready", "MiB resident"])
    with Server(work / "empty", len(CORES)) as server:
        report.row("a new directory, first key included", f"{server.seconds_to_ready:.2f}",
                   f"{server.memory_mib():.0f}")
    with Server(data, len(CORES)) as server:
        report.row(f"{options.events:,} events, after a stop", f"{server.seconds_to_ready:.2f}",
                   f"{server.memory_mib():.0f}")
        wrk(server.url + "/management/users?limit=100", 32, 3, None,
            ["Authorization: Bearer " + server.key])
        report.row("the same, after reading lists for 3 s", "", f"{server.memory_mib():.0f}")
        server.process.kill()
    with Server(data, len(CORES)) as server:
        report.row(f"{options.events:,} events, after kill -9", f"{server.seconds_to_ready:.2f}",
                   f"{server.memory_mib():.0f}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a look, in about a minute")
    parser.add_argument("--events", type=int, help="in the journal (1,000,000; --quick 50,000)")
    parser.add_argument("--bills", type=int, help="in the longer list (1,000,000; --quick 50,000)")
    parser.add_argument("--contracts", type=int, help="that are due (100,000; --quick 20,000)")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, metavar="PART")
    parser.add_argument("--kafka", action="store_const", const=["kafka"], dest="only",
                        help="what is on Kafka, alone; it needs Java and Maven")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables there, too")
    parser.add_argument("--work", metavar="DIR", type=lambda path: pathlib.Path(path).resolve(),
                        default=BUILD.resolve(), help="where the data is meanwhile")
    options = parser.parse_args()
    if options.events is None:
        options.events = 50_000 if options.quick else 1_000_000
    if options.bills is None:
        options.bills = 50_000 if options.quick else 1_000_000
    if options.contracts is None:
        options.contracts = 20_000 if options.quick else 100_000
    return options


def main():
    # A stop by signal ends what was started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: stopped"))
    options = arguments()
    report = Report(options)
    work = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=options.work))
    try:
        for part in PARTS:
            if part in options.only:
                globals()["measure_" + part](report, work, options)
        if "kafka" in options.only:
            measure_kafka(report, work, options)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if options.markdown:
        report.save(options.markdown)


if __name__ == "__main__":
    main()
