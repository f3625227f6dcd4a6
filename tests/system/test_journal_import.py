"""A journal that is taken out and in again is the same; one that is not whole is not taken in."""

import json
import shutil
import subprocess

import journal_reader
from support import BINARY, PATIENCE, ServerTest, charge_of, main, make_catalogue, make_contract


class Moving(ServerTest):
    """What the tests of moving share; also those on Kafka."""

    def directory_for_import(self, name):
        """A directory that holds the key of the first one, and nothing else."""
        directory = self.directory / name
        directory.mkdir(mode=0o700)
        shutil.copy(self.directory / "data" / "key-encryption-key", directory)
        return directory

    def command(self, *arguments, code=0, **options):
        done = subprocess.run([BINARY, *map(str, arguments)], timeout=PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def export(self, data, name, *arguments):
        """The files of lines and of keys."""
        lines, keys = self.directory / f"{name}.ndjson", self.directory / f"{name}.keys"
        done = self.command("journal", "export", "--data", data, "--keys", keys, *arguments)
        self.assertIn(b"records exported", done.stderr)
        lines.write_bytes(done.stdout)
        self.assertEqual(keys.stat().st_mode & 0o777, 0o600)
        return lines, keys

    def take_in(self, data, lines, keys, *arguments, code=0):
        return self.command("journal", "import", lines, "--keys", keys, "--data", data, *arguments,
                            code=code).stderr.decode()

    def digests(self, data, *arguments):
        return self.command("views", "digest", "--data", data, *arguments).stdout.decode()

    def sell(self, server):
        """A sale, more users, and one who is in no entry but whose key is there."""
        client = server.client()
        make_catalogue(client)
        user, _, bill = make_contract(client)
        client.made("/management/transactions", charge_of(bill))
        for number in range(50):
            client.made("/management/users", {"id": f"reader-{number}",
                                              "email": f"reader-{number}@example.org",
                                              "name": "Ada Berg"})
        return [client.got(f"/management/users/{user['id']}"),
                client.got(f"/management/bills/{bill['id']}"),
                client.listed("/management/users"), client.listed("/management/bills")]

    def made(self, *arguments):
        """A directory with a journal, what its server answers, and its files."""
        server = self.start("--journal-shards", "3", *arguments)
        answers = self.sell(server)
        self.assertEqual(server.terminate(), 0)
        lines, keys = self.export(server.data, "exported", "--journal-shards", "3")
        return server, answers, lines, keys

    def assert_answers(self, server, key, answers):
        server.wait_until_ready()
        client = server.client(key)
        for kind, wanted in zip(("users", "bills"), answers[:2]):
            self.assertEqual(client.got(f"/management/{kind}/{wanted['id']}"), wanted)
        for kind, wanted in zip(("users", "bills"), answers[2:]):
            self.assertEqual(client.listed(f"/management/{kind}"), wanted)


class JournalImport(Moving):
    def test_what_is_taken_in_is_the_same_and_can_be_read_and_written(self):
        shards = ("--journal-shards", "3")
        server, answers, lines, keys = self.made()
        copy = self.directory_for_import("copy")
        self.assertIn("records imported", self.take_in(copy, lines, keys, *shards))
        again = self.export(copy, "again", *shards)
        self.assertEqual(again[0].read_bytes(), lines.read_bytes())
        self.assertEqual(self.digests(copy, *shards), self.digests(server.data, *shards))
        self.assertEqual({line[0] for line in self.digests(copy, *shards).splitlines()}, set("012"))
        # Not even the check of the key is the same text twice, but all keys are.
        self.assertEqual(again[1].read_bytes().split(b"\n")[1:], keys.read_bytes().split(b"\n")[1:])
        moved = self.start(*shards, data=copy)
        self.assert_answers(moved, server.first_key, answers)
        moved.client(server.first_key).made("/management/users", {"email": "new@example.org"})
        self.assertFalse((copy / "initial-admin-key").exists())  # There were keys already.

    def test_what_is_not_whole_is_refused_with_its_line_and_never_used(self):
        shards = ("--journal-shards", "3")
        _, _, lines, keys = self.made()
        whole = lines.read_bytes().split(b"\n")[:-1]
        entries = [number for number, line in enumerate(whole, 1) if b'"UserCreated"' in line]
        middle = entries[len(entries) // 2]

        def changed():
            text = list(whole)
            text[middle - 1] = text[middle - 1].replace(b'"UserCreated"', b'"UserCreated"', 1)
            text[middle - 1] = text[middle - 1].replace(b'"sequence":1', b'"sequence":2', 1)
            return text

        shuffled = list(whole)
        shuffled[middle - 1], shuffled[middle] = shuffled[middle], shuffled[middle - 1]
        newer = list(whole)
        newer[middle - 1] = newer[middle - 1].replace(b'{"v":1', b'{"v":9', 1)
        foreign = list(whole)
        foreign[middle - 1] = foreign[middle - 1].replace(b'"shard":', b'"shard":7', 1)
        cases = {
            "changed": (changed(), f"line {middle + 1} does not follow"),
            "newer": (newer, f"line {middle} cannot be read: newer_format"),
            "left-out": (whole[:middle - 1] + whole[middle:], f"the first that is void is {middle}"),
            "cut": (whole[:middle], f"with line {middle}"),
            "empty": ([], "and not as the file of keys says"),
            "shuffled": (shuffled, f"the first that is void is {middle}"),
            "foreign": (foreign, f"line {middle} is of shard"),
        }
        for name, (text, said) in cases.items():
            with self.subTest(name):
                data, file = self.directory_for_import(name), self.directory / f"{name}.lines"
                file.write_bytes(b"".join(line + b"\n" for line in text))
                self.assertIn(said, self.take_in(data, file, keys, *shards, code=4))
                for refused in (("serve", "--listen", "127.0.0.1:0"), ("views", "digest"),
                                ("journal", "export")):
                    done = self.command(*refused, "--data", data, *shards, code=4)
                    self.assertIn(b"was cut", done.stderr)
                self.assertIn("was cut", self.take_in(data, lines, keys, *shards, code=4))

    def test_what_does_not_fit_is_refused_and_leaves_the_target_as_it_was(self):
        shards = ("--journal-shards", "3")
        server, _, lines, keys = self.made()
        before = journal_reader.export(server.data, *shards)
        self.assertIn("is not empty", self.take_in(server.data, lines, keys, *shards, code=4))
        self.assertEqual(journal_reader.export(server.data, *shards), before)

        copy = self.directory_for_import("copy")
        self.assertIn("--journal-shards 3", self.take_in(copy, lines, keys, code=4))
        self.assertIn("--keys", self.command("journal", "import", lines, "--data", copy,
                                             code=2).stderr.decode())
        short = self.directory / "short.keys"
        short.write_bytes(b"".join(keys.read_bytes().splitlines(True)[:1]) + b'{"tenant":"ma')
        (copy / "key-encryption-key").rename(self.directory / "key")
        self.assertIn("key-encryption-key", self.take_in(copy, lines, keys, *shards, code=4))
        (copy / "key-encryption-key").write_text("0f" * 32 + "\n")
        (copy / "key-encryption-key").chmod(0o600)
        self.assertIn("another key-encryption key",
                      self.take_in(copy, lines, keys, *shards, code=4))
        shutil.move(self.directory / "key", copy / "key-encryption-key")
        self.take_in(copy, lines, keys, *shards)
        # A file of keys that was cut is found before anything is written to the journal.
        third = self.directory_for_import("third")
        self.assertIn("line 2: it was cut", self.take_in(third, lines, short, *shards, code=4))

    def test_an_import_that_is_killed_leaves_nothing_that_could_be_used(self):
        shards = ("--journal-shards", "3")
        _, _, lines, keys = self.made()
        copy = self.directory_for_import("copy")
        with subprocess.Popen([BINARY, "journal", "import", "--keys", keys, "--data", copy, *shards],
                              stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
            half = lines.read_bytes()[:2000]
            running.stdin.write(half)
            running.stdin.flush()
            while not (copy / "importing").exists():
                self.assertIsNone(running.poll())
            running.kill()
        done = self.command("serve", "--listen", "127.0.0.1:0", "--data", copy, *shards, code=4)
        self.assertIn(b"was cut", done.stderr)

    def test_keys_that_were_destroyed_stay_so(self):
        shards = ("--journal-shards", "3")
        _, _, lines, keys = self.made()
        text = keys.read_text().splitlines()
        person = json.loads(text[1])
        text[1] = json.dumps({**person, "key": ""}, separators=(",", ":"))
        erased = self.directory / "erased.keys"
        erased.write_text("\n".join(text) + "\n")
        copy = self.directory_for_import("copy")
        self.take_in(copy, lines, erased, *shards)
        server = self.start(*shards, data=copy)
        server.wait_until_ready()
        key = (self.directory / "data" / "initial-admin-key").read_text().strip()
        user = server.client(key).got(f"/management/users/{person['user']}")
        self.assertNotIn("Ada Berg", json.dumps(user))


if __name__ == "__main__":
    main()
