"""Histories, and reads as of a moment: what was is told as it was, of one tenant, after erasing, a restart and a
rebuild."""

import datetime
import json
import shutil

from support import (ServerTest, charge_of, main, make_catalogue, make_contract, next_page, parse,
                     text_of)

KINDS = ("bills", "contracts", "transactions", "entitlements")
LISTS = [*KINDS, "bills?status=PENDING", "bills?status=PAID,DRAFT", "bills?q=daily&count=true",
         "bills?amount[gte]=1", "contracts?status=PENDING", "contracts?sku=daily",
         "contracts?status=ACTIVE", "entitlements?status=ACTIVE", "transactions?status=succeeded"]


def as_of(path, moment):
    return f"/management/{path}{'&' if '?' in path else '?'}asOf={moment}"


def change(resource, changes):
    """Makes the changes of an event, which have to fit."""
    for one in changes:
        *way, last = [token.replace("~1", "/").replace("~0", "~")
                      for token in one["path"].split("/")[1:]]
        at = resource
        for token in way:
            at = at[int(token)] if isinstance(at, list) else at[token]
        if isinstance(at, list):
            last = int(last)
            known = at[last] if last < len(at) else None
        else:
            known = at.get(last)
        assert known == one.get("before"), (one, known)
        if "after" not in one:
            del at[last]
        elif isinstance(at, list) and last == len(at):
            at.append(one["after"])
        else:
            at[last] = one["after"]


def without_version(resource):
    return {name: value for name, value in resource.items() if name not in ("version", "updatedAt")}


class History(ServerTest):
    def check_history(self, client, path, events):
        """Each event makes of the resource what it is as of its entry."""
        resource = {}
        for number, event in enumerate(events):
            self.assertEqual(event["sequence"], number + 1)
            self.assertEqual(event["subject"], path)
            change(resource, event["changes"])
            is_last = number + 1 == len(events) or events[number + 1]["position"] != event["position"]
            if is_last and path.split("/")[0] in KINDS:
                shown = client.get(as_of(path, event["position"]))
                self.assert_status(shown, 200)
                self.assertEqual(shown.etag, f'"{number + 1}"')
                self.assertEqual(shown.headers["Daybook-As-Of"], event["position"])
                self.assertEqual(without_version(shown.json), resource)
        self.assertEqual(without_version(client.got("/management/" + path)), resource)

    def test_events_make_of_everything_what_it_was_and_is(self):
        client = self.start().client()
        make_catalogue(client)
        user, contract, bill = make_contract(client)
        client.made("/management/transactions", charge_of(bill))
        client.ask("PATCH", "/management/vendors/nordlys", {"name": "Another name"})
        client.ask("PATCH", f"/management/users/{user['id']}", {"name": "Ada B."})
        client.made(f"/management/contracts/{contract['id']}/cancel",
                    {"mode": "immediate", "refund": "full", "reason": "moved away"}, If_Match="*")
        paths = [f"{kind}/{one['id']}" for kind in (*KINDS, "vendors")
                 for one in client.listed("/management/" + kind)] + ["products/daily"]
        self.assertGreaterEqual(len(paths), 6)
        for path in paths:
            with self.subTest(path):
                self.check_history(client, path, client.listed(f"/management/{path}/history"))
        (last,) = [event for event in client.listed(f"/management/contracts/{contract['id']}/history")
                   if event["type"] == "ContractCanceled"]
        self.assertEqual(last["actor"]["type"], "apiKey")
        self.assertEqual(last["cause"]["command"], "CancelContract")
        self.assertEqual(last["reason"], "moved away")
        self.check_story(client, user, paths)

    def check_story(self, client, user, paths):
        """All that is the user's, in one order; the user's own events by their types."""
        story = client.listed(f"/management/users/{user['id']}/history")
        places = [(int(event["position"].split("-")[1])) for event in story]
        self.assertEqual(places, sorted(places))
        told = {event["subject"] for event in story}
        of_user = f"users/{user['id']}"
        self.assertEqual(told, {of_user, *(path for path in paths if path.split("/")[0] in KINDS)})
        for path in told:
            parts = [event for event in story if event["subject"] == path]
            if path != of_user:
                self.assertEqual(parts, client.listed(f"/management/{path}/history"))
        own = client.listed(f"/management/users/{user['id']}/history"
                            "?types=UserCreated,UserProfileChanged")
        self.assertEqual([event["type"] for event in own], ["UserCreated", "UserProfileChanged"])
        self.assertEqual([(one["before"], one["after"]) for one in own[1]["changes"]],
                         [("Ada Berg", "Ada B.")])
        joined, path = [], f"/management/users/{user['id']}/history?limit=2"
        while path:
            page = client.get(path)
            self.assertLessEqual(len(page.json), 2)
            joined += page.json
            path = next_page(page)
        self.assertEqual(joined, story)

    def look(self, client):
        """Each list, as it is now, and from where on it is so."""
        answers = {path: client.get("/management/" + path) for path in LISTS}
        return {path: (answer.json, answer.headers.get("Daybook-Count"))
                for path, answer in answers.items()}, answers[LISTS[-1]].headers["Daybook-Position"]

    def check_looks(self, client, looks):
        for seen, position in looks:
            for path, (rows, count) in seen.items():
                answer = client.get(as_of(path, position))
                self.assertEqual((answer.json, answer.headers.get("Daybook-Count")), (rows, count),
                                 f"{path} as of {position}")
                self.assertEqual(answer.headers["Daybook-As-Of"], position)

    def test_lists_are_what_they_were_after_a_restart_and_a_rebuild(self):
        server = self.start()
        client = server.client()
        make_catalogue(client)
        looks = []
        for n in range(4):
            user, contract, bill = make_contract(client, f"{n}@example.org")
            looks.append(self.look(client))
            client.made("/management/transactions", charge_of(bill, f"charge-{n}"))
            looks.append(self.look(client))
            draft = client.made("/management/bills", {"userId": user["id"], "vendorId": "nordlys",
                                                      "currency": "NOK"})
            looks.append(self.look(client))
            client.ask("DELETE", f"/management/bills/{draft['id']}")
            if n % 2 == 0:
                client.made(f"/management/contracts/{contract['id']}/cancel",
                            {"mode": "immediate"}, If_Match="*")
        self.check_looks(client, looks)
        self.check_times(client)
        self.assertEqual(server.terminate(), 0)
        server = self.start()
        server.wait_until_ready()
        self.check_looks(server.client(), looks)
        self.assertEqual(server.terminate(), 0)
        digests = server.run("views", "digest")
        shutil.rmtree(server.data / "views")
        server = self.start()
        server.wait_until_ready()
        self.check_looks(server.client(), looks)
        self.assertEqual(server.terminate(), 0)
        self.assertEqual([line.split()[1:] for line in server.run("views", "digest").splitlines()],
                         [line.split()[1:] for line in digests.splitlines()])

    def check_times(self, client):
        """As of the time of an entry it is as after the last entry of that time."""
        for bill in client.listed("/management/bills"):
            events = client.listed(f"/management/bills/{bill['id']}/history")
            for event in events:
                later = [other for other in events if other["time"] <= event["time"]]
                shown = client.get(as_of(f"bills/{bill['id']}", event["time"]))
                self.assertEqual(shown.etag, f'"{later[-1]["sequence"]}"')
            before = parse(events[0]["time"]) - datetime.timedelta(milliseconds=1)
            self.assert_problem(client.get(as_of(f"bills/{bill['id']}", text_of(before))), 404)

    def test_the_cursor_keeps_the_moment(self):
        client = self.start().client()
        make_catalogue(client)
        user = client.made("/management/users", {"email": "ada@example.org"})
        draft = {"userId": user["id"], "vendorId": "nordlys", "currency": "NOK"}
        for _ in range(7):
            last = client.made("/management/bills", draft)
        was = client.got("/management/bills")
        page = client.get(as_of("bills?limit=3", last["createdAt"]))
        moment, rows = page.headers["Daybook-As-Of"], page.json
        while next_page(page):
            client.made("/management/bills", draft)
            page = client.get(next_page(page))
            self.assertEqual(page.headers["Daybook-As-Of"], moment)
            rows += page.json
        self.assertEqual(rows, was)
        self.assert_problem(client.get(next_page(client.get("/management/bills?limit=3"))
                                       + f"&asOf={moment}"), 400, "cursor_mismatch")

    def test_what_cannot_be_answered_names_the_parameter(self):
        client = self.start().client()
        make_catalogue(client)
        _, _, bill = make_contract(client)
        position = client.get("/management/bills").headers["Daybook-Position"]
        shard, seq = position.split("-")
        bad = ["tomorrow", "", "2099-01-01T00:00:00Z", "1999-01-01", f"{shard}-{int(seq) + 1000}",
               f"{int(shard) + 1}-1", f"{shard}-0", "2026-13-01T00:00:00Z"]
        for path in ("bills", f"bills/{bill['id']}", "contracts", "transactions", "entitlements"):
            for moment in bad:
                with self.subTest(path, moment=moment):
                    self.assert_problem(client.get(as_of(path, moment)), 400, "invalid_parameter",
                                        "asOf")
        for path in ("users", "vendors", "products", "fulfillments", "vendors/nordlys"):
            problem = self.assert_problem(client.get(as_of(path, position)), 400)
            self.assertIn("asOf", json.dumps(problem))
        self.assert_problem(client.get(as_of("bills/nothing", position)), 404, "not_found")
        self.assert_status(client.get(as_of(f"bills/{bill['id']}", f"{shard}-1")), 404)
        for query, name in (("limit=0", "limit"), ("limit=101", "limit"), ("types=BillEaten", "types")):
            self.assert_problem(client.get(f"/management/bills/{bill['id']}/history?{query}"), 400,
                                "invalid_parameter", name)
        self.assert_problem(client.get(f"/management/bills/{bill['id']}/history?cursor=x"), 400,
                            "invalid_cursor")
        self.assert_problem(client.get(f"/management/bills/{bill['id']}/history?subject=x"), 400)
        self.assert_problem(client.get("/management/bills/nothing/history"), 404, "not_found")

    def test_nothing_of_another_tenant_is_told(self):
        server = self.start()
        client = server.client()
        make_catalogue(client)
        user, contract, bill = make_contract(client)
        other = server.make_tenant("other")
        make_catalogue(other)
        make_contract(other)
        position = client.get("/management/bills").headers["Daybook-Position"]
        for path in KINDS:
            theirs = str(client.got(as_of(path, position)))
            for one in other.listed(as_of(path, position)):
                self.assertNotIn(one["id"], theirs)
        for path in (f"bills/{bill['id']}", f"contracts/{contract['id']}", f"users/{user['id']}"):
            self.assert_problem(other.get(f"/management/{path}/history"), 404, "not_found")
        self.assert_problem(other.get(as_of(f"bills/{bill['id']}", position)), 404, "not_found")
        self.assertEqual({event["subject"].split("/")[1] for event in
                          client.listed("/management/products/daily/history")}, {"daily"})

    def test_who_was_erased_is_erased_from_what_was(self):
        server = self.start()
        client = server.client()
        make_catalogue(client)
        user = client.made("/management/users", {"email": "canary@example.org", "name": "Canary"})
        contract = client.made("/management/contracts", {
            "userId": user["id"], "items": [{"sku": "daily", "purchaseOptionId": "monthly"}],
            "deliveryAddress": {"street": "Canary street"}})
        client.made(f"/management/contracts/{contract['id']}/confirm")
        bill = client.got("/management/bills")[0]
        client.made("/management/transactions", charge_of(bill))
        paths = (f"bills/{bill['id']}", f"contracts/{contract['id']}")
        histories = {path: client.listed(f"/management/{path}/history") for path in paths}
        for path in paths:
            self.assertIn("Canary", str(histories[path]), path)
        self.assertIn("Canary", str(client.listed(f"/management/users/{user['id']}/history")))
        gone = client.ask("DELETE", f"/management/users/{user['id']}?cancelContracts=true")
        self.assert_status(gone, 204)
        self.check_erased(client, user, paths, histories)
        self.assertEqual(server.terminate(), 0)
        shutil.rmtree(server.data / "views")
        server = self.start()
        server.wait_until_ready()
        self.check_erased(server.client(), user, paths, histories)

    def check_erased(self, client, user, paths, histories):
        self.assert_problem(client.get(f"/management/users/{user['id']}/history"), 410, "erased")
        for path in paths:
            known = histories[path]
            events = client.listed(f"/management/{path}/history")
            self.assertEqual([event["type"] for event in events][:len(known)],
                             [event["type"] for event in known])
            self.assertNotIn("anary", str(events))
            for event in known:
                answer = client.get(as_of(path, event["position"]))
                self.assert_status(answer, 200)
                self.assertNotIn("anary", str(answer.json))
                self.assertNotIn("anary", str(client.got(as_of(path.split("/")[0],
                                                               event["position"]))))
            self.check_history(client, path, events)


if __name__ == "__main__":
    main()
