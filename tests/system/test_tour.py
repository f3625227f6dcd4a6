"""The main job through the program, from a vendor to a reader's access; and the README's tour."""

import os
import re
import subprocess

from support import PATIENCE, SOURCE, ServerTest, charge_of, main, make_catalogue, make_contract


class Tour(ServerTest):
    def test_a_paid_bill_gives_the_reader_access(self):
        client = self.start().client()
        make_catalogue(client)
        user, contract, bill = make_contract(client)
        self.assertEqual(bill["status"], "PENDING")
        self.assertEqual(bill["number"].rpartition("-")[2].lstrip("0"), "1")
        self.assertEqual(bill["amountRemaining"], bill["total"])
        question = f"/management/entitlements/check?userId={user['id']}&sku=daily"
        self.assertFalse(client.got(question)["hasAccess"])

        client.made("/management/transactions", charge_of(bill))

        bill = client.got(f"/management/bills/{bill['id']}")
        self.assertEqual((bill["status"], bill["amountRemaining"]), ("PAID", 0))
        self.assertEqual(client.got(f"/management/contracts/{contract['id']}")["status"], "ACTIVE")
        rights = client.got(f"/management/entitlements?userId={user['id']}")
        self.assertEqual([(one["sku"], one["status"]) for one in rights], [("daily", "ACTIVE")])
        self.assertTrue(client.got(question)["hasAccess"])

    def test_the_tour_of_the_readme_ends_with_access(self):
        blocks = re.findall(r"^```sh tour\n(.*?)^```", (SOURCE / "README.md").read_text(),
                            re.DOTALL | re.MULTILINE)
        self.assertTrue(blocks, "README.md has no block ```sh tour")
        server = self.start()
        environment = {**os.environ, "DAYBOOK_URL": "http://%s:%d" % server.address}
        done = subprocess.run(["bash", "-c", "set -e\n" + "".join(blocks)], cwd=self.directory,
                              env=environment, timeout=PATIENCE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        shown = "".join(done.stdout.split())
        self.assertIn('"status":"PAID","amountPaid":24900,"amountRemaining":0', shown)
        self.assertIn('"hasAccess":true', shown)
        self.assertTrue(shown.endswith('{"status":"PENDING","amountRemaining":24900}'), shown)


if __name__ == "__main__":
    main()
