"""Tokens of an identity provider: what they may do, who is behind them, and when they are not good."""
# timeout: 300

import hashlib
import hmac
import json
import signal
import subprocess
import threading
import time

from support import BINARY, PATIENCE, ServerTest, main, wait_until
from tokens import AUDIENCE, ISSUER, Issuer, encoded


class Tokens(ServerTest):
    def setUp(self):
        super().setUp()
        self.issuer = Issuer(self.directory)
        self.jwks = self.directory / "jwks.json"
        self.jwks.write_text(self.issuer.jwks())
        self.arguments = self.issuer.arguments(self.jwks)

    def install(self, jwks):
        new = self.jwks.with_suffix(".new")
        new.write_text(jwks)
        new.rename(self.jwks)

    def test_each_algorithm_is_taken_and_the_client_is_in_the_history(self):
        server = self.start()
        for number, kid in enumerate(("ed", "ec", "rsa")):
            with self.subTest(kid):
                token = self.issuer.token(kid, scope="vendors:read vendors:write")
                client = server.client(token)
                made = client.made("/management/vendors", {"id": kid, "name": f"Press {number}"})
                self.assertEqual(client.got("/management/vendors/" + kid)["id"], made["id"])
                self.assert_problem(client.get("/management/bills"), 403, "insufficient_scope")
        data = server.data
        self.assertEqual(server.terminate(), 0)
        exported = subprocess.run([BINARY, "journal", "export", "--data", str(data)], check=True,
                                  timeout=PATIENCE, capture_output=True, text=True).stdout
        self.assertIn('"actor":{"type":"client","id":"shop"}', exported)
        self.assertNotIn("ada@example.org", exported)

    def test_tenants_are_as_apart_as_with_keys(self):
        server = self.start()
        other = server.make_tenant("other")
        mine = server.client(self.issuer.token("ed", tenant="main"))
        mine.made("/management/vendors", {"id": "secret-press", "name": "Secret"})
        self.assertEqual(other.got("/management/vendors"), [])
        theirs = server.client(self.issuer.token("ed", tenant="other"))
        self.assert_problem(theirs.get("/management/vendors/secret-press"), 404, "not_found")
        nowhere = server.client(self.issuer.token("ed", tenant="nowhere"))
        self.assert_problem(nowhere.get("/management/vendors"), 401, "credentials_invalid")

    def bad_tokens(self):
        good = self.issuer.token("ec")
        header, claims, signature = good.split(".")
        ours = self.issuer.header("ed")

        def with_header(**changes):
            return self.issuer.signed("ed", json.dumps(ours | changes), json.dumps(self.issuer.claims()))

        def with_claims(text):
            return self.issuer.signed("ed", json.dumps(ours), text)

        unsigned = encoded(json.dumps(ours | {"alg": "none"})) + "." + claims
        confused = encoded(json.dumps(ours | {"alg": "HS256"})) + "." + claims
        mac = hmac.new(self.issuer.public_pem("ed"), confused.encode(), hashlib.sha256).digest()
        stranger = Issuer(self.directory / "stranger")
        own = stranger.keys["ed"].jwk
        text = json.dumps(self.issuer.claims())
        return {
            "alg none": unsigned + ".", "alg none with a signature": unsigned + "." + signature,
            "HS256 with the public key": confused + "." + encoded(mac),
            "another algorithm than the key's": with_header(alg="ES256"),
            "unknown kid": with_header(kid="other"), "kid as a path": with_header(kid="../ed"),
            "kid as SQL": with_header(kid="ed' OR '1'='1"), "kid as a list": with_header(kid=["ed"]),
            "no kid": self.issuer.signed("ed", '{"alg":"EdDSA","typ":"at+jwt"}', text),
            "own key": stranger.signed("ed", json.dumps(ours | {"jwk": own}), text),
            "own address of keys": stranger.signed(
                "ed", json.dumps(ours | {"jku": "https://evil.invalid/jwks"}), text),
            "own certificate": stranger.signed(
                "ed", json.dumps(ours | {"x5u": "https://evil.invalid/cert"}), text),
            "wrong type": with_header(typ="logout+jwt"), "critical": with_header(crit=["exp"]),
            "wrong audience": self.issuer.token("ed", aud="another"),
            "wrong issuer": self.issuer.token("ed", iss="https://evil.invalid"),
            "not yet good": self.issuer.token("ed", nbf=int(time.time()) + 3600),
            "without an end": with_claims(json.dumps(
                {name: value for name, value in self.issuer.claims().items() if name != "exp"})),
            "duplicate claims": with_claims(text.replace("{", '{"tenant":"other",', 1)),
            "duplicate header": self.issuer.signed(
                "ed", json.dumps(ours).replace("{", '{"kid":"ec",', 1), text),
            "zero signature": header + "." + claims + "." + encoded(bytes(64)),
            "r = s = 1": header + "." + claims + "." + encoded((bytes(31) + b"\1") * 2),
            "no signature": header + "." + claims + ".",
            "signature of another text": header + "." + encoded(text + " ") + "." + signature,
            "cut": good[:-4], "cut to two parts": header + "." + claims,
            "something behind it": good + ".e30", "padding": good + "==",
            "no JSON": self.issuer.signed("ed", json.dumps(ours), "nonsense"),
            "not base64": good.replace(".", ".!", 1),
        }

    def test_bad_tokens_are_refused_and_nothing_is_told(self):
        server = self.start()
        bodies = set()
        for name, token in self.bad_tokens().items():
            with self.subTest(name):
                answer = server.client(token).get("/management/vendors", X_Request_Id="same")
                self.assert_problem(answer, 401, "credentials_invalid")
                self.assertIn('error="invalid_token"', answer.headers["WWW-Authenticate"])
                bodies.add(answer.body)
        self.assertEqual(len(bodies), 1)
        over = self.issuer.token("ed", exp=int(time.time()) - 120)
        self.assert_problem(server.client(over).get("/management/vendors"), 401,
                            "credentials_expired")
        # What is so long is refused before it is looked at.
        long = self.issuer.token("ed", padding="x" * 100_000)
        self.assert_problem(server.client(long).get("/management/vendors"), 431)
        self.assertEqual(server.client(self.issuer.token("ed")).get("/management/vendors").status, 200)
        for reason in ("malformed_token", "unknown_token_key", "wrong_signature", "wrong_issuer",
                       "wrong_audience", "expired_token", "early_token", "unfit_claims"):
            wait_until(lambda: f'"reason":"{reason}"' in server.log_text())
        log = server.log_text()
        for token in self.bad_tokens().values():
            self.assertNotIn(token.split(".")[-1] or "none", log)

    def test_other_keys_are_noticed_by_themselves_and_bad_ones_are_left(self):
        server = self.start()
        old = server.client(self.issuer.token("ed"))
        self.assertEqual(old.get("/management/vendors").status, 200)
        listening = server.client(self.issuer.token("ed", scope="events:read"))
        ended = threading.Event()

        def listen():
            answer = listening.ask("GET", "/management/events", Accept="application/x-ndjson")
            if answer.status == 200:
                ended.set()

        threading.Thread(target=listen, daemon=True).start()
        self.install("{}")
        wait_until(lambda: '"token_keys_not_reloaded"' in server.log_text())
        self.assertEqual(old.get("/management/vendors").status, 200)
        next_one = Issuer(self.directory / "next")
        self.install(next_one.jwks())
        wait_until(lambda: old.get("/management/vendors").status == 401)
        new = server.client(next_one.token("ed"))
        self.assertEqual(new.get("/management/vendors").status, 200)
        new.made("/management/vendors", {"name": "Wakes who listens"})
        self.assertTrue(ended.wait(PATIENCE))
        self.install(self.issuer.jwks())
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: old.get("/management/vendors").status == 200)

    def test_without_the_settings_no_token_is_taken(self):
        self.arguments = ()
        server = self.start()
        self.assert_problem(server.client(self.issuer.token("ed")).get("/management/vendors"), 401,
                            "credentials_invalid")

    def test_it_does_not_start_with_keys_that_cannot_be_used(self):
        weak = self.directory / "weak.json"
        weak.write_text(json.dumps({"keys": [{"kty": "oct", "kid": "s", "k": "c2VjcmV0"}]}))
        cases = {"secret": self.issuer.arguments(weak), "missing": self.issuer.arguments("/nonexistent"),
                 "no issuer": ("--tokens-keys-file", str(self.jwks), "--tokens-audience", AUDIENCE),
                 "no file": ("--tokens-issuer", ISSUER, "--tokens-audience", AUDIENCE)}
        for name, arguments in cases.items():
            with self.subTest(name):
                said = self.refused_to_start(*arguments)
                self.assertIn("tokens", said)
                self.assertNotIn("c2VjcmV0", said)


if __name__ == "__main__":
    main()
