"""Checkpoints and proofs: what was signed holds across restarts, and nothing can be changed unseen."""
# timeout: 300

import json
import pathlib
import shutil
import subprocess

from support import (BINARY, PATIENCE, ServerTest, charge_of, main, make_catalogue, make_contract,
                     wait_until)

VERIFY = str(pathlib.Path(BINARY).with_name("daybook-verify"))
CHECKPOINT = "/management/audit/checkpoint"


def size_in(note):
    return int(note.splitlines()[1])


class AuditTest(ServerTest):
    """What tests with an auditor share."""

    def write_users(self, client, count, prefix="reader"):
        """The position behind them."""
        for number in range(count):
            answer = client.post("/management/users",
                                 {"id": f"{prefix}-{number}", "name": "Ada Berg",
                                  "email": f"{prefix}-{number}@example.org"})
            self.assert_status(answer, 201)
        return answer.headers["Daybook-Position"]

    def note(self, client, position=None):
        """A checkpoint, with what the position names in it."""
        headers = {"Daybook_Min_Position": position} if position else {}
        # A node that has just started has signed nothing yet, and says so.
        wait_until(lambda: client.get(CHECKPOINT, **headers).status != 503)
        answer = self.assert_status(client.get(CHECKPOINT, **headers), 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        return answer.body.decode()

    def file(self, name, content):
        path = self.directory / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def verified(self, *arguments, code=0):
        done = subprocess.run([VERIFY, *arguments], timeout=PATIENCE, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def export(self, data):
        return subprocess.run([BINARY, "journal", "export", "--data", str(data)], check=True,
                              timeout=PATIENCE, capture_output=True).stdout


class Audit(AuditTest):
    def test_what_an_auditor_is_given_can_be_checked_without_the_server(self):
        server = self.start()
        key = server.run("audit", "key")
        client = server.client()
        first = self.note(client, self.write_users(client, 20))
        last_position = self.write_users(client, 20, "later")
        last = self.note(client, last_position)
        self.assertLess(size_in(first), size_in(last))
        inclusion = client.get(f"/management/audit/proofs/inclusion?position={last_position}")
        consistency = client.get(f"/management/audit/proofs/consistency?from={size_in(first)}")
        old = self.file("old.note", first)
        for answer, name, others in ((inclusion, "inclusion", []),
                                     (consistency, "consistency", ["--checkpoints", old])):
            self.assert_status(answer, 200)
            document = self.file(name, answer.body)
            self.verified("proof", document, "--key", key, *others)
            spoilt = answer.json | {"proof": answer.json["proof"][:-1]}
            self.verified("proof", self.file("spoilt", json.dumps(spoilt)), "--key", key, *others,
                          code=1)
        self.assertEqual(server.terminate(), 0)
        journal = self.file("journal", self.export(server.data))
        said = self.verified("journal", journal, "--key", key, "--checkpoints", old,
                             self.file("new.note", last), str(server.data / "checkpoints" / "0"))
        self.assertIn("OK", said)
        self.assertNotIn("more", said)  # What was written last was signed at the end.

    def test_a_spoilt_export_is_refused_and_the_place_named(self):
        server = self.start()
        key = server.run("audit", "key")
        self.note(server.client(), self.write_users(server.client(), 30))
        self.assertEqual(server.terminate(), 0)
        lines = self.export(server.data).splitlines(keepends=True)
        notes = server.data / "checkpoints" / "0"
        check = ["--key", key, "--checkpoints", str(notes)]

        def refused(changed):
            said = self.verified("journal", self.file("journal", b"".join(changed)), *check, code=1)
            self.assertTrue(said.startswith("WRONG "), said)
            return said

        flipped = lines[9][:-20] + bytes([lines[9][-20] ^ 1]) + lines[9][-19:]
        self.assertIn("0-10", refused(lines[:9] + [flipped] + lines[10:]))
        self.assertIn("0-12", refused(lines[:11] + [lines[12], lines[11]] + lines[13:]))
        self.assertIn("0-15", refused(lines[:14] + lines[15:]))
        self.assertIn("0-21", refused(lines[:20]))
        forged = lines[9].replace(b"Ada", b"Eve")
        self.assertIn("0-10", refused(lines[:9] + [forged] + lines[9:]))
        self.assertIn("0-1", refused([]))
        text = notes.read_text()
        self.file("forged.note", text.replace(f"\n{len(lines)}\n", f"\n{len(lines) - 1}\n"))
        said = self.verified("journal", self.file("journal", b"".join(lines)), "--key", key,
                             "--checkpoints", str(self.directory / "forged.note"), code=1)
        self.assertIn("forged.note", said)
        self.verified("journal", str(self.directory / "journal"), "--key", "x" + key,
                      "--checkpoints", str(notes), code=2)

    def test_a_journal_that_lost_its_end_is_served_but_never_signed_again(self):
        server = self.start()
        self.note(server.client(), self.write_users(server.client(), 5))
        self.assertEqual(server.terminate(), 0)
        old = self.directory / "old"
        shutil.copytree(server.data, old, ignore=shutil.ignore_patterns("*.sock"))
        server = self.start()
        signed = self.note(server.client(), self.write_users(server.client(), 5, "lost"))
        self.assertEqual(server.terminate(), 0)
        shutil.rmtree(old / "checkpoints")
        shutil.copytree(server.data / "checkpoints", old / "checkpoints")
        before = (old / "checkpoints" / "0").read_bytes()
        for reason, prefix in (("journal_shorter", "other"), ("inconsistent", "another")):
            server = self.start(data=old)
            client = server.client()

            def is_stopped():
                return f'"checkpoints_stopped","shard":0,"reason":"{reason}"' in server.log_text()

            if reason == "journal_shorter":
                wait_until(is_stopped)
            self.write_users(client, 10, prefix)
            wait_until(is_stopped)
            self.assertIn('daybook_checkpoint_signing{shard="0"} 0',
                          client.get("/metrics").body.decode())
            self.assert_status(client.get("/readyz"), 200)
            self.assertEqual(self.note(client), signed)
            self.assertEqual(server.terminate(), 0)
            self.assertEqual((old / "checkpoints" / "0").read_bytes(), before)

    def test_the_proof_of_a_bill_holds_whatever_comes_after(self):
        server = self.start()
        key = server.run("audit", "key")
        client, other = server.client(), server.make_tenant("other")
        make_catalogue(client)
        user, _, bill = make_contract(client)
        path = f"/management/bills/{bill['id']}/proof"
        first = client.got(path)
        client.made("/management/transactions", charge_of(bill))
        self.assert_status(client.ask("DELETE", f"/management/users/{user['id']}"
                                                "?cancelContracts=true"), 204)
        second = client.got(path)
        self.assertGreater(len(second["entries"]), len(first["entries"]))
        for number, document in enumerate((first, second)):
            said = self.verified("proof", self.file(f"bill-{number}", json.dumps(document)), "--key",
                                 key)
            self.assertIn(f"bills/{bill['id']} has the events 1 to ", said)
        self.verified("proof", self.file("cut", json.dumps(
            second | {"entries": second["entries"][1:]})), "--key", key, code=1)
        self.assert_problem(other.get(path), 404, "not_found")

    def test_what_is_asked_wrongly_is_refused(self):
        server = self.start("--journal-shards", "4")
        client = server.client()
        position = self.write_users(client, 3)
        shard, _, seq = position.partition("-")
        proofs = "/management/audit/proofs/"
        for query in ("inclusion", "inclusion?position=x", f"inclusion?position={shard}-0",
                      f"inclusion?position={(int(shard) + 1) % 4}-1",
                      f"inclusion?position={position}&size=1",
                      f"inclusion?position={position}&size=x", "consistency",
                      "consistency?from=0", "consistency?from=2&to=1", "consistency?from=-1"):
            self.assert_problem(client.get(proofs + query), 400)
        for query in (f"inclusion?position={position}&size={10 ** 9}",
                      f"inclusion?position={shard}-{10 ** 9}", f"consistency?from={10 ** 9}",
                      f"consistency?from=1&to={10 ** 9}"):
            self.assert_problem(client.get(proofs + query), 404, "tree_too_small")
        answer = client.get(proofs + f"inclusion?position={position}&size={seq}")
        self.assert_status(answer, 200)
        self.assertEqual(answer.json["size"], int(seq))

    def test_all_nodes_of_an_installation_would_sign_alike(self):
        server = self.start()
        key = server.run("audit", "key")
        server.terminate()
        server.run("encryption-key", "rotate")
        self.assertEqual(server.run("audit", "key"), key)
        self.assertEqual(oct((server.data / "checkpoints" / "0").stat().st_mode & 0o777), "0o600")
        server = self.start()
        server.wait_until_ready()
        self.note(server.client())


if __name__ == "__main__":
    main()
