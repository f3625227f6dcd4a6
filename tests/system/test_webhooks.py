"""Webhooks: every event arrives, signed and in its subject's order, however often receivers fail."""
# timeout: 600

import base64
import collections
import hashlib
import hmac
import http.server
import json
import ssl
import subprocess
import threading
import time

from support import PATIENCE, ServerTest, main, make_catalogue, make_contract

HOOKS = "/management/webhook-endpoints"
LOCAL = "--webhooks-allow-private-addresses"


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what arrives. `decide` says with which status it answers, and None hangs up."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, decide=lambda event: 204, tls=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.decide, self.received, self.changed = decide, [], threading.Condition()
        self.connections = 0
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.scheme = "http" if tls is None else "https"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # Who verifies certificates may hang up.

    @property
    def url(self):
        return f"{self.scheme}://localhost:{self.server_port}/hook?a=b"

    def take(self, delivery):
        with self.changed:
            delivery["status"] = self.decide(delivery["event"])
            self.received.append(delivery)
            self.changed.notify_all()
        return delivery["status"]

    def accepted(self):
        with self.changed:
            return [one for one in self.received if one["status"] == 204]

    def wait_for(self, condition):
        """Until `condition` holds of what was accepted; that."""
        end = time.monotonic() + PATIENCE
        while not condition(self.accepted()):
            with self.changed:
                if time.monotonic() > end:
                    raise AssertionError(f"it did not come: {self.received[-3:]}")
                self.changed.wait(0.1)
        return self.accepted()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connections += 1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.take({"headers": self.headers, "body": body, "path": self.path,
                                   "event": json.loads(body)})
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://localhost:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", "2" if status != 204 else "0")
        self.end_headers()
        if status != 204:
            self.wfile.write(b"no")

    def log_message(self, *_):
        pass


def is_signed(delivery, secret):
    headers = delivery["headers"]
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + delivery["body"]
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    right = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return right in headers["webhook-signature"].split(" ")


def ids_of(deliveries):
    return [one["event"]["id"] for one in deliveries]


class Webhooks(ServerTest):
    arguments = ("--webhooks-retry-ms", "50", "--webhooks-retry-max-ms", "200")

    def start_server(self, *arguments, **options):
        self.server = self.start(*arguments, **options)
        self.client = self.server.client()

    def receive(self, *arguments, **options):
        receiver = Receiver(*arguments, **options)
        self.addCleanup(receiver.server_close)
        self.addCleanup(receiver.shutdown)
        return receiver

    def feed(self):
        answer = self.client.get("/management/events?limit=1000")
        return [json.loads(line) for line in answer.body.splitlines()]

    def wait_until(self, path, condition):
        end = time.monotonic() + PATIENCE
        while not condition(got := self.client.got(path)):
            self.assertLess(time.monotonic(), end, got)
            time.sleep(0.02)
        return got

    def assert_in_order(self, deliveries):
        """None of a subject is left out or before another; one may come again."""
        last = collections.Counter()
        for one in deliveries:
            subject, sequence = one["event"]["subject"], int(one["event"]["sequence"])
            self.assertLessEqual(sequence, last[subject] + 1, one["event"])
            last[subject] = max(last[subject], sequence)

    def test_everything_arrives_signed_and_in_order_whatever_fails(self):
        self.start_server(LOCAL)
        tries = collections.Counter()

        def refuse_some(event):
            """The first tries of every third event, each in another way."""
            tries[event["id"]] += 1
            way = sum(event["id"].encode()) % 9
            return (500, 302, None, 429)[way] if way < 4 and tries[event["id"]] <= 2 else 204

        receiver = self.receive(refuse_some)
        made = self.client.made(HOOKS, {"id": "w", "url": receiver.url, "after": "0-0"})
        make_catalogue(self.client)
        for number in range(5):
            make_contract(self.client, f"kanari{number}@example.org")
        expected = self.feed()
        got = receiver.wait_for(lambda got: len(set(ids_of(got))) == len(expected))
        self.assert_in_order(got)
        self.assertEqual({one["event"]["id"]: one["event"] for one in got},
                         {event["id"]: event for event in expected})
        for one in receiver.received:
            self.assertTrue(is_signed(one, made["secret"]))
            self.assertLess(abs(int(one["headers"]["webhook-timestamp"]) - time.time()), 300)
            self.assertEqual(one["headers"]["webhook-id"], one["event"]["id"])
            self.assertEqual(one["headers"]["Content-Type"], "application/cloudevents+json")
            self.assertEqual(one["path"], "/hook?a=b")
            self.assertNotIn(b"kanari", one["body"])
        self.assertTrue([one for one in receiver.received if one["status"] != 204])
        metrics = self.client.get("/metrics").body.decode()
        self.assertIn('daybook_webhook_deliveries_total{outcome="delivered"}', metrics)

    def test_a_subject_that_is_refused_holds_back_no_other(self):
        self.start_server(LOCAL)
        bad = {"is": True}
        receiver = self.receive(lambda event: 500 if bad["is"] and event["subject"] == "users/bad"
                                else 204)
        self.client.made(HOOKS, {"id": "w", "url": receiver.url, "types": [
            "UserCreated", "UserBlocked", "UserUnblocked"]})
        for name in ("bad", "good"):
            self.client.made("/management/users", {"id": name, "email": f"{name}@example.org"})
        for verb in ("block", "unblock"):
            self.client.made(f"/management/users/bad/{verb}")
        self.client.made("/management/users", {"id": "late", "email": "late@example.org"})
        got = receiver.wait_for(lambda got: len(got) == 2)
        self.assertEqual({one["event"]["subject"] for one in got}, {"users/good", "users/late"})
        state = self.wait_until(f"{HOOKS}/w/deliveries", lambda state: state["waiting"])
        waiting = state["waiting"][0]
        self.assertEqual((waiting["subject"], waiting["fault"]), ("users/bad", "status_500"))
        self.assertGreaterEqual(waiting["attempts"], 1)
        bad["is"] = False
        got = receiver.wait_for(lambda got: len(got) == 5)
        types = [one["event"]["type"] for one in got if one["event"]["subject"] == "users/bad"]
        self.assertEqual(types, ["UserCreated", "UserBlocked", "UserUnblocked"])
        self.wait_until(f"{HOOKS}/w/deliveries", lambda state: not state["waiting"])

    def test_begins_with_what_happens_after_it_was_made_and_keeps_its_connections(self):
        self.start_server(LOCAL, "--webhooks-concurrency", "1")
        self.client.made("/management/users", {"email": "before@example.org"})
        receiver = self.receive()
        self.client.made(HOOKS, {"id": "w", "url": receiver.url})
        for number in range(20):
            self.client.made("/management/users", {"id": f"u{number}",
                                                   "email": f"u{number}@example.org"})
        got = receiver.wait_for(lambda got: len(got) == 20)
        self.assertEqual({one["event"]["subject"] for one in got},
                         {f"users/u{number}" for number in range(20)})
        self.assertLess(receiver.connections, 20)

    def test_a_secret_is_in_the_answer_that_made_it_and_nowhere_else(self):
        self.start_server(LOCAL)
        receiver = self.receive()
        body = {"id": "w", "url": receiver.url}
        made = self.client.post(HOOKS, body, Idempotency_Key="k")
        self.assert_status(made, 201)
        first = made.json["secret"]
        again = self.client.post(HOOKS, body, Idempotency_Key="k")
        self.assertEqual((again.headers["Idempotent-Replayed"], again.json), ("true", made.json))
        dry = self.client.post(f"{HOOKS}/w/rotate-secret?dryRun=true")
        rotated = self.client.post(f"{HOOKS}/w/rotate-secret", Idempotency_Key="r")
        second = rotated.json["secret"]
        self.assertNotEqual(first, second)
        self.assertEqual(rotated.json["secretVersion"], 2)
        # It is the answer of then, though the secret is another now.
        again = self.client.post(HOOKS, body, Idempotency_Key="k")
        self.assertEqual(again.json["secret"], first)
        for answer in (dry, self.client.get(f"{HOOKS}/w"), self.client.get(HOOKS),
                       self.client.get(f"{HOOKS}/w/deliveries"),
                       self.client.post(f"{HOOKS}/w/disable"),
                       self.client.post(f"{HOOKS}/w/enable"),
                       self.client.get("/management/events?limit=1000")):
            self.assert_status(answer, 200)
            self.assertNotIn(b"whsec_", answer.body)
        # The one before signs, too.
        self.client.made("/management/users", {"id": "a", "email": "a@example.org"})
        delivery = receiver.wait_for(bool)[0]
        self.assertTrue(is_signed(delivery, first) and is_signed(delivery, second))
        leaked = self.client.made(f"{HOOKS}/w/rotate-secret", {"previousValidHours": 0})["secret"]

        def only_the_new_one(got):
            self.client.made("/management/users", {"email": f"{time.monotonic_ns()}@example.org"})
            return got and is_signed(got[-1], leaked) and not is_signed(got[-1], second)

        receiver.wait_for(only_the_new_one)
        self.assertEqual(self.server.terminate(), 0)
        for secret in (first, second, leaked):
            for path in self.server.data.rglob("*"):
                if path.is_file():
                    self.assertNotIn(secret.encode(), path.read_bytes(), path)
            self.assertNotIn(secret, self.server.log_text())

    def test_goes_on_after_a_restart_in_the_middle_and_is_the_same_after_a_rebuild(self):
        self.start_server(LOCAL)
        refuse = {"is": True}
        receiver = self.receive(lambda event: 503 if refuse["is"]
                                and event["subject"] in ("users/u1", "users/u2") else 204)
        secret = self.client.made(HOOKS, {"id": "w", "url": receiver.url,
                                          "types": ["UserCreated"]})["secret"]

        def make_users(numbers):
            for number in numbers:
                self.client.made("/management/users", {"id": f"u{number}",
                                                       "email": f"u{number}@example.org"})

        make_users(range(4))
        receiver.wait_for(lambda got: len(got) == 2)
        self.assertEqual(self.server.terminate(), 0)
        noted = len(receiver.received)
        self.start_server(LOCAL, data=self.server.data)
        make_users(range(4, 6))
        got = receiver.wait_for(lambda got: len(got) == 4)
        # It knew what had been delivered, and what waits.
        self.assertEqual(sorted(one["event"]["subject"] for one in got[2:]),
                         ["users/u4", "users/u5"])
        state = self.client.got(f"{HOOKS}/w/deliveries")
        self.assertEqual([one["subject"] for one in state["waiting"]], ["users/u1", "users/u2"])
        self.assertGreater(len(receiver.received), noted)
        self.server.kill()
        refuse["is"] = False
        self.start_server(LOCAL, data=self.server.data)
        got = receiver.wait_for(lambda got: {"users/u1", "users/u2"}
                                <= {one["event"]["subject"] for one in got})
        self.assertTrue(all(is_signed(one, secret) for one in got))
        self.wait_until(f"{HOOKS}/w/deliveries", lambda state: not state["waiting"])
        # What is derived from the journal is lost: nothing is delivered that was.
        self.assertEqual(self.server.terminate(), 0)
        subprocess.run(["rm", "-rf", self.server.data / "views", self.server.data / "state"],
                       check=True)
        before = len(receiver.accepted())
        self.start_server(LOCAL, data=self.server.data)
        self.server.wait_until_ready()
        make_users([6])
        got = receiver.wait_for(lambda got: len(got) > before)
        self.assertEqual([one["event"]["subject"] for one in got[before:]], ["users/u6"])

    def test_delivers_again_from_a_place(self):
        self.start_server(LOCAL)
        receiver = self.receive()
        self.client.made(HOOKS, {"id": "w", "url": receiver.url, "types": ["UserCreated"]})
        for number in range(4):
            self.client.made("/management/users", {"email": f"u{number}@example.org"})
        ids = sorted(ids_of(receiver.wait_for(lambda got: len(got) == 4)),
                     key=lambda one: int(one.split("-")[1].split(".")[0]))
        state = self.client.made(f"{HOOKS}/w/replay", {"after": ids[1]})
        self.assertEqual(state["after"], ids[1])
        got = receiver.wait_for(lambda got: len(got) == 6)
        self.assertEqual(sorted(ids_of(got[4:])), sorted(ids[2:]))
        self.assert_problem(self.client.post(f"{HOOKS}/w/replay", {"after": "7-1"}), 422,
                            "unknown_place", "/after")
        self.assert_problem(self.client.post(f"{HOOKS}/none/replay", {"after": "0-1"}), 404)

    def test_is_disabled_in_the_end_and_goes_on_when_it_is_enabled(self):
        self.start_server(LOCAL, "--webhooks-give-up-ms", "500")
        refuse = {"status": 500}
        receiver = self.receive(lambda event: refuse["status"])
        self.client.made(HOOKS, {"id": "w", "url": receiver.url})
        self.client.made("/management/users", {"id": "a", "email": "a@example.org"})
        state = self.wait_until(f"{HOOKS}/w", lambda state: state["status"] == "DISABLED")
        self.assertEqual((state["disabledBecause"], state["fault"]), ("failing", "status_500"))
        self.assertGreater(len(receiver.received), 2)
        self.assertIn('"webhook_endpoint_disabled"', self.server.log_text())
        self.client.made("/management/users", {"id": "b", "email": "b@example.org"})
        refuse["status"] = 204
        self.assertEqual(self.client.made(f"{HOOKS}/w/enable")["status"], "ENABLED")
        got = receiver.wait_for(lambda got: len(got) == 2)
        self.assertEqual(sorted(one["event"]["subject"] for one in got), ["users/a", "users/b"])
        # A receiver that says that it is gone is asked no more.
        refuse["status"] = 410
        self.client.made("/management/users", {"id": "c", "email": "c@example.org"})
        state = self.wait_until(f"{HOOKS}/w", lambda state: state["status"] == "DISABLED")
        self.assertEqual(state["disabledBecause"], "gone")
        self.assert_problem(self.client.post(f"{HOOKS}/w/disable"), 409, "illegal_transition")
        self.assertEqual(self.client.ask("DELETE", f"{HOOKS}/w").json["status"], "DELETED")
        self.assert_problem(self.client.post(f"{HOOKS}/w/replay", {"after": "0-1"}), 409,
                            "webhook_endpoint_deleted")

    def test_private_addresses_are_refused_unless_they_are_allowed(self):
        self.start_server()
        receiver = self.receive()
        for url, code in ((receiver.url, "https_required"),
                          ("https://127.0.0.1/", "private_address"),
                          ("https://169.254.169.254/latest/meta-data", "private_address")):
            self.assert_problem(self.client.post(HOOKS, {"url": url}), 422, code, "/url")
        # What a name leads to is seen when it is looked up.
        self.client.made("/management/users", {"id": "a", "email": "a@example.org"})
        url = receiver.url.replace("http:", "https:")
        for name, one in (("name", url), ("number", url.replace("localhost", "2130706433"))):
            self.client.made(HOOKS, {"id": name, "url": one, "after": "0-0"})
            state = self.wait_until(f"{HOOKS}/{name}/deliveries", lambda state: state["waiting"])
            self.assertEqual(state["waiting"][0]["fault"], "private_address")
        self.assertEqual(receiver.connections, 0)
        self.assert_problem(self.client.ask("PATCH", f"{HOOKS}/name", {"url": receiver.url}), 422,
                            "https_required", "/url")

    def test_certificates_are_verified(self):
        certificate, key = self.directory / "certificate.pem", self.directory / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=r",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
                        certificate], check=True, stderr=subprocess.DEVNULL)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        receiver = self.receive(tls=tls)
        self.start_server(LOCAL)
        self.client.made(HOOKS, {"id": "w", "url": receiver.url})
        self.client.made("/management/users", {"id": "a", "email": "a@example.org"})
        state = self.wait_until(f"{HOOKS}/w/deliveries", lambda state: state["waiting"])
        self.assertEqual(state["waiting"][0]["fault"], "tls_failed")
        self.assertEqual(self.server.terminate(), 0)
        self.assertEqual(receiver.received, [])
        self.start_server(LOCAL, "--webhooks-ca-file", str(certificate), data=self.server.data)
        receiver.wait_for(lambda got: len(got) == 1)
        # For this name only.
        other = receiver.url.replace("localhost", "127.0.0.1")
        self.client.made(HOOKS, {"id": "other", "url": other, "after": "0-0"})
        state = self.wait_until(f"{HOOKS}/other/deliveries", lambda state: state["waiting"])
        self.assertEqual(state["waiting"][0]["fault"], "tls_failed")

    def test_a_tenant_has_a_bounded_number_of_them(self):
        self.start_server("--webhooks-endpoints-max", "2", "--webhooks-under-way-max", "0")
        for number in range(2):
            self.client.made(HOOKS, {"id": f"w{number}", "url": "https://nordlys.invalid/"})
        refused = self.client.post(HOOKS, {"id": "w2", "url": "https://nordlys.invalid/"})
        self.assert_problem(refused, 409, "too_many_webhook_endpoints")
        self.client.ask("DELETE", f"{HOOKS}/w0")
        self.client.made(HOOKS, {"id": "w3", "url": "https://nordlys.invalid/"})
        refused = self.client.post(HOOKS, {"url": "https://nordlys.invalid/", "types": [
            "BillPaid", "BillPainted", "ApiKeyIssued", "WebhookEndpointCreated"]})
        self.assert_problem(refused, 422, "unknown_event_type", "/types/1", "/types/2", "/types/3")


if __name__ == "__main__":
    main()
