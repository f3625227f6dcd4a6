"""From the embedded engine to Kafka and back: the journal, the keys and the views stay the same."""
# labels: slow release-only
# timeout: 600

import os
import re
import shutil
import subprocess

import kafka
from support import BINARY, PATIENCE, SOURCE
from test_journal_import import Moving


class Moved(kafka.OnKafka, Moving):
    def setUp(self):
        super().setUp()
        self.on_kafka, self.arguments = self.arguments, ()

    def tour(self, server):
        """What the README shows."""
        blocks = re.findall(r"^```sh tour\n(.*?)^```", (SOURCE / "README.md").read_text(),
                            re.DOTALL | re.MULTILINE)
        environment = {**os.environ, "DAYBOOK_URL": "http://%s:%d" % server.address}
        subprocess.run(["bash", "-c", "set -e\n" + "".join(blocks)], cwd=self.directory,
                       env=environment, timeout=PATIENCE, check=True, stdout=subprocess.DEVNULL)

    def test_to_kafka_and_back_everything_stays_the_same(self):
        shards = ("--journal-shards", "3")
        server = self.start(*shards)
        self.tour(server)
        answers = self.sell_more(server)
        self.assertEqual(server.terminate(), 0)
        digests = self.digests(server.data, *shards)
        lines, keys = self.export(server.data, "first", *shards)

        node = self.directory_for_import("node")
        self.take_in(node, lines, keys, *self.on_kafka)
        self.assertEqual(self.digests(node, *self.on_kafka), digests)
        again, keys_again = self.export(node, "second", *self.on_kafka)
        self.assertEqual(again.read_bytes(), lines.read_bytes())

        backups = self.directory / "backups"
        self.command("backup", backups, "--data", node, *self.on_kafka)
        restored = self.directory_for_import("restored")
        said = self.command("restore", backups, "--data", restored).stdout
        self.assertIn(b"digests of the backup", said)
        refused = self.command("restore", backups, "--data", self.directory / "other",
                               *self.on_kafka, code=2)
        self.assertIn(b"take it to Kafka from there", refused.stderr)

        back = self.directory_for_import("back")
        self.take_in(back, again, keys_again, *shards)
        self.assertEqual(self.digests(back, *shards), digests)
        third, keys_back = self.export(back, "third", *shards)
        self.assertEqual(third.read_bytes(), lines.read_bytes())
        self.assertEqual(sorted(keys_back.read_bytes().split(b"\n")[1:]),
                         sorted(keys.read_bytes().split(b"\n")[1:]))
        for data, arguments in ((node, self.on_kafka), (back, shards)):
            moved = self.start(*arguments, data=data)
            self.assert_answers(moved, server.first_key, answers)
            moved.client(server.first_key).made("/management/users", {"email": "new@example.org"})
            self.assertEqual(moved.terminate(), 0)

    def sell_more(self, server):
        """The tour has made a catalogue of its own."""
        client = server.client()
        users = [client.made("/management/users", {"email": f"{name}@example.org", "name": name})
                 for name in ("ada", "bo", "cy")]
        bills = client.listed("/management/bills")
        return [client.got(f"/management/users/{users[0]['id']}"), bills[0],
                client.listed("/management/users"), bills]

    def test_what_was_cut_or_does_not_fit_is_refused_on_kafka_too(self):
        server, _, lines, keys = self.made()
        node = self.directory_for_import("node")
        kafka.make_topics(self.prefix + ".two", 2)
        two = (*self.on_kafka[:-1], self.prefix + ".two")
        self.assertIn("topics create", self.take_in(node, lines, keys, *two, code=4))

        cut = self.directory / "cut.ndjson"
        cut.write_bytes(b"".join(lines.read_bytes().splitlines(True)[:20]))
        shutil.rmtree(node)
        node = self.directory_for_import("node")
        self.assertIn("lines are missing", self.take_in(node, cut, keys, *self.on_kafka, code=4))
        # For every node, whatever it knows.
        for name in ("node", "other"):
            data = node if name == "node" else self.directory_for_import(name)
            done = self.command("serve", "--listen", "127.0.0.1:0", "--data", data, *self.on_kafka,
                                code=4)
            self.assertIn(b"was cut", done.stderr)
        self.assertIn("was cut", self.take_in(node, lines, keys, *self.on_kafka, code=4))
        self.assertEqual(self.start("--journal-shards", "3", data=server.data).terminate(), 0)


if __name__ == "__main__":
    kafka.main(__file__)
