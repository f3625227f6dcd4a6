"""Views that are made anew beside the live ones: nobody notices, nothing is lost, and what a crash
cuts is gone on with. What the live views show is what the journal says, or the first row that is
not is named."""
# labels: slow
# timeout: 600

import concurrent.futures
import json
import os
import shutil
import statistics
import subprocess
import threading
import time

from support import (BINARY, PATIENCE, ServerTest, charge_of, main, make_catalogue, make_contract,
                     rounds, wait_until)

WRITERS = 16


class Rebuilding(ServerTest):
    def command(self, *arguments, code=0, data=None):
        done = subprocess.run([BINARY, *arguments, "--data", str(data or self.directory / "data")],
                              timeout=10 * PATIENCE, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def begin(self, users):
        server = self.start("--limits-key-per-second", "0", "--limits-tenant-per-second", "0")
        client = server.client()
        make_catalogue(client)
        self.fill(client, "first", users)
        return server, client

    @staticmethod
    def fill(client, prefix, users):
        def make(number):
            client.made("/management/users", {"id": f"{prefix}-{number}", "name": "Ada Berg",
                                              "email": f"{prefix}-{number}@example.org"})
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(make, range(users)))


class Writers:
    """Write and read what they wrote, as long as they are wanted."""

    def __init__(self, client):
        self.client = client
        self.is_ending = threading.Event()
        self.lock = threading.Lock()
        self.made, self.wrong, self.seconds = [], [], []
        self.threads = [threading.Thread(target=self.run, args=(name,)) for name in range(WRITERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_ending.set()
        for thread in self.threads:
            thread.join()

    def take(self, what, answer, began, statuses):
        with self.lock:
            self.seconds.append(time.monotonic() - began)
            if answer.status not in statuses:
                self.wrong.append((what, repr(answer)))

    def run(self, name):
        count = 0
        while not self.is_ending.is_set():
            count += 1
            user = f"w{name}-{count}"
            began = time.monotonic()
            made = self.client.post("/management/users", {"id": user, "name": "Bo Ås",
                                                          "email": f"{user}@example.org"})
            self.take("post", made, began, (201,))
            began = time.monotonic()
            found = self.client.get(f"/management/users/{user}",
                                    Daybook_Min_Position=made.headers["Daybook-Position"])
            self.take("get", found, began, (200,))
            if found.body != made.body:
                with self.lock:
                    self.wrong.append(("other", user))
            with self.lock:
                self.made.append(user)

    def p99(self, since=0):
        with self.lock:
            return statistics.quantiles(self.seconds[since:], n=100)[98]


class Rebuild(Rebuilding):
    def test_nobody_notices_and_nothing_is_lost(self):
        server, client = self.begin(rounds(300, 3000))
        user, _, bill = make_contract(client)
        client.made("/management/transactions", charge_of(bill))
        first_page = client.get("/management/users?limit=50")
        cursor = first_page.headers["Link"]
        with Writers(client) as writers:
            wait_until(lambda: len(writers.made) > 50)
            for _ in range(2):  # Into views-2, and back.
                done = self.command("views", "rebuild")
                self.assertIn("exchanged the live ones", done.stdout)
            erase = f"/management/users/{user['id']}?cancelContracts=true"
            # On a busy machine the outcome may not be known in time.
            wait_until(lambda: client.ask("DELETE", erase, Idempotency_Key="erase").status == 204)
            self.command("views", "rebuild")
            seen = len(writers.made)
            wait_until(lambda: len(writers.made) > seen + 20)
        self.assertEqual(writers.wrong, [])
        self.assertEqual(client.get("/readyz").status, 200)
        self.assert_problem(client.get(f"/management/users/{user['id']}"), 410, "erased")
        path = cursor[cursor.index("<") + 1:cursor.index(">")]
        self.assertEqual(len(client.got(path)), 50)  # A cursor from before goes on.
        listed = {one["id"] for one in client.listed("/management/users")}
        self.assertEqual(set(writers.made) - listed, set())
        self.assertIn("the same:", self.command("audit", "verify").stdout)
        log = [json.loads(line) for line in server.log_text().splitlines()]
        self.assertEqual(sum(line["event"] == "rebuild_done" for line in log), 3)
        self.assertIn("daybook_rebuild_running 0", client.get("/metrics").body.decode())
        self.assertEqual(server.terminate(), 0)
        self.assertEqual([one.name for one in sorted(server.data.glob("views*"))
                          if one.is_dir()], ["views-2"])
        # What was live is live after a start, and when nobody serves.
        digests = self.command("views", "digest").stdout
        self.assertIn("exchanged", self.command("views", "rebuild").stdout)
        self.assertEqual(self.command("views", "digest").stdout, digests)
        self.assertIn("the same:", self.command("audit", "verify").stdout)
        self.assertEqual(len(self.start().client().listed("/management/users")), len(listed))

    def test_what_a_kill_cuts_is_gone_on_with(self):
        server, client = self.begin(rounds(400, 4000))
        for number in range(rounds(3, 20)):
            with subprocess.Popen([BINARY, "views", "rebuild", "--data", server.data],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
                before = server.log_text().count("rebuild_done")
                wait_until(lambda: (server.data / "views-building").exists()
                           or server.log_text().count("rebuild_done") > before)
                server.kill()
            was_cut = (server.data / "views-building").exists()
            done = server.log_text().count("rebuild_done")
            server = self.start("--limits-key-per-second", "0", "--limits-tenant-per-second", "0")
            server.wait_until_ready()
            client = server.client()
            self.fill(client, f"round-{number}", 20)
            if was_cut:
                wait_until(lambda: server.log_text().count("rebuild_done") > done)
                wait_until(lambda: not (server.data / "views-building").exists())
            self.assertIn("the same:", self.command("audit", "verify").stdout)
        self.assertEqual(server.terminate(), 0)

    def test_time_zones_and_restarts_change_no_digest(self):
        server, _ = self.begin(20)
        self.assertEqual(server.terminate(), 0)
        digests = self.command("views", "digest").stdout
        for zone in ("Asia/Kathmandu", "America/St_Johns"):
            os.environ["TZ"] = zone
            self.addCleanup(os.environ.pop, "TZ", None)
            subprocess.run(["rm", "-rf", server.data / "views"], check=True)
            self.assertEqual(self.command("views", "digest").stdout, digests)
            self.command("views", "rebuild")
            self.assertEqual(self.command("views", "digest").stdout, digests)
            self.command("views", "rebuild")


class Audit(Rebuilding):
    def test_replay_prints_each_step_of_one_resource_and_of_one_person(self):
        server, client = self.begin(3)
        user, contract, bill = make_contract(client)
        client.made("/management/transactions", charge_of(bill))
        steps = [json.loads(line) for line in self.command(
            "audit", "replay", "--subject", f"bills/{bill['id']}", "--json").stdout.splitlines()]
        self.assertEqual([one["sequence"] for one in steps], list(range(1, len(steps) + 1)))
        self.assertEqual(steps[-1]["type"], "BillPaid")
        status = [one for one in steps[-1]["changes"] if one["path"] == "/status"]
        self.assertEqual([(one["before"], one["after"]) for one in status], [("PENDING", "PAID")])
        self.assertEqual({one["actor"]["type"] for one in steps}, {"apiKey"})

        story = self.command("audit", "replay", "--user", user["id"])
        for type_ in ("UserCreated", "ContractDrafted", "BillIssued", "BillPaid",
                      "EntitlementGranted"):
            self.assertIn(f" {type_} (", story.stdout)
        self.assertNotIn("first-1", story.stdout)
        self.assertNotIn("Ada Berg", story.stdout)
        self.assertIn("with the head", story.stderr)
        shown = self.command("audit", "replay", "--user", user["id"], "--personal")
        self.assertIn('/name: - -> "Ada Berg"', shown.stdout)
        everything = self.command("audit", "replay").stdout
        self.assertIn(f"contracts/{contract['id']}", everything)
        self.assertIn("users/first-2", everything)
        self.assertIn("none such as", self.command("audit", "replay", "--subject", "moon",
                                                   code=2).stderr)
        server.terminate()
        self.assertEqual(self.command("audit", "replay").stdout[:len(everything)], everything)

    def test_views_without_the_erased_are_what_the_journal_says_without_their_keys(self):
        _, client = self.begin(2)
        for number in range(3):
            user, _, bill = make_contract(client, f"canary-{number}@example.org")
            client.made("/management/transactions", charge_of(bill, f"charge-{number}"))
            for name in ("Canary One", "Canary Two"):
                changed = client.ask("PATCH", f"/management/users/{user['id']}", {"name": name})
                self.assert_status(changed, 200)
            if number < 2:
                erase = f"/management/users/{user['id']}?cancelContracts=true"
                self.assert_status(client.ask("DELETE", erase), 204)
        self.assertIn("the same:", self.command("audit", "verify").stdout)

    def test_a_row_that_the_journal_does_not_say_is_named(self):
        server, _ = self.begin(3)
        key = server.first_key
        backups = str(self.directory / "backups")
        self.command("backup", backups)
        self.assertEqual(server.terminate(), 0)
        others = []
        for user in ("first-1", "first-2"):  # Two journals that differ in their last entry.
            other = self.directory / user
            other.mkdir(mode=0o700)
            shutil.copy(server.data / "key-encryption-key", other)
            self.command("restore", backups, data=other)
            restored = self.start(data=other)
            restored.wait_until_ready()
            restored.client(key).made(f"/management/users/{user}/block")
            self.assertEqual(restored.terminate(), 0)
            others.append(other)
        self.assertIn("the same:", self.command("audit", "verify", data=others[0]).stdout)
        shutil.rmtree(others[0] / "views")
        for name in ("views", "views.key"):  # Views of the other journal.
            subprocess.run(["cp", "-rp", others[1] / name, others[0]], check=True)
        found = self.command("audit", "verify", data=others[0], code=4)
        self.assertIn("DIFFERS", found.stdout)
        self.assertIn("the first row that differs is users/first-1 of tenant main", found.stderr)
        self.command("views", "rebuild", data=others[0])
        self.assertIn("the same:", self.command("audit", "verify", data=others[0]).stdout)


if __name__ == "__main__":
    main()
