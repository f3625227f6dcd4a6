"""Proofs and notes against Go's golang.org/x/mod/sumdb: the same, and accepted, ten thousand times."""
# labels: slow
# timeout: 600

import concurrent.futures
import json
import os
import random
import subprocess

from support import PATIENCE, SOURCE, main
from test_audit import AuditTest, size_in

PROOFS = 10_000
ENTRIES = 1_500
THREADS = 4


class AuditGo(AuditTest):
    def build(self):
        """Go's side; the module that it needs is pinned in go.sum."""
        program = self.directory / "tlog"
        environment = dict(os.environ, GOFLAGS="-mod=readonly", CGO_ENABLED="0")
        for attempt in range(3):
            done = subprocess.run(["go", "build", "-o", str(program), "."],
                                  cwd=SOURCE / "tests" / "system" / "tlog", env=environment,
                                  capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return str(program)
            print(f"attempt {attempt + 1}: {done.stderr}", flush=True)
        self.fail("Go's side cannot be built")

    def fill(self, server):
        """Entries, a few hundred at once; the position behind them."""
        clients = [server.client() for _ in range(THREADS)]
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda one: self.write_users(one[1], ENTRIES // THREADS, f"u{one[0]}"),
                          enumerate(clients)))
        return self.write_users(clients[0], 1, "last")

    def ask(self, client, seed, size):
        chance = random.Random(seed)
        documents = []
        for _ in range(PROOFS // THREADS):
            end = chance.randint(1, size)
            begin = chance.randint(1, end)
            for query in (f"inclusion?position=0-{begin}&size={end}",
                          f"consistency?from={begin}&to={end}"):
                documents.append(client.got("/management/audit/proofs/" + query))
        return documents

    def test_go_computes_the_same_proofs_and_opens_the_notes(self):
        program = self.build()
        server = self.start("--limits-key-per-second", "0", "--limits-tenant-per-second", "0",
                            "--limits-address-per-second", "0", "--log-requests", "errors")
        key = server.run("audit", "key")
        size = size_in(self.note(server.client(), self.fill(server)))
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            parts = pool.map(lambda seed: self.ask(server.client(), seed, size), range(THREADS))
        proofs = "\n".join(json.dumps(document) for part in parts for document in part)
        self.assertEqual(server.terminate(), 0)
        done = subprocess.run(
            [program, key, self.file("journal", self.export(server.data)),
             str(server.data / "checkpoints" / "0"), self.file("proofs", proofs)],
            capture_output=True, text=True, timeout=5 * PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        print(done.stdout, flush=True)
        self.assertIn(f"{PROOFS} inclusion proofs, {PROOFS} consistency proofs", done.stdout)


if __name__ == "__main__":
    main()
