"""Lists: every filter, range and search of every kind, alone and combined, against a plain look at all the
data, while others insert; and what lists refuse."""
# timeout: 600

import datetime
import os
import random
import re
import threading
import unicodedata
import urllib.parse

from publisher import Publisher
from support import ServerTest, main, next_page, rounds

SEED = int(os.environ.get("SEED", "2026"))


class Kind:
    """What lists of a kind take: each filter, range and searched text with the members that it is about.

    `a.b` is the member b of the member a, or of each of its elements.
    """

    def __init__(self, path, filters, ranges, texts, usual_limit=20):
        self.path = "/management/" + path
        self.name = path
        self.filters = {name: members.split() for name, members in filters.items()}
        self.ranges = {name: members.split() for name, members in ranges.items()}
        self.texts = texts.split()
        self.usual_limit = usual_limit
        past = {"asOf", "effectiveAt"}
        self.extra = {"users": {"offset"}, "bills": {"from", *past}, "contracts": past,
                      "transactions": {"asOf"}, "entitlements": past}.get(path, set())

    @property
    def parameters(self):
        bounds = {f"{name}[{bound}]" for name in self.ranges for bound in BOUNDS}
        return {*self.filters, *bounds, *self.extra, "q", "limit", "cursor", "count"}


CREATED = {"createdAt": "createdAt"}
# A new kind is a line here, and something of it in `Publisher`.
KINDS = [
    Kind("vendors", {"externalId": "externalId", "status": "status", "currency": "currency"}, CREATED,
         "id name"),
    Kind("products", {"sku": "sku", "externalId": "externalId", "vendorId": "vendorId", "type": "type",
                      "status": "status"}, CREATED, "sku title publisher authors"),
    Kind("users", {"externalId": "externalId", "status": "status"}, CREATED,
         "email name givenName familyName", usual_limit=10),
    Kind("contracts", {"externalId": "externalId", "userId": "userId", "payerId": "payerId",
                       "sku": "items.sku",
                       "vendorId": "vendorId", "status": "status", "currency": "currency"},
         {**CREATED, "nextBillAt": "nextBillAt", "amount": "amount"}, "name items.name"),
    Kind("bills", {"number": "number", "externalId": "externalId", "contractId": "contractId",
                   "userId": "userId", "sku": "items.sku", "vendorId": "vendorId", "status": "status",
                   "currency": "currency"},
         {**CREATED, "issuedAt": "issuedAt", "dueAt": "dueAt", "paidAt": "paidAt", "amount": "total"},
         "number items.title"),
    Kind("transactions", {"providerReference": "providerReference", "externalId": "externalId",
                          "billId": "billId allocations.billId", "contractId": "contractId",
                          "userId": "userId", "vendorId": "vendorId", "type": "type",
                          "status": "status", "provider": "provider", "currency": "currency"},
         {**CREATED, "amount": "amount"}, "providerReference"),
    Kind("entitlements", {"externalId": "externalId", "contractId": "source.contractId",
                          "billId": "source.billId", "userId": "userId", "sku": "sku",
                          "type": "productType", "status": "status"}, CREATED, "sku"),
    Kind("fulfillments", {"externalId": "externalId", "contractId": "contractId",
                          "entitlementId": "entitlementId", "userId": "userId",
                          "issue": "issue.code", "sku": "sku", "publication": "issue.publication",
                          "vendorId": "vendorId", "kind": "kind", "status": "status"},
         {**CREATED, "cutoffAt": "cutoffAt", "dispatchedAt": "dispatchedAt"},
         "sku carrier trackingNumber dispatchFile issue.code"),
    Kind("webhook-endpoints", {"status": "status"}, CREATED, "id url description"),
]
BOUNDS = {"gte": lambda a, b: a >= b, "gt": lambda a, b: a > b,
          "lte": lambda a, b: a <= b, "lt": lambda a, b: a < b}


# The oracle ------------------------------------------------------------------------------------------

def values(resource, members):
    """All that the resource has there. Times are texts of one form, so they compare as they are."""
    found = []
    for member in members:
        level = [resource]
        for name in member.split("."):
            level = [one.get(name) for one in level]
            level = [one for part in level for one in (part if isinstance(part, list) else [part])
                     if one is not None]
        found += level
    return found


def words(text):
    """Without case, accents and punctuation; of the letters that do not decompose, those used here."""
    text = unicodedata.normalize("NFKD", text).casefold().translate(
        {ord("ø"): "o", ord("ł"): "l", ord("æ"): "ae", ord("ı"): "i"})
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", text)


def holds(kind, resource, query):
    for name, wanted in query:
        name, _, bound = name.partition("[")
        if name == "q":
            has = [word for text in values(resource, kind.texts) for word in words(text)]
            if not words(wanted):
                return False
            if not all(any(word.startswith(start) for word in has) for start in words(wanted)):
                return False
        elif bound:
            wanted = int(wanted) if name == "amount" else wanted
            if not any(BOUNDS[bound[:-1]](one, wanted)
                       for one in values(resource, kind.ranges[name])):
                return False
        elif name in kind.filters:
            all_wanted = {one for key, text in query if key == name
                          for one in (text.split(",") if name == "status" else [text])}
            if not all_wanted & set(values(resource, kind.filters[name])):
                return False
        elif name == "from" and not wanted.isdigit():
            if resource["createdAt"] < wanted:
                return False
    return True


def place(resource):
    """Newest first, then by id."""
    return [-ord(c) for c in resource["createdAt"]], resource.get("id", resource.get("sku"))


def skipped(query):
    """How many of those that match are left out first."""
    return sum(int(value) for name, value in query
               if name == "offset" or name == "from" and value.isdigit())


# The tests -------------------------------------------------------------------------------------------

class Lists(ServerTest):
    def setUp(self):
        super().setUp()
        self.server = self.start()
        self.client = self.server.make_tenant("lab", "--sandbox")
        self.random = random.Random(SEED)
        self.publishers = []

    def publisher(self, client, mark, seed):
        self.publishers.append(Publisher(client, mark, seed))
        return self.publishers[-1]

    def advance(self, days):
        day = datetime.date.fromisoformat(self.client.got("/management/clock")["now"][:10])
        to = day + datetime.timedelta(days)
        while self.client.post("/management/clock/advance", {"to": f"{to}T12:00:00Z"}).status == 503:
            pass

    def fill(self, publisher, steps):
        """Over some months, so that there are bills of all statuses, and times to tell apart."""
        publisher.begin()
        for n in range(steps):
            publisher.step()
            if n % (steps // 5) == 0:
                self.advance(self.random.choice([3, 16, 40]))

    def everything(self):
        """All resources by kind and id. The events say which there are; no list is asked."""
        ids = {kind.name: {} for kind in KINDS}
        path = "/management/events?limit=1000"
        while True:
            answer = self.client.get(path)
            subjects = re.findall(rb'"subject":"([^"/]+)/([^"]+)"', answer.body)
            if not subjects:
                break
            for kind, name in subjects:
                if kind.decode() in ids:
                    ids[kind.decode()][name.decode()] = None
            path = next_page(answer)
        # Endpoints are no part of the publisher's business, so there are no events of theirs.
        ids["webhook-endpoints"] = dict.fromkeys(
            one["id"] for publisher in self.publishers for one in publisher.made["webhook-endpoints"])
        for kind, found in ids.items():
            for name in found:
                found[name] = self.client.got(f"/management/{kind}/{name}")
        return ids

    # Queries of all sorts.

    def some_value(self, kind, resources, members, name):
        found = [value for one in self.random.sample(resources, min(len(resources), 20))
                 for value in values(one, members)]
        if not found or self.random.random() < 0.1 and name not in ("status", "type", "kind"):
            return "nothing"
        return str(self.random.choice(found))

    def some_filter(self, kind, resources, name):
        members = kind.filters[name]
        if name != "status":
            value = self.some_value(kind, resources, members, name)
            return [] if value == "nothing" and name in ("type", "kind") else [(name, value)]
        statuses = {self.some_value(kind, resources, members, name)
                    for _ in range(self.random.randint(1, 3))} - {"nothing"}
        if self.random.random() < 0.5:
            return [(name, ",".join(statuses))] if statuses else []
        return [(name, status) for status in statuses]

    def some_bounds(self, kind, resources, name):
        bounds = self.random.sample(sorted(BOUNDS), self.random.randint(1, 2))
        query = []
        for bound in bounds:
            value = self.some_value(kind, resources, kind.ranges[name], name)
            if value == "nothing":
                value = "100" if name == "amount" else "2026-12-01T00:00:00.000Z"
            query.append((f"{name}[{bound}]", value))
        return query

    def some_search(self, kind, resources):
        texts = values(self.random.choice(resources), kind.texts)
        found = [word for text in texts for word in text.replace("@", " ").split()] or ["nothing"]
        picked = self.random.sample(found, self.random.randint(1, min(2, len(found))))
        starts = [word[:self.random.randint(1, len(word))] for word in picked]
        return [("q", self.random.choice([str.upper, str.lower, str])(" ".join(starts)))]

    def some_start(self, kind, resources):
        query = []
        if "offset" in kind.extra and self.random.random() < 0.3:
            query.append(("offset", str(self.random.randrange(30))))
        if "from" in kind.extra and self.random.random() < 0.3:
            created = self.random.choice(resources)["createdAt"]
            query.append(("from", self.random.choice([created, str(self.random.randrange(30))])))
        return query

    def queries(self, kind, resources, combinations):
        """Each filter, range and search alone, and then some of them together."""
        yield []
        for name in kind.filters:
            yield self.some_filter(kind, resources, name)
        for name in kind.ranges:
            yield self.some_bounds(kind, resources, name)
        for _ in range(4):
            yield self.some_search(kind, resources)
        for _ in range(combinations):
            # Of one resource, so that something is found, or of any.
            one = [self.random.choice(resources)] if self.random.random() < 0.7 else resources
            query = self.some_start(kind, resources)
            for name in self.random.sample(sorted(kind.filters),
                                           self.random.randint(0, min(3, len(kind.filters)))):
                query += self.some_filter(kind, one, name)
            for name in self.random.sample(sorted(kind.ranges), self.random.randint(0, 1)):
                query += self.some_bounds(kind, one, name)
            if self.random.random() < 0.3:
                query += self.some_search(kind, one)
            yield query

    def walk(self, kind, query):
        """All pages joined; each but the last is full, as so few rows are no reason to stop."""
        limit = self.random.choice([None, 7, 33, 100])
        path = kind.path + "?" + urllib.parse.urlencode(
            query + ([] if limit is None else [("limit", limit)]))
        rows = []
        while path:
            answer = self.assert_status(self.client.get(path), 200)
            self.assertLessEqual(len(answer.json), limit or kind.usual_limit, path)
            rows += answer.json
            path = next_page(answer)
            if path:
                self.assertEqual(len(answer.json), limit or kind.usual_limit, path)
        return rows

    def expect(self, kind, everything, query):
        found = [one for one in everything[kind.name].values() if holds(kind, one, query)]
        return sorted(found, key=place)

    def assert_in_order(self, rows, query):
        places = [place(row) for row in rows]
        self.assertTrue(all(one < other for one, other in zip(places, places[1:])), query)

    def insert(self, stop, seed):
        """Only new things: nothing that was there changes."""
        publisher = self.publisher(self.server.client(self.client.key), f"w{seed}-", seed)
        publisher.begin()
        while not stop.is_set():
            publisher.step()

    def test_lists_are_what_a_plain_look_at_everything_finds(self):
        self.fill(self.publisher(self.client, "p", SEED), rounds(400, 3000))
        before = self.everything()
        stop = threading.Event()
        writers = [threading.Thread(target=self.insert, args=(stop, seed)) for seed in (1, 2)]
        for writer in writers:
            writer.start()
        try:
            for kind in KINDS:
                resources = list(before[kind.name].values())
                self.assertTrue(resources, kind.name)
                for query in self.queries(kind, resources, 6):
                    with self.subTest(kind.name, query=query, seed=SEED):
                        self.compare_meanwhile(kind, before, query)
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        after = self.everything()
        for kind in KINDS:
            resources = list(after[kind.name].values())
            for query in self.queries(kind, resources, rounds(25, 400)):
                with self.subTest(kind.name, query=query, seed=SEED):
                    self.compare(kind, after, query)

    def compare_meanwhile(self, kind, before, query):
        """Those that were there are found, as they were; besides, only those that match."""
        rows = self.walk(kind, query)
        self.assert_in_order(rows, query)
        for row in rows:
            self.assertTrue(holds(kind, row, query), row)
        expected = self.expect(kind, before, query)
        if skipped(query):  # Who knows how many new ones were left out.
            return
        there = [row for row in rows if place(row)[1] in before[kind.name]]
        self.assertEqual(there, expected)

    def compare(self, kind, everything, query):
        expected = self.expect(kind, everything, query)
        self.assertEqual(self.walk(kind, query), expected[skipped(query):])
        counted = self.client.get(kind.path + "?" + urllib.parse.urlencode(
            query + [("count", "true"), ("limit", 1)]))
        self.assertEqual(counted.headers["Daybook-Count"], str(len(expected)))

    def test_lists_take_what_this_table_says_and_nothing_else(self):
        described = self.client.got("/openapi.json")["paths"]
        lists = {}
        for path, methods in described.items():
            names = {one["name"] for one in methods.get("get", {}).get("parameters", [])
                     if one["in"] == "query"}
            if "cursor" in names and not path.endswith("/history"):
                lists[path] = names
        # A list within a resource takes the same, but for what its path says.
        within = lists.pop("/management/products/{sku}/fulfillments")
        self.assertEqual(within, lists["/management/fulfillments"] - {"sku"})
        self.assertEqual(lists, {kind.path: kind.parameters for kind in KINDS})
        everything = {name for kind in KINDS for name in kind.parameters}
        for kind in KINDS:
            for name in sorted(everything - kind.parameters) + ["Status", "createdAt", "amount[ge]"]:
                self.assert_problem(self.client.get(f"{kind.path}?{urllib.parse.quote(name)}=1"),
                                    400, None, name)
            for name in sorted(kind.parameters - {"status"}):
                twice = urllib.parse.urlencode([(name, "1"), (name, "1")])
                self.assert_problem(self.client.get(f"{kind.path}?{twice}"), 400)
            for wrong in ("limit=0", "limit=101", "limit=x", "limit=", "count=1", "status=Paid",
                          "status=,", "createdAt[gte]=yesterday", "createdAt[lt]=2026-13-01"):
                self.assert_problem(self.client.get(f"{kind.path}?{wrong}"), 400)

    def test_a_cursor_is_of_one_list_of_one_tenant(self):
        self.publisher(self.client, "p", SEED).begin()
        other = self.server.make_tenant("other")
        first = self.client.get("/management/users?limit=2&status=ACTIVE,BLOCKED")
        path = next_page(first)
        self.assertEqual(self.client.get(path.replace("limit=2", "limit=5")).status, 200)
        cursor = path[path.index("cursor=") + 7:]
        for wrong, code in (("/management/users?status=ACTIVE", "cursor_mismatch"),
                            ("/management/users?", "cursor_mismatch"),
                            ("/management/users?status=ACTIVE,BLOCKED&offset=1", "cursor_mismatch"),
                            ("/management/vendors?status=ACTIVE", "cursor_mismatch")):
            self.assert_problem(self.client.get(f"{wrong}&cursor={cursor}"), 400, code)
        self.assert_problem(other.get(path), 400, "cursor_mismatch")
        for broken in (cursor[:-1], cursor[:-2] + "AA", "x" + cursor, "", "1.0.0.a"):
            self.assert_problem(self.client.get(path.replace(cursor, broken)), 400)
        self.assertEqual(other.got("/management/users"), [])


if __name__ == "__main__":
    main()
