"""What the parts of the benchmark share: servers, load, and the report."""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

BUILD = pathlib.Path(os.environ.get("DAYBOOK_BUILD", "build/release"))
CORES = sorted(os.sched_getaffinity(0))
PATIENCE = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_core(n, command):
    """The command held to one core, so that server and load generator do not share theirs."""
    return ["taskset", "-c", str(CORES[n % len(CORES)]), *command]


@contextlib.contextmanager
def running(command, **options):
    """A process of ours, ended at the end: first asked, then killed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Server:
    """`daybook serve` on a directory."""

    def __init__(self, data, io_threads, core=None, arguments=(), key=None):
        self.data = data
        self.key = key  # One that it knows, if it is not to make the first.
        self.url = f"http://127.0.0.1:{free_port()}"
        self.command = [str(BUILD / "daybook"), "serve", "--data", str(data), "--listen",
                        self.url.removeprefix("http://"), "--http-io-threads", str(io_threads),
                        "--log-requests", "none", "--limits-key-per-second", "0",
                        "--limits-tenant-per-second", "0", *arguments]
        if core is not None:
            self.command = on_core(core, self.command)

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        started = time.perf_counter()
        self.process = self.stack.enter_context(running(self.command))
        try:
            self.wait_until_ready(started + PATIENCE)
        except BaseException:
            self.stack.close()
            raise
        self.seconds_to_ready = time.perf_counter() - started
        self.key = self.key or (self.data / "initial-admin-key").read_text().strip()
        return self

    def __exit__(self, *fault):
        self.stack.close()

    def wait_until_ready(self, deadline):
        while True:
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(self.url + "/readyz", timeout=5):
                    return
            if self.process.poll() is not None:
                sys.exit(f"bench: the server ended with {self.process.returncode}")
            if time.perf_counter() > deadline:
                sys.exit("bench: the server does not get ready")
            time.sleep(0.005)

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + "/management/" + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.key, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.read()

    def page(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as response:
            return response.read().decode()

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


def wrk(url, connections, seconds, core=None, headers=(), script=None):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    if script is not None:
        command += ["-s", str(script)]
    if core is not None:
        command = on_core(core, command)
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True,
                          timeout=seconds + 60).stdout
    if bad := re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: .*", said):
        print(f"  WRONG: {bad[0]}")
    def percentile(n):
        number, unit = re.search(rf"^\s+{n}%\s+([\d.]+)([a-z]+)", said, re.M).groups()
        return float(number) * MILLISECONDS[unit]
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
            "p50": percentile(50), "p99": percentile(99)}


class Report:
    """Lines as they come, and at the end a page of Markdown."""

    def __init__(self, options):
        self.page = ["# Measured", "", "| | |", "|---|---|", f"| cores | {len(CORES)} |",
                     f"| options | {' '.join(sys.argv[1:]) or 'none'} |"]
        self.only = options.only

    def part(self, name, title, columns):
        load = os.getloadavg()[0]
        print(f"\n== {title} (load before: {load:.1f})", flush=True)
        self.page += ["", f"## {title}", "", f"Load average before: {load:.1f}.", "",
                      "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        self.columns = columns

    def row(self, *cells):
        print("  " + "  ".join(f"{column}: {cell}" for column, cell in zip(self.columns, cells)),
              flush=True)
        self.page.append("| " + " | ".join(cells) + " |")

    def save(self, path):
        pathlib.Path(path).write_text("\n".join(self.page) + "\n")


POSTS = {
    "vendors": """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"name":"Nordpress"}'
""",
    "users": """
wrk.headers["Content-Type"] = "application/json"
local n, run = 0, os.time()
function request()
  n = n + 1
  local body = string.format('{"email":"reader.%d.%d@example.org","name":"Kari Nordmann"}', run, n)
  return wrk.format("POST", nil, nil, body)
end
"""}


def post(report, server, work, seconds):
    for what, connections in [*(("vendors", n) for n in (1, 16, 64, 256)), ("users", 64)]:
        script = work / f"{what}.lua"
        script.write_text(POSTS[what])
        measured = wrk(f"{server.url}/management/{what}", connections, seconds, None,
                       ["Authorization: Bearer " + server.key], script)
        report.row("POST /" + what, str(connections), f"{measured['rate']:,.0f}",
                   f"{measured['p50']:.2f}", f"{measured['p99']:.2f}")


def program(name, *arguments, patience):
    said = subprocess.run([str(BUILD / "bench" / f"bench_{name}"), *map(str, arguments)],
                          stdout=subprocess.PIPE, text=True, check=True, timeout=patience).stdout
    return [json.loads(line) for line in said.splitlines()]
