"""Rounds of a bad network between node and brokers: toxiproxy delays, slows down, cuts into pieces,
resets, cuts in the middle of a message, swallows and refuses.

Brokers tell clients to come through a proxy for each of them (`--proxied`); among themselves they
talk without.
"""

import http.client
import json
import os
import socket
import subprocess
import time

import kafka
from faults import Faults
from support import PATIENCE


class Toxiproxy:
    def __init__(self, log):
        server = subprocess.run([kafka.SCRIPT.with_name("toxiproxy")], check=True, text=True,
                                stdout=subprocess.PIPE).stdout.strip()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with open(log, "ab") as log_file:
            self.process = subprocess.Popen([server, "-port", str(self.port), "-host", "127.0.0.1"],
                                            stdout=log_file, stderr=log_file)
        deadline = time.monotonic() + PATIENCE
        while not self.is_there():
            assert self.process.poll() is None and time.monotonic() < deadline, log
            time.sleep(0.05)

    def is_there(self):
        try:
            return bool(self.ask("GET", "/version"))
        except ConnectionError:
            return False

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, json.dumps(body) if body is not None else None)
        response = connection.getresponse()
        said = response.read()
        assert response.status < 300, f"{method} {path}: {response.status} {said}"
        connection.close()
        return response.status

    def end(self):
        self.process.kill()
        self.process.wait()


class Toxics(Faults):
    lasting = (1, 6)  # Seconds, from and to.
    kinds = ("late", "slow", "in pieces", "reset", "cut", "swallowed", "refused")

    def setUp(self):
        self.toxiproxy = Toxiproxy("/dev/null")
        self.addCleanup(self.toxiproxy.end)
        told, behind = kafka.brokers().split(","), os.environ["KAFKA_BEHIND"].split(",")
        self.proxies = [f"broker-{number}" for number in range(1, len(told) + 1)]
        for name, address, broker in zip(self.proxies, told, behind):
            self.toxiproxy.ask("POST", "/proxies", {"name": name, "listen": address,
                                                    "upstream": broker, "enabled": True})
        super().setUp()

    def disturb(self, server):
        kind = self.next_kind()
        proxies = self.random.sample(self.proxies, self.random.randint(1, len(self.proxies)))
        streams = self.random.choice((["upstream"], ["downstream"], ["upstream", "downstream"]))
        for proxy in proxies:
            if kind == "refused":
                self.toxiproxy.ask("POST", f"/proxies/{proxy}", {"enabled": False})
                continue
            for stream in streams:
                toxic, attributes = self.toxic(kind)
                self.toxiproxy.ask("POST", f"/proxies/{proxy}/toxics",
                                   {"type": toxic, "stream": stream, "attributes": attributes})
        # Connections that are cut are made again, and cut again.
        self.ended.wait(self.random.uniform(*self.lasting))
        self.toxiproxy.ask("POST", "/reset")
        return f"{kind}, {' and '.join(streams)}, {len(proxies)} of {len(self.proxies)} brokers"

    def toxic(self, kind):
        number = self.random.randint
        return {
            "late": ("latency", {"latency": number(50, 3000), "jitter": number(0, 1000)}),
            "slow": ("bandwidth", {"rate": number(1, 50)}),  # KB/s.
            "in pieces": ("slicer", {"average_size": number(1, 200), "size_variation": 1,
                                     "delay": number(0, 2000)}),  # Microseconds.
            "reset": ("reset_peer", {"timeout": number(0, 500)}),
            "cut": ("limit_data", {"bytes": number(1, 5000)}),
            "swallowed": ("timeout", {"timeout": 0}),
        }[kind]
