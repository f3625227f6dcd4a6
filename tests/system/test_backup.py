"""Backups are taken while the server serves, and what is restored from them is the same; who was
erased since is erased again."""
# labels: slow
# timeout: 600

import json
import shutil
import signal
import subprocess
import threading

import journal_reader
from support import (BINARY, PATIENCE, ServerTest, charge_of, main, make_catalogue, make_contract,
                     rounds, wait_until)

CANARY = "Canary Canaryson"


class Backups(ServerTest):
    def setUp(self):
        super().setUp()
        self.backups = self.directory / "backups"

    def back_up(self, data=None, code=0, into=None, arguments=()):
        done = subprocess.run([BINARY, "backup", str(into or self.backups), "--data",
                               str(data or self.directory / "data"), *arguments], timeout=PATIENCE,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def place(self, name):
        """A directory that holds the key-encryption key, and nothing else."""
        directory = self.directory / name
        directory.mkdir(mode=0o700)
        shutil.copy(self.directory / "data" / "key-encryption-key", directory)
        return directory

    def restore(self, data, *arguments, code=0, backups=None):
        done = subprocess.run([BINARY, "restore", str(backups or self.backups), "--data", str(data),
                               *map(str, arguments)], timeout=PATIENCE, capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def sell(self, client, number):
        user, _, bill = make_contract(client, f"reader-{number}@example.org")
        client.made("/management/transactions", charge_of(bill, f"charge-{number}"))
        return user

    def everything(self, client):
        return {kind: client.listed(f"/management/{kind}")
                for kind in ("vendors", "products", "users", "contracts", "bills", "transactions",
                             "entitlements")}

    def restored(self, name, *arguments, key=None, backups=None):
        """A server on what was restored, and its client."""
        data = self.place(name)
        said = self.restore(data, *arguments, backups=backups)
        server = self.start(data=data)
        server.wait_until_ready()
        return server, server.client(key or self.key), said

    @staticmethod
    def signed_size(client):
        """How many entries the last checkpoint covers."""
        answer = client.get("/management/audit/checkpoint")
        return int(answer.body.split(b"\n")[1]) if answer.status == 200 else 0

    def begin(self):
        server = self.start()
        self.key = server.first_key
        client = server.client()
        make_catalogue(client)
        return server, client


class Backup(Backups):
    def test_what_was_backed_up_under_writers_is_restored_and_goes_on(self):
        server, client = self.begin()
        for number in range(5):
            self.sell(client, number)
        self.assertIn("backup 1 of 0-", self.back_up())
        ends = threading.Event()
        threads = [threading.Thread(target=self.write, args=(client, name, ends))
                   for name in range(4)]
        for thread in threads:
            thread.start()
        self.assertIn("backup 2 of 0-", self.back_up())
        ends.set()
        for thread in threads:
            thread.join()
        kept = self.everything(client)
        said = self.back_up()
        self.assertIn("backup 3 of 0-", said)
        position = said.split()[3]
        self.assertEqual(server.terminate(), 0)

        again, client, said = self.restored("restored")
        self.assertIn("digests of the backup", said)
        self.assertIn(f"Restored {again.data} to {position}", said)
        self.assertEqual(self.everything(client), kept)
        self.sell(client, 1000)
        end = int(client.get("/management/users").headers["Daybook-Position"].split("-")[1])
        wait_until(lambda: self.signed_size(client) >= end)
        self.assertNotIn("checkpoints_stopped", again.log_text())
        self.assertEqual(again.terminate(), 0)
        lines = journal_reader.export(server.data)
        read = journal_reader.Journal(journal_reader.export(again.data))
        self.assertEqual((read.voids, read.gaps()), (0, {}))
        end = int(position.split("-")[1])
        self.assertEqual(journal_reader.export(again.data)[:end], lines[:end])

    def write(self, client, name, ends):
        count = 0
        while not ends.is_set():
            count += 1
            client.made("/management/users", {"id": f"w{name}-{count}",
                                              "email": f"w{name}-{count}@example.org"})

    def test_it_is_restored_to_a_position_and_to_a_time(self):
        server, client = self.begin()
        first = self.sell(client, 1)
        self.back_up()
        position = client.get("/management/users").headers["Daybook-Position"]
        kept = self.everything(client)
        time = kept["transactions"][0]["createdAt"]
        second = self.sell(client, 2)
        between = client.get("/management/users").headers["Daybook-Position"]
        kept_between = self.everything(client)
        self.sell(client, 3)
        wait_until(lambda: self.signed_size(client) > int(between.split("-")[1]))
        self.back_up()
        self.assertEqual(server.terminate(), 0)

        _, client, said = self.restored("to-a-backup", "--to", position)
        self.assertIn("digests of the backup", said)
        self.assertEqual(self.everything(client), kept)
        again, client, said = self.restored("to-a-position", "--to", between)
        wait_until(lambda: "journal_shorter" in again.log_text())  # More than that was signed.
        self.assertIn("No backup is of this position", said)
        self.assertEqual(self.everything(client), kept_between)
        _, client, _ = self.restored("to-a-time", "--to", time)
        self.assertEqual(self.everything(client), kept)
        self.assertEqual(client.get(f"/management/users/{first['id']}").status, 200)
        self.assertEqual(client.get(f"/management/users/{second['id']}").status, 404)
        for wrong, said in (("0-999999", "the backup ends at"), ("soon", "is no position"),
                            ("7-1", "no shard 7"), ("1999-01-01T00:00:00Z", "nothing at that")):
            self.assertIn(said, self.restore(self.directory / "wrong", "--to", wrong, code=2))
        self.assertFalse((self.directory / "wrong").exists())

    def test_shards_are_restored_each_to_its_own_position(self):
        shards = ("--journal-shards", "3")
        server = self.start(*shards)
        clients = [server.client(), *(server.make_tenant(f"press-{n}") for n in range(4))]
        for client in clients:
            make_catalogue(client)
            self.sell(client, 1)
        self.back_up()
        positions = {client.get("/management/users").headers["Daybook-Position"]
                     for client in clients}
        kept = [self.everything(client) for client in clients]
        for client in clients:
            self.sell(client, 2)
        erased = clients[1].listed("/management/users")[0]  # Who is not there at that position.
        path = f"/management/users/{erased['id']}?cancelContracts=true"
        self.assert_status(clients[1].ask("DELETE", path), 204)
        self.back_up()
        self.assertEqual(server.terminate(), 0)
        data = self.place("restored")
        said = self.restore(data, *(word for position in sorted(positions)
                                    for word in ("--to", position)))
        self.assertIn("Erased again: 0 persons, of 1", said)
        restored = self.start(*shards, data=data)
        restored.wait_until_ready()
        for client, resources in zip(clients, kept):
            self.assertEqual(self.everything(restored.client(client.key)), resources)
        self.assertIn("--journal-shards 3",
                      self.restore(self.place("other"), "--journal-shards", "2", code=4))

    def test_who_was_erased_since_is_erased_again(self):
        server, client = self.begin()
        users = [client.made("/management/users", {"email": f"u{number}@example.org",
                                                   "name": CANARY}) for number in range(3)]
        client.made("/management/contracts", {
            "userId": users[0]["id"], "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]})
        contract = client.got("/management/contracts")[0]
        client.made(f"/management/contracts/{contract['id']}/confirm")
        client.ask("PUT", f"/management/users/{users[0]['id']}/password", {"password": "horse me!"})
        self.back_up()
        old = self.directory / "old-backups"
        shutil.copytree(self.backups, old)
        position = client.get("/management/users").headers["Daybook-Position"]
        erase = f"/management/users/{users[0]['id']}?cancelContracts=true"
        self.assert_status(client.ask("DELETE", erase), 204)
        self.assertIn("1 persons erased", self.back_up())
        names = sorted(file.name for file in self.backups.iterdir() if file.name.startswith("k"))
        self.assertEqual(names, ["keys-2.ndjson"])  # The erased key is in no file of backups.
        self.assertEqual(server.terminate(), 0)

        newest = self.backups / "erased-2.ndjson"
        cases = {"whole": ((), None, 0), "earlier": (("--to", position), None, 1),
                 "old-copy": (("--erased", newest), old, 1),
                 "old-directory": (("--erased", self.directory / "data"), old, 1)}
        for name, (arguments, backups, again) in cases.items():
            with self.subTest(name):
                server, client, said = self.restored(name, *arguments, backups=backups)
                self.assertIn(f"Erased again: {again} persons, of 1", said)
                self.check_erased(server, client, users, contract)

    def check_erased(self, server, client, users, contract):
        gone = f"/management/users/{users[0]['id']}"
        self.assert_problem(client.get(gone), 410, "erased")
        self.assertEqual(client.got(f"/management/contracts/{contract['id']}")["status"],
                         "CANCELED")
        self.assertEqual(len(client.listed("/management/users?q=canary")), 2)
        self.assertNotIn("Canary", str(client.listed("/management/bills")))
        self.assert_problem(client.post(gone + "/password/verify", {"password": "horse me!"}), 422,
                            "password_incorrect")
        self.assertEqual(server.terminate(), 0)
        exported = self.directory / (server.data.name + ".keys")
        server.run("journal", "export", "--keys", str(exported))
        keys = [json.loads(line) for line in exported.read_text().splitlines()]
        keys = {one["user"]: one["key"] for one in keys if "user" in one}
        self.assertEqual([keys[user["id"]] == "" for user in users], [True, False, False])

    def test_what_is_damaged_is_not_restored(self):
        server, client = self.begin()
        self.sell(client, 1)
        self.back_up()
        self.assertEqual(server.terminate(), 0)
        journal = self.backups / "journal-1-0.ndjson"
        whole = journal.read_bytes()
        manifest = self.backups / "manifest.json"
        for name, file, text in (
                ("changed", journal, whole.replace(b'"UserCreated"', b'"UserCreateD"', 1)),
                ("cut", journal, whole[:len(whole) // 2]),
                ("keys", self.backups / "keys-1.ndjson", b""),
                ("manifest", manifest, manifest.read_bytes()[:-20])):
            with self.subTest(name):
                kept = file.read_bytes()
                file.write_bytes(text)
                self.assertIn(str(file), self.restore(self.place(name), code=4))
                self.assertFalse((self.directory / name / "journal").exists())
                file.write_bytes(kept)
        # Hashes that fit do not help: the chain does not.
        forged = self.backups.parent / "forged"
        shutil.copytree(self.backups, forged)
        lines = whole.splitlines(True)
        (forged / journal.name).write_bytes(b"".join(lines[:-1]))
        old = json.loads(manifest.read_text())["parts"][0]["shards"][0]["file"]["sha256"]
        new = subprocess.run(["sha256sum", forged / journal.name], check=True,
                             stdout=subprocess.PIPE, text=True).stdout.split()[0]
        (forged / "manifest.json").write_text(manifest.read_text().replace(old, new))
        self.assertIn("the chain of shard 0",
                      self.restore(self.place("forged-data"), backups=forged, code=4))
        (self.directory / "other").mkdir(mode=0o700)
        self.assertIn("there is no key-encryption key",
                      self.restore(self.directory / "other", code=4))
        (self.directory / "other" / "key-encryption-key").write_text("0f" * 32 + "\n")
        (self.directory / "other" / "key-encryption-key").chmod(0o600)
        self.assertIn("another key-encryption key",
                      self.restore(self.directory / "other", code=4))
        self.assertIn("holds a journal already", self.restore(server.data, code=4))

    def test_a_directory_of_backups_is_of_one_journal(self):
        server, client = self.begin()
        self.sell(client, 1)
        self.back_up()
        self.sell(client, 2)
        self.back_up()
        self.assertEqual(server.terminate(), 0)
        self.back_up()  # Nobody serves.
        earlier = self.place("earlier")
        self.restore(earlier, "--to", "0-5")
        self.assertIn("back up into another directory", self.back_up(earlier, code=4))
        other = self.start(data=self.directory / "another")
        self.assertIn("another installation", self.back_up(other.data, code=4))
        self.back_up(earlier, into=self.directory / "new-backups")


class Killed(Backups):
    def seen(self):
        return (sorted(file.name for file in self.backups.iterdir()),
                (self.backups / "manifest.json").stat().st_mtime_ns)

    def test_a_backup_that_is_killed_is_gone_on_with(self):
        server, client = self.begin()
        for number in range(3):
            self.sell(client, number)
        self.back_up()
        kept = self.everything(client)
        for number in range(rounds(3, 20)):
            self.sell(client, 100 + number)
            with subprocess.Popen([BINARY, "backup", self.backups, "--data", server.data],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
                before = self.seen()
                wait_until(lambda: self.seen() != before)
                server.kill()
            # What is there can be restored at any time.
            self.restore(self.place(f"after-{number}"))
            server = self.start()
            server.wait_until_ready()
            client = server.client()
            kept = self.everything(client)
        self.back_up()
        self.assertEqual(server.terminate(), 0)
        _, client, _ = self.restored("whole")
        self.assertEqual(self.everything(client), kept)

    def test_a_restore_that_is_killed_leaves_nothing_usable_and_is_begun_anew(self):
        server, client = self.begin()
        for number in range(10):
            self.sell(client, number)
        kept = self.everything(client)
        self.back_up()
        self.assertEqual(server.terminate(), 0)
        data = self.place("restored")
        for name in ("importing", "keys", "journal", "views", "state"):
            with subprocess.Popen([BINARY, "restore", self.backups, "--data", data],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
                wait_until(lambda: (data / name).exists() or running.poll() is not None)
                running.send_signal(signal.SIGKILL)
            if not (data / "importing").exists():
                break  # It was done before.
            done = subprocess.run([BINARY, "serve", "--data", data, "--listen", "127.0.0.1:0"],
                                  timeout=PATIENCE, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn("was cut", done.stderr)
        else:
            self.restore(data)
        server = self.start(data=data)
        server.wait_until_ready()
        self.assertEqual(self.everything(server.client(self.key)), kept)


if __name__ == "__main__":
    main()
