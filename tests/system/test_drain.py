"""SIGTERM in the middle of the day: no request that was accepted is lost, and it ends with 0."""

import http.client
import threading

from support import ServerTest, main

WRITERS = 16


class Drain(ServerTest):
    def setUp(self):
        super().setUp()
        self.lock = threading.Lock()
        self.acknowledged = {}  # The bytes of each user, by id.
        self.strange = []
        self.enough = threading.Event()

    def write(self, server, writer):
        client = server.client()
        for n in range(100_000):
            name = f"w{writer}-{n}"
            try:
                answer = client.post("/management/users",
                                     {"id": name, "email": f"{name}@example.org"})
            except ConnectionRefusedError:
                return
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # Closed while it was idle: this request was not accepted. It must not be there.
                with self.lock:
                    self.strange.append(name)
                return
            with self.lock:
                if answer.status == 201:
                    self.acknowledged[name] = answer.body
                else:
                    self.strange.append(f"{name}: {answer}")
                if len(self.acknowledged) >= 300:
                    self.enough.set()

    def test_each_acknowledged_write_is_there_after_sigterm_under_load(self):
        server = self.start()
        writers = [threading.Thread(target=self.write, args=(server, n)) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        self.assertTrue(self.enough.wait(60))
        self.assertEqual(server.terminate(), 0, server.log_text()[-2000:])
        for writer in writers:
            writer.join(60)
        self.assertIn('"event":"stopped"', server.log_text())
        self.assertNotIn("drain_cut_off", server.log_text())

        client = self.start().client()
        stored = {row["id"] for row in client.listed("/management/users")}
        self.assertEqual(stored, set(self.acknowledged),
                         f"more or less is stored than was acknowledged; {self.strange[:5]}")
        for name, body in self.acknowledged.items():
            self.assertEqual(client.get(f"/management/users/{name}").body, body)
        numbers = sorted(row["customerNumber"] for row in client.listed("/management/users"))
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    def test_it_is_not_ready_first(self):
        server = self.start()
        client = server.client()
        self.assertEqual(client.got("/readyz")["status"], "ready")
        # A connection with a request under way keeps the server up: its body is not sent yet.
        slow = http.client.HTTPConnection(*server.address, timeout=60)
        slow.putrequest("POST", "/management/users")
        for name, value in (("Authorization", "Bearer " + client.key), ("Content-Length", "24"),
                            ("Content-Type", "application/json")):
            slow.putheader(name, value)
        slow.endheaders()
        server.process.terminate()
        status = 200
        while status == 200:
            try:
                status = client.get("/readyz").status
            except OSError:
                status = None  # It takes no new connections any more.
        self.assertIn(status, (503, None))
        slow.send(b'{"email":"a@example.eu"}')
        self.assertEqual(slow.getresponse().status, 201)
        self.assertEqual(server.end(), 0)


if __name__ == "__main__":
    main()
