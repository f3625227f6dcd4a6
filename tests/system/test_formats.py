"""Journals as released versions of the program wrote them: today's reads them, and answers the same.

formats/N/ has what a server of the time exported, and what it answered. Nothing in it is changed or
deleted, ever; a new format of entries gets a new folder. DAYBOOK_REGENERATE=1 makes that of today's
format if there is none.
"""

import json
import os
import pathlib
import shutil
import subprocess

from support import BINARY, PATIENCE, ServerTest, charge_of, main, make_catalogue, make_contract

FORMATS = pathlib.Path(__file__).parent / "formats"
NEWEST = "1"
KINDS = ("vendors", "products", "users", "contracts", "bills", "transactions", "entitlements",
         "fulfillments")


class Formats(ServerTest):
    def run_daybook(self, *arguments):
        done = subprocess.run([BINARY, *map(str, arguments)], timeout=PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def answers(self, client):
        return {kind: sorted(client.listed(f"/management/{kind}"), key=lambda one: one["id"])
                for kind in KINDS}

    def do_business(self, client):
        """Something of all that there is. The tenant's clock stands still but for these steps."""
        make_catalogue(client)
        user, contract, bill = make_contract(client)
        paid = client.made("/management/transactions", charge_of(bill))
        client.made("/management/transactions", {
            "type": "refund", "status": "succeeded", "amount": 500, "currency": "NOK",
            "userId": user["id"], "parentTransactionId": paid["id"], "provider": "test-pay",
            "providerReference": "refund-1"})
        client.made("/management/products/daily/fulfillments",
                    {"userId": user["id"], "kind": "download"})
        client.made("/management/clock/advance", {"to": self.month_after(client)})
        other, _, second = make_contract(client, "bo@example.org")
        client.made(f"/management/bills/{second['id']}/void", {"reason": "sent by mistake"})
        client.made(f"/management/users/{other['id']}/block")
        right = client.made("/management/entitlements", {"userId": other["id"], "sku": "daily"})
        client.made(f"/management/entitlements/{right['id']}/suspend")
        gone, _, _ = make_contract(client, "gone@example.org")
        client.ask("PUT", f"/management/users/{user['id']}/password", {"password": "horse me!"})
        erased = client.ask("DELETE", f"/management/users/{gone['id']}?cancelContracts=true")
        self.assert_status(erased, 204)
        client.made(f"/management/contracts/{contract['id']}/cancel", {"mode": "immediate"})

    @staticmethod
    def month_after(client):
        now = client.got("/management/clock")["now"]
        year, month = int(now[:4]), int(now[5:7])
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return f"{year:04}-{month:02}-28T00:00:00Z"

    def make_format(self, folder):
        server = self.start()
        client = server.make_tenant("press", "--sandbox")
        self.do_business(client)
        answers = self.answers(client)
        self.assertEqual(server.terminate(), 0)
        folder.mkdir(parents=True)
        keys = folder / "keys.ndjson"
        lines = self.run_daybook("journal", "export", "--data", server.data, "--keys", keys)
        (folder / "journal.ndjson").write_bytes(lines)
        keys.chmod(0o644)
        shutil.copy(server.data / "key-encryption-key", folder / "key-encryption-key")
        (folder / "key-encryption-key").chmod(0o644)
        (folder / "api-key").write_text(client.key + "\n")
        (folder / "answers.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False)
                                             + "\n")

    def test_every_released_format_is_read_and_answered_as_then(self):
        # The program takes no variable of this name.
        if os.environ.pop("DAYBOOK_REGENERATE", None) and not (FORMATS / NEWEST).exists():
            self.make_format(FORMATS / NEWEST)
        folders = sorted(FORMATS.iterdir())
        self.assertEqual(folders[-1].name, NEWEST)
        for folder in folders:
            with self.subTest(folder.name):
                self.check(folder)

    def check(self, folder):
        data = self.directory / f"format-{folder.name}"
        data.mkdir(mode=0o700)
        key = data / "key-encryption-key"
        shutil.copy(folder / "key-encryption-key", key)
        key.chmod(0o600)
        self.run_daybook("journal", "import", folder / "journal.ndjson", "--keys",
                         folder / "keys.ndjson", "--data", data)
        server = self.start(data=data)
        server.wait_until_ready()
        client = server.client((folder / "api-key").read_text().strip())
        wanted = json.loads((folder / "answers.json").read_text())
        given = self.answers(client)
        for kind, resources in wanted.items():
            for was, now in zip(resources, given[kind], strict=True):
                # What was there is there; a later version may say more.
                self.assertEqual(was, {name: now.get(name) for name in was}, kind)
        user = next(one for one in wanted["users"] if one["email"] == "ada@example.org")
        self.assert_status(client.post(f"/management/users/{user['id']}/password/verify",
                                       {"password": "horse me!"}), 204)
        self.assertEqual(server.terminate(), 0)
        self.assertIn(b"the same:", self.run_daybook("audit", "verify", "--data", data))


if __name__ == "__main__":
    main()
