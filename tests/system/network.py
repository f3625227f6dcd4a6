"""Rounds of a network between node and brokers that loses packets: of one direction, of the other,
of both, without a word to anybody.

The test runs in a network namespace of its own with the brokers, the node in another one. Clients
reach the node over a link of their own that always works. This needs no root, but a system that
lets users make namespaces (or root), `unshare`, `ip` and `nft`.
"""

import subprocess

from faults import Faults
from support import PATIENCE, Server, wait_until

BROKERS = "10.77.0.1"
# What this directory's namespace is made with: loopback with an address that brokers listen on.
AROUND = ("unshare", "--map-root-user", "--net", "--", "sh", "-euc",
          f'ip link set lo up; ip address add {BROKERS}/32 dev lo; exec "$@"', "sh")


def command(*words, inside=()):
    subprocess.run([*inside, *words], check=True, timeout=PATIENCE)


class Network(Faults):
    lasting = (0.5, 7)  # Seconds, from and to.
    kinds = ("to the brokers", "from the brokers", "both ways")

    def setUp(self):
        super().setUp()
        # It prints a line once it has a namespace, and holds it until its input ends.
        holder = subprocess.Popen(["unshare", "--net", "--", "sh", "-c", "echo; read end"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(holder.communicate)
        holder.stdout.readline()
        self.inside = ("nsenter", "--target", str(holder.pid), "--net", "--")
        command("ip", "link", "set", "lo", "up", inside=self.inside)
        self.link(holder.pid, "journal", 1)
        self.link(holder.pid, "clients", 2)
        command("ip", "route", "add", f"{BROKERS}/32", "via", "10.77.1.1", inside=self.inside)
        for inside in ((), self.inside):
            # What came over this link and is dropped here, its sender knows nothing of.
            command("nft", "add table inet cut; add chain inet cut arriving "
                    "{ type filter hook input priority 0; }", inside=inside)

    @staticmethod
    def link(pid, name, network):
        inside = ("nsenter", "--target", str(pid), "--net", "--")
        command("ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", str(pid))
        for host, where in ((1, ()), (2, inside)):
            command("ip", "address", "add", f"10.77.{network}.{host}/24", "dev", name, inside=where)
            command("ip", "link", "set", name, "up", inside=where)

    def start_node(self):
        server = Server(self.data, *self.arguments, "--allow-plaintext", wrapper=self.inside,
                        listen="10.77.2.2:0")
        self.addCleanup(self.clean_up, server)
        self.assertTrue(server.wait_until_started(), server.log_text()[-2000:])
        return server

    def disturb(self, server):
        kind = self.next_kind()
        droppers = {"to the brokers": [()], "from the brokers": [self.inside],
                    "both ways": [(), self.inside]}[kind]
        for inside in droppers:
            command("nft", "add rule inet cut arriving iifname journal drop", inside=inside)
        seconds = self.random.uniform(*self.lasting)
        self.ended.wait(seconds)
        wait_until(lambda: self.reader.lag >= int(seconds) - 1)
        for inside in droppers:
            command("nft", "flush chain inet cut arriving", inside=inside)
        return f"nothing gets through {kind}"
