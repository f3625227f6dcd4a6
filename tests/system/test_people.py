"""Users: passwords, the customer document, the export, and erasing.

What is erased stays erased: through the key store, the views, answers to retries, a kill -9 at any
moment, and a rebuild.
"""

import concurrent.futures
import hashlib
import json
import os
import random
import subprocess
import threading
import xml.etree.ElementTree

import journal_reader
from support import (SOURCE, ServerTest, charge_of, main, make_catalogue, make_contract, rounds,
                     wait_until)

PASSWORD = "correct horse Ünïcode 🗞"
ADDRESS = {"type": "home", "street": "Østre Åsgate", "streetNumber": "7B", "postalCode": "0123",
           "postalPlace": "Oslo", "countryCode": "NO", "from": "2026-01-01"}


def user_path(user, more=""):
    return f"/management/users/{user['id']}{more}"


class Passwords(ServerTest):
    def set(self, client, user, password=PASSWORD, **more):
        body = {"password": password, **more} if password is not None else more
        return client.ask("PUT", user_path(user, "/password"), body)

    def verify(self, client, user, password=PASSWORD):
        return client.post(user_path(user, "/password/verify"), {"password": password})

    def test_a_password_is_set_and_verified_and_is_nowhere(self):
        server = self.start()
        client = server.client()
        user = client.made("/management/users", {"email": "ada@example.org"})
        self.assert_problem(self.verify(client, user), 422, "password_incorrect")
        self.assertEqual(self.assert_status(self.set(client, user), 204).body, b"")
        self.assert_status(self.verify(client, user), 204)
        self.assert_problem(self.verify(client, user, PASSWORD + "."), 422, "password_incorrect")
        self.assert_problem(self.verify(client, {"id": "nobody"}), 422, "password_incorrect")
        # The same letters, typed in another way.
        self.assert_status(self.verify(client, user, "correct horse U\u0308ni\u0308code 🗞"), 204)
        shown = client.got(user_path(user))
        self.assertEqual([set(one) for one in shown["authMethods"]],
                         [{"type", "createdAt", "changedAt"}])
        self.assert_status(self.set(client, user, "another horse"), 204)
        self.assert_problem(self.verify(client, user), 422, "password_incorrect")
        self.assert_status(self.verify(client, user, "another horse"), 204)
        client.made(user_path(user, "/block"))
        self.assert_problem(self.verify(client, user, "another horse"), 422, "user_blocked")
        self.assertEqual(server.terminate(), 0)
        for file in [server.log, *filter(os.path.isfile, server.data.rglob("*"))]:
            content = file.read_bytes()
            for secret in (b"correct horse", b"another horse", b"$argon2"):
                self.assertNotIn(secret, content, file)
        server = self.start()
        server.wait_until_ready()
        self.assert_problem(self.verify(server.client(), user, "another horse"), 422,
                            "user_blocked")

    def test_bad_passwords_are_refused_with_the_field(self):
        client = self.start().client()
        user = client.made("/management/users", {"email": "ada@example.org"})
        for password in ("7 chars", "x" * 1025, ""):
            self.assert_problem(self.set(client, user, password), 422, None, "/password")
        for password in ("password", "PASSWORD", "qwertyuiop"):
            self.assert_problem(self.set(client, user, password), 422, "password_too_common",
                                "/password")
        self.assert_problem(self.set(client, user, None), 422, "required", "/password")
        self.assert_problem(self.set(client, user, "long enough", hash="$2b$"), 422, "required")
        self.assert_problem(self.set(client, user, None, hash="plain"), 422, "invalid_format",
                            "/hash")
        self.assert_problem(self.set(client, {"id": "nobody"}), 404, "not_found")
        self.assert_status(self.set(client, user, "8 chars!"), 204)
        self.assert_status(self.set(client, user, "🗞" * 1024), 204)

    def test_a_retry_sets_it_once_and_keeps_what_counts(self):
        client = self.start().client()
        user = client.made("/management/users", {"email": "ada@example.org"})
        path = user_path(user, "/password")
        first = client.ask("PUT", path, {"password": PASSWORD}, Idempotency_Key="set-1")
        again = client.ask("PUT", path, {"password": PASSWORD}, Idempotency_Key="set-1")
        self.assertEqual((first.status, again.status), (204, 204))
        self.assertEqual(again.headers["Idempotent-Replayed"], "true")
        self.assertEqual(first.etag, again.etag)
        self.assert_status(self.verify(client, user), 204)

    def test_an_imported_hash_is_verified_and_hashed_anew(self):
        client = self.start().client()
        made = hashlib.pbkdf2_hmac("sha256", b"import me", b"salty salt", 1000)
        plain = subprocess.run(["base64", "-w0"], input=made, stdout=subprocess.PIPE, check=True)
        stored = f"$pbkdf2-sha256$i=1000$c2FsdHkgc2FsdA${plain.stdout.decode().rstrip('=')}"
        user = client.made("/management/users", {"email": "ada@example.org"})
        self.assert_status(self.set(client, user, None, hash=stored), 204)
        algorithms = lambda: [event["data"]["algorithm"] for event in self.events(client)]
        self.assertEqual(algorithms(), ["pbkdf2"])
        self.assert_problem(self.verify(client, user, "import you"), 422, "password_incorrect")
        changed = client.got(user_path(user))["authMethods"][0]["changedAt"]
        self.assert_status(self.verify(client, user, "import me"), 204)
        wait_until(lambda: algorithms() == ["pbkdf2", "argon2id"])
        self.assert_status(self.verify(client, user, "import me"), 204)
        self.assertEqual(client.got(user_path(user))["authMethods"][0]["changedAt"], changed)

    @staticmethod
    def events(client):
        lines = client.get("/management/events?types=UserPasswordSet&limit=100").body.splitlines()
        return [json.loads(line) for line in lines]

    def test_too_many_at_once_are_told_to_come_back(self):
        client = self.start("--passwords-queue-max", "2", "--passwords-threads", "1").client()
        users = [client.made("/management/users", {"email": f"{i}@example.org"}) for i in range(30)]
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            answers = list(pool.map(lambda user: self.set(client, user), users))
        statuses = [answer.status for answer in answers]
        self.assertEqual(set(statuses), {204, 503})
        for user, answer in zip(users, answers):
            if answer.status == 503:
                self.assert_problem(answer, 503, "overloaded")
                self.assertEqual(answer.headers["Retry-After"], "1")
            expected = 204 if answer.status == 204 else 422
            self.assert_status(self.verify(client, user), expected)


class CustomerDocument(ServerTest):
    def document(self, client, name, **headers):
        return client.get(f"/management/customers/{name}", **headers)

    def check(self, answer):
        """The element, valid by the schema."""
        self.assert_status(answer, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/xml; charset=utf-8")
        done = subprocess.run(["xmllint", "--noout", "--schema", SOURCE / "docs/customer.xsd", "-"],
                              input=answer.body, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr.decode() + answer.body.decode())
        return xml.etree.ElementTree.fromstring(answer.body)

    def test_it_is_found_by_number_and_by_id_and_valid(self):
        client = self.start().client()
        make_catalogue(client)
        user, contract, bill = make_contract(client)
        number = user["customerNumber"]
        unpaid = self.check(self.document(client, number))
        self.assertEqual(unpaid.findtext("subscriptions/subscription/paid"), "false")
        client.made("/management/transactions", charge_of(bill))
        for script in ("Åse Ødegård", "Łukasz <&> \"Wałęsa\"", "山田太郎", "محمد", "Δημήτρης", "O'Neil 🗞"):
            self.assert_status(client.ask("PATCH", user_path(user), {
                "givenName": script, "familyName": script, "addresses": [ADDRESS],
                "phone": "+4791234567"}), 200)
            found = self.check(self.document(client, number))
            self.assertEqual(found.findtext("name/firstName"), script)
        self.assertEqual(found.findtext("uniqueId"), user["id"])
        self.assertEqual(found.findtext("addresses/address/street"), ADDRESS["street"])
        one = found.find("subscriptions/subscription")
        self.assertEqual(one.get("id"), contract["id"])
        self.assertEqual(one.get("status"), "active")
        self.assertEqual(one.findtext("product"), "daily")
        self.assertEqual(one.findtext("paid"), "true")
        self.assertEqual(dict(one.find("price").attrib),
                         {"currency": "NOK", "amount": "19900", "vatPercent": "25"})
        by_id = self.check(self.document(client, user["id"]))
        self.assertEqual(by_id.findtext("customerNumber"), str(number))

    def test_a_gift_shows_who_pays_and_who_receives(self):
        client = self.start().client()
        make_catalogue(client)
        giver, receiver = (client.made("/management/users", {"email": f"{name}@example.org"})
                           for name in ("giver", "receiver"))
        client.made("/management/contracts", {
            "userId": receiver["id"], "payerId": giver["id"], "startAt": "2099-01-01T00:00:00Z",
            "deliveryAddress": {"street": "Hemmelig gate"},
            "items": [{"sku": "daily", "purchaseOptionId": "monthly"}]})
        contract = client.got("/management/contracts")[0]
        client.made(f"/management/contracts/{contract['id']}/confirm")
        for user in (giver, receiver):
            one = self.check(self.document(client, user["id"])).find("subscriptions/subscription")
            self.assertEqual(one.find("payer").get("customerNumber"), str(giver["customerNumber"]))
            self.assertEqual(one.find("receiver").get("customerNumber"),
                             str(receiver["customerNumber"]))
        everything = client.got(user_path(giver, "/export"))
        self.assertEqual([one["id"] for one in everything["contracts"]], [contract["id"]])
        self.assertNotIn("Hemmelig", str(everything))
        self.assertIn("Hemmelig", str(client.got(user_path(receiver, "/export"))))

    def test_its_version_changes_with_all_that_it_shows(self):
        client = self.start().client()
        make_catalogue(client)
        user, contract, _ = make_contract(client)
        first = self.document(client, user["id"])
        same = self.document(client, user["id"], If_None_Match=first.etag)
        self.assert_status(same, 304)
        client.made(f"/management/contracts/{contract['id']}/cancel", {"mode": "immediate"})
        changed = self.document(client, user["id"], If_None_Match=first.etag)
        self.assertEqual(self.check(changed).find("subscriptions/subscription").get("status"),
                         "ended")

    def test_what_is_not_there_is_not_found(self):
        client = self.start().client()
        self.assert_problem(self.document(client, "958280"), 404, "not_found")
        self.assert_problem(self.document(client, "nobody"), 404, "not_found")
        self.assert_problem(self.document(client, "nobody", Accept="application/json"), 406)
        self.assert_problem(client.get("/management/users/nobody/export"), 404, "not_found")
        imported = client.made("/management/users",
                               {"email": "a@example.org", "customerNumber": 958280})
        self.assertEqual(self.check(self.document(client, "958280")).findtext("uniqueId"),
                         imported["id"])


class Erasure(ServerTest):
    def live(self, client):
        """A person with everything that a person can have."""
        user = client.made("/management/users", {
            "email": "canary-mail@example.org", "name": "Canary Name", "givenName": "Canary",
            "familyName": "Canaryson", "phone": "+4791234567", "addresses": [ADDRESS],
            "metadata": {"note": "canary note"}})
        contract = client.made("/management/contracts", {
            "userId": user["id"], "items": [{"sku": "daily", "purchaseOptionId": "monthly"}],
            "deliveryAddress": {"street": "Canary street"}})
        client.made(f"/management/contracts/{contract['id']}/confirm")
        bill = client.got(f"/management/bills?contractId={contract['id']}")[0]
        client.made("/management/transactions", charge_of(bill, "charge-" + user["id"]))
        client.ask("PUT", user_path(user, "/password"), {"password": PASSWORD})
        return user, contract, client.got(f"/management/bills/{bill['id']}")

    def test_nothing_tells_who_it_was_and_the_books_stay(self):
        server = self.start()
        client = server.client()
        make_catalogue(client)
        body = {"email": "twice@example.org", "name": "Canary Twice"}
        twice = client.post("/management/users", body, Idempotency_Key="twice")
        user, contract, bill = self.live(client)
        self.assertEqual(bill["billTo"]["name"], "Canary Name")
        refused = client.ask("DELETE", user_path(user))
        self.assert_problem(refused, 409, "user_has_live_contracts")
        self.assert_problem(client.ask("DELETE", user_path(user) + "?cancelContracts=maybe"), 400,
                            "invalid_parameter", "cancelContracts")
        preview = client.ask("DELETE", user_path(user) + "?cancelContracts=true&dryRun=true")
        self.assertIn("UserDeleted", [event["type"] for event in preview.json["events"]])
        self.assert_status(client.get(user_path(user)), 200)
        done = client.ask("DELETE", user_path(user) + "?cancelContracts=true",
                          Idempotency_Key="erase")
        self.assertEqual(self.assert_status(done, 204).body, b"")
        again = client.ask("DELETE", user_path(user) + "?cancelContracts=true",
                           Idempotency_Key="erase")
        self.assert_status(again, 204)
        self.assert_status(client.ask("DELETE", user_path(twice.json)), 204)
        replayed = client.post("/management/users", body, Idempotency_Key="twice")
        self.assert_status(replayed, 201)
        self.assertNotIn(b"anary", replayed.body)
        self.check_erased(client, user, contract, bill)
        digests = self.digests(server)
        self.check_journal(server)
        server = self.start()
        server.wait_until_ready()
        self.check_erased(server.client(), user, contract, bill)
        server.terminate()
        for name in ("views", "state"):
            subprocess.run(["rm", "-r", server.data / name], check=True)
        server = self.start()
        server.wait_until_ready()
        self.check_erased(server.client(), user, contract, bill)
        self.assertEqual(self.digests(server), digests)

    def check_erased(self, client, user, contract, bill):
        self.assert_problem(client.get(user_path(user)), 410, "erased")
        self.assert_problem(client.get(user_path(user, "/export")), 410, "erased")
        number = user["customerNumber"]
        for name in (number, user["id"]):
            self.assert_problem(client.get(f"/management/customers/{name}"), 410, "erased")
        self.assert_status(client.ask("PATCH", user_path(user), {"name": "Again"}), 409)
        self.assert_problem(client.post(user_path(user, "/password/verify"),
                                        {"password": PASSWORD}), 422, "password_incorrect")
        self.assertEqual(client.listed("/management/users?q=canary"), [])
        self.assertNotIn(user["id"], [one["id"] for one in client.listed("/management/users")])
        for path in ("users", "bills", "contracts", "transactions", "entitlements"):
            self.assertNotIn("anary", str(client.listed("/management/" + path)), path)
        kept = client.got(f"/management/bills/{bill['id']}")
        for field in ("number", "total", "amountPaid", "userId", "status"):
            self.assertEqual(kept[field], bill[field])
        self.assertEqual(client.got(f"/management/contracts/{contract['id']}")["status"],
                         "CANCELED")
        check = client.got(f"/management/entitlements/check?userId={user['id']}&sku=daily")
        self.assertFalse(check["hasAccess"])

    def digests(self, server):
        """Of the views, when nobody serves them; without the position, which each start moves."""
        self.assertEqual(server.terminate(), 0)
        return [line.split()[1:] for line in server.run("views", "digest").splitlines()]

    def check_journal(self, server):
        """The chain holds, and no line tells anything."""
        lines = journal_reader.export(server.data)
        self.assertNotIn(b"anary", b"".join(lines))
        read = journal_reader.Journal(lines)
        self.assertEqual(read.voids, 0)
        self.assertEqual(read.gaps(), {})
        self.assertGreater(len(read.entries), 5)

    def test_another_key_encryption_key_opens_what_the_former_one_did(self):
        server = self.start()
        user = server.client().made("/management/users", {"email": "ada@example.org"})
        self.assertNotEqual(server.run("encryption-key", "rotate", check=False), 0)  # It serves.
        self.assertEqual(server.terminate(), 0)
        key = server.data / "key-encryption-key"
        old = key.read_bytes()
        server.run("encryption-key", "rotate")
        self.assertNotEqual(key.read_bytes(), old)
        again = self.start()
        again.wait_until_ready()
        self.assertEqual(again.client().got(user_path(user)), user)
        self.assertEqual(again.terminate(), 0)
        key.write_bytes(old)
        with self.assertRaisesRegex(AssertionError, "does not open"):
            self.start()

    def test_the_address_is_free_again_and_the_number_is_not(self):
        client = self.start().client()
        user = client.made("/management/users", {"email": "ada@example.org"})
        self.assert_status(client.ask("DELETE", user_path(user)), 204)
        again = client.made("/management/users", {"email": "ada@example.org"})
        self.assertEqual(again["customerNumber"], user["customerNumber"] + 1)
        self.assert_problem(client.post("/management/users", {
            "email": "bo@example.org", "customerNumber": user["customerNumber"]}), 409,
            "customer_number_taken", "/customerNumber")
        self.assert_problem(client.ask("DELETE", "/management/users/nobody"), 404)

    def test_a_kill_at_any_moment_ends_erased_or_not_begun(self):
        seed = int(os.environ.get("SEED", random.randrange(10**6)))
        chance = random.Random(seed)
        server = self.start()
        make_catalogue(server.client())
        for _ in range(rounds(4, 40)):
            client = server.client()
            users = [self.live_briefly(client, chance) for _ in range(6)]
            answers = {}
            threads = [threading.Thread(target=self.erase, args=(client, user, answers))
                       for user in users]
            for thread in threads:
                thread.start()
            wait_until(lambda: len(answers) >= chance.randrange(3))
            server.kill()
            for thread in threads:
                thread.join()
            server = self.start()
            server.wait_until_ready()
            for user in users:
                self.judge(server.client(), user, answers.get(user["id"]), seed)

    @staticmethod
    def live_briefly(client, chance):
        return client.made("/management/users",
                           {"email": f"{chance.randrange(10**9)}@example.org", "name": "Canary"})

    @staticmethod
    def erase(client, user, answers):
        try:
            answers[user["id"]] = client.ask("DELETE", user_path(user)).status
        except OSError:
            answers[user["id"]] = None

    def judge(self, client, user, said, seed):
        found = client.get(user_path(user))
        self.assertIn(found.status, (200, 410), f"seed {seed}")
        if said == 204:
            self.assertEqual(found.status, 410, f"seed {seed}")
        if found.status == 200:
            self.assertEqual(found.json["name"], "Canary", f"seed {seed}")
            self.assert_status(client.ask("DELETE", user_path(user)), 204)


if __name__ == "__main__":
    main()
