# labels: release-only
"""A full disk refuses writes and nothing else: reads go on, and it resumes when there is room."""

import os
import subprocess
import time

from support import PRODUCT, VENDOR, ServerTest, main

SIZE = "24m"


class DiskFull(ServerTest):
    def setUp(self):
        super().setUp()
        self.disk = self.directory / "disk"
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(self.disk)],
                       check=True)
        # Added before the server is, so that it runs after the server has ended.
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.disk)], check=True)

    def test_writes_are_refused_until_there_is_room_again(self):
        ballast = self.disk / "ballast"
        ballast.write_bytes(b"\0" * (10 << 20))
        server = self.start(data=self.disk / "data", log=self.directory / "log")
        client = server.client()
        client.made("/management/vendors", VENDOR)
        acknowledged, refused = {}, None
        for n in range(5000):
            answer = self.write(client, n)
            if answer.status != 201:
                refused = answer
                break
            acknowledged[answer.json["id"]] = answer.body
        self.assertIsNotNone(refused, "the disk never was full")
        self.assert_problem(refused, 507, "disk_full")
        self.assertGreater(len(acknowledged), 10)

        self.assert_status(client.get("/readyz"), 503)
        self.assert_status(client.get("/livez"), 200)
        self.assertIsNone(server.process.poll())
        self.assert_all_there(client, acknowledged)
        for n in range(20):
            self.assert_problem(self.write(client, f"refused-{n}"), 507, "disk_full")

        ballast.unlink()
        while client.get("/readyz").status != 200:
            self.assertIsNone(server.process.poll(), server.log_text()[-2000:])
            time.sleep(0.05)
        answer = self.assert_status(self.write(client, "afterwards"), 201)
        acknowledged[answer.json["id"]] = answer.body
        self.assert_all_there(client, acknowledged)
        self.assertEqual(server.terminate(), 0)

        again = self.start(data=self.disk / "data", log=self.directory / "log")
        again.wait_until_ready()
        self.assert_all_there(again.client(), acknowledged)
        listed = {row["id"] for row in again.client().listed("/management/products")}
        self.assertEqual(listed, set(acknowledged), "what was refused with 507 was not done")

    @staticmethod
    def write(client, n):
        # Random, so that it cannot be made smaller.
        return client.post("/management/products",
                           {**PRODUCT, "sku": f"p-{n}", "description": os.urandom(5000).hex()})

    def assert_all_there(self, client, acknowledged):
        for name, body in acknowledged.items():
            self.assertEqual(client.get(f"/management/products/{name}").body, body)


if __name__ == "__main__":
    main()
