"""Secrets and personal data stay where they belong.

Each request, good or bad, carries canaries of its own: in names, addresses, metadata, header
fields and keys. None may be in the log or the metrics; secrets of keys nowhere on the disk but in
the file of the first key; what is personal nowhere in clear in the data directory.
"""

import itertools

from support import BODIES, ServerTest, main, make_catalogue


class Secrets(ServerTest):
    def setUp(self):
        super().setUp()
        self.numbers = itertools.count(1)
        self.personal, self.other = [], []

    def canary(self, kind):
        """`kind` is the list that it goes into."""
        text = f"kanari{next(self.numbers):04}vogel"
        kind.append(text)
        return text

    def person(self):
        secret = lambda: self.canary(self.personal)
        return {"email": f"{secret()}@example.org", "name": secret(), "givenName": secret(),
                "familyName": secret(), "metadata": {"note": secret()},
                "addresses": [{"street": secret(), "postalPlace": secret(), "countryCode": "NO"}]}

    def live(self, server):
        client = server.client()
        make_catalogue(client)
        user = client.post("/management/users", self.person())
        if user.status == 422:  # Shows which field is called otherwise.
            self.fail(user)
        name = user.json["id"]
        person = self.person()
        person.pop("email")
        self.assert_status(client.ask("PATCH", f"/management/users/{name}", person), 200)
        self.assert_status(client.ask("PUT", f"/management/users/{name}/login-identifier",
                                      {"email": f"{self.canary(self.personal)}@example.org"}), 200)
        self.assert_status(client.ask("PUT", f"/management/users/{name}/metadata/color",
                                      self.canary(self.personal)), 200)
        self.assert_status(client.post(f"/management/users/{name}/block"), 200)
        contract = client.made("/management/contracts", {
            "userId": name, "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]})
        client.made(f"/management/contracts/{contract['id']}/confirm")
        self.assertTrue(client.got("/management/users?q=kanari"))
        self.ask_badly(client, name)

    def ask_badly(self, client, user):
        """Canaries in everything that is refused."""
        canary = lambda: self.canary(self.other)
        users = "/management/users"
        asked = [
            client.post(users, {"email": canary(), "name": canary(), "nope": canary()}),
            client.post(users, b'{"email":"%s@example.org"' % canary().encode()),
            client.post(users, {"email": "a@example.org", "status": canary()}),
            client.post(f"/management/users/{user}/{canary()}"),
            client.get(f"{users}?{canary()}={canary()}"),
            client.get(f"{users}?q={canary()}"),
            client.get(f"/management/bills/{canary()}"),
            client.get(f"/{canary()}"),
            client.ask(canary().upper(), users),
            client.get(users, Authorization="Bearer " + canary()),
            client.get(users, Authorization="Basic " + canary()),
            client.get(users, Cookie=canary(), X_Canary=canary(), User_Agent=canary()),
            client.get(users, Accept=canary()),
            client.get(users, X_Request_Id="bad " + canary()),
            client.post(users, b"x", Content_Type=canary()),
            client.post(users, BODIES["createUser"], Idempotency_Key=canary() + "\xe6"),
        ]
        self.assertGreater(len([one for one in asked if one.status >= 400]), 12)

    def test_canaries_are_found_only_where_they_may_be(self):
        server = self.start()
        keys = [server.first_key, server.make_key("main"), server.make_key("main")]
        keys.append(server.run("keys", "rotate", keys[2][4:16]))
        for key in keys:
            server.client(key).get("/management/users")
        server.run("keys", "revoke", keys[1][4:16])
        self.live(server)
        metrics = server.client().get("/metrics").body
        self.assertIn(b"daybook_http_requests_total", metrics)
        listed = server.run("keys", "list", "--json").encode()
        self.assertEqual(server.terminate(), 0)

        log = server.log.read_bytes()
        self.assertIn(b'"event":"request"', log)
        secrets = [key[17:].encode() for key in keys]
        for place, text in (("log", log), ("metrics", metrics), ("key list", listed)):
            for canary in self.personal + self.other:
                self.assertNotIn(canary.encode(), text.lower(), place)
            for secret in secrets:
                self.assertNotIn(secret, text, place)
        self.check_disk(server.data, secrets)

    def check_disk(self, data, secrets):
        files = [path for path in data.rglob("*") if path.is_file()]
        self.assertTrue(any("journal" in str(path) for path in files))
        for path in files:
            content = path.read_bytes()
            for canary in self.personal:
                self.assertNotIn(canary.encode(), content, path)
                self.assertNotIn(canary.encode("utf-16-le"), content, path)
            for secret in secrets:
                if path.name != "initial-admin-key":
                    self.assertNotIn(secret, content, path)
            mode = path.stat().st_mode & 0o077
            if path.name.endswith("key") or path.parent == data:
                self.assertEqual(mode, 0, f"{path} can be read by others")


if __name__ == "__main__":
    main()
