"""Limits over HTTP, keys that change, and what is noted of calls that are denied."""
# timeout: 300

import json
import time

from support import ServerTest, main, wait_until


def denied(server):
    """The lines of the log about calls that were denied."""
    whole = server.log_text().rpartition("\n")[0]  # The last line may be half there.
    lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "denied"]


def count(client, reason):
    name = f'daybook_http_denied_total{{reason="{reason}"}} '
    answers = []
    wait_until(lambda: answers.append(client.get("/metrics")) or answers[-1].status == 200)
    (line,) = [one for one in answers[-1].body.decode().splitlines() if one.startswith(name)]
    return int(float(line.removeprefix(name)))


class Limits(ServerTest):
    def ask_until(self, client, status, path="/management/vendors"):
        """The first answer with that status."""
        answers = []
        wait_until(lambda: answers.append(client.get(path)) or answers[-1].status == status)
        return answers[-1]

    def test_a_key_that_asks_too_much_is_told_when_to_come_back_and_others_go_on(self):
        server = self.start("--limits-key-per-second", "5", "--limits-tenant-per-second", "0")
        client, other = server.client(), server.client(server.make_key("main"))
        first = client.get("/management/vendors")
        self.assertEqual(first.headers["RateLimit-Policy"], '"key";q=50;w=10')
        self.assertRegex(first.headers["RateLimit"], r'^"key";r=\d+;t=\d+$')
        refused = self.ask_until(client, 429)
        self.assert_problem(refused, 429, "rate_limited")
        self.assertEqual(refused.headers["Retry-After"], "1")
        self.assertEqual(other.get("/management/vendors").status, 200)
        self.ask_until(client, 200)
        self.assertGreaterEqual(count(client, "key_limit"), 1)

    def test_the_keys_of_a_tenant_share_its_limit(self):
        server = self.start("--limits-tenant-per-second", "5")
        clients = [server.client(), server.client(server.make_key("main"))]
        refused = []
        wait_until(lambda: refused.extend(one for one in (client.get("/management/vendors")
                                                          for client in clients)
                                          if one.status == 429) or refused)
        self.assertIn("tenant", refused[0].json["detail"])
        elsewhere = server.make_tenant("other")
        self.assertEqual(elsewhere.get("/management/vendors").status, 200)

    def test_an_address_is_limited_before_anything_is_known_of_the_caller(self):
        server = self.start("--limits-this-machine", "--limits-address-per-second", "20")
        nobody = server.client("nothing")
        self.ask_until(nobody, 429, "/no/such/path")
        self.ask_until(nobody, 200, "/livez")
        self.assertGreaterEqual(count(nobody, "address_limit"), 1)

    def test_this_machine_is_not_an_address_unless_it_is_to_be_one(self):
        server = self.start("--limits-address-per-second", "1", "--limits-failures-per-minute", "1")
        for _ in range(30):
            self.assertEqual(server.client("nothing").get("/management/vendors").status, 401)

    def test_guessing_is_throttled_and_a_good_key_passes(self):
        server = self.start("--limits-this-machine", "--limits-failures-per-minute", "20",
                            "--limits-address-per-second", "0")
        good = server.client()
        guesser = server.client("dbk_nothing")
        refused = self.ask_until(guesser, 429)
        self.assert_problem(refused, 429, "too_many_failures")
        self.assertLessEqual(int(refused.headers["Retry-After"]), 3)
        for _ in range(5):
            self.assertEqual(good.get("/management/vendors").status, 200)
        lines = len(denied(server))
        throttled = count(good, "throttled")
        wait_until(lambda: guesser.get("/management/vendors").status == 429 and
                   count(good, "throttled") > throttled + 20)
        # Who is throttled cannot fill the log.
        self.assertLessEqual(len(denied(server)), lines + 20)


class Denials(ServerTest):
    def test_a_revoked_key_is_refused_within_a_second_wherever_it_was_used(self):
        server = self.start("--http-io-threads", "4")
        key = server.make_key("main")
        clients = [server.client(key) for _ in range(8)]
        for client in clients:
            self.assertEqual(client.get("/management/vendors").status, 200)
        server.run("keys", "revoke", key[4:16])
        begin = time.monotonic()
        for client in clients:
            self.assert_problem(client.get("/management/vendors"), 401, "credentials_revoked")
        print(f"{time.monotonic() - begin:.3f} s", flush=True)

    def test_both_secrets_are_good_while_a_key_is_rotated_and_then_the_new_one(self):
        server = self.start()
        key = server.make_key("main")
        rotated = server.run("keys", "rotate", key[4:16], "--overlap-seconds", "3600")
        self.assertEqual(rotated[:16], key[:16])
        self.assertNotEqual(rotated, key)
        for one in (key, rotated):
            self.assertEqual(server.client(one).get("/management/vendors").status, 200)
        last = server.run("keys", "rotate", key[4:16], "--overlap-seconds", "0")
        self.assertEqual(server.client(last).get("/management/vendors").status, 200)
        for one in (key, rotated):
            self.assertEqual(server.client(one).get("/management/vendors").status, 401)
        self.assertEqual(server.terminate(), 0)
        again = self.start(data=server.data)
        self.assertEqual(again.client(last).get("/management/vendors").status, 200)
        self.assertEqual(again.client(key).get("/management/vendors").status, 401)

    def test_what_is_denied_is_noted_with_why_and_by_whom_and_without_a_secret(self):
        server = self.start("--log-requests", "none")
        first = server.client()
        narrow = server.make_key("main", "vendors:read")
        revoked = server.make_key("main")
        server.run("keys", "revoke", revoked[4:16])
        other = server.make_tenant("other").key
        # The secret of another key with a checksum that is right is as hard to make as a key.
        calls = {"no_credentials": None, "malformed_credentials": "dbk_canary",
                 "revoked_key": revoked, "insufficient_scope": narrow}
        for reason, key in calls.items():
            with self.subTest(reason):
                before = count(first, reason)
                answer = first.with_key(key).get("/management/bills?q=canary", X_Request_Id=reason)
                self.assertIn(answer.status, (401, 403))
                wait_until(lambda: count(first, reason) == before + 1)
                wait_until(lambda: any(line["requestId"] == reason for line in denied(server)))
                (line,) = [one for one in denied(server) if one["requestId"] == reason]
                self.assertEqual((line["reason"], line["route"], line["method"], line["status"]),
                                 (reason, "/management/bills", "GET", answer.status))
                self.assertNotIn("address", line)
        by_key = {line.get("key") for line in denied(server)}
        self.assertEqual(by_key, {None, revoked[4:16], narrow[4:16]})
        text = server.log_text()
        self.assertNotIn("canary", text)
        for key in (first.key, narrow, revoked, other):
            self.assertNotIn(key[17:], text)

    def test_the_address_is_noted_where_that_is_allowed(self):
        server = self.start("--log-addresses")
        server.client("nothing").get("/management/bills")
        wait_until(lambda: denied(server))
        self.assertEqual(denied(server)[0]["address"], "127.0.0.1")


if __name__ == "__main__":
    main()
