"""The event feed: every event of one's own, once and in order, whatever happens to the connection."""
# timeout: 300

import http.client
import json
import os
import random
import re
import threading
import time

from support import PATIENCE, ServerTest, charge_of, main, make_catalogue, make_contract

SEED = int(os.environ.get("SEED", random.randrange(1 << 32)))
FEED = "/management/events"
FORMATS = ("application/x-ndjson", "text/event-stream")


def open_stream(client, query="", accept="application/x-ndjson", **headers):
    """The connection and its answer, whose body goes on."""
    connection = http.client.HTTPConnection(*client.address, timeout=PATIENCE)
    connection.request("GET", FEED + query, headers={
        "Authorization": "Bearer " + client.key, "Accept": accept,
        **{name.replace("_", "-"): value for name, value in headers.items()}})
    return connection, connection.getresponse()


def events_of(answer, accept):
    """The (id, event) of an answer's body as they come; a heartbeat has no event, and may have an id."""
    last = None
    while line := answer.readline():
        text = line.decode().rstrip("\n")
        if accept == "application/x-ndjson":
            event = json.loads(text) if text else None
            yield event and event["id"], event
        elif text.startswith("id: "):
            last = text[4:]
        elif text.startswith("data: "):
            yield last, json.loads(text[6:])
        elif not text:
            yield last, None


def everything(client, query=""):
    """All events there are, polled page by page."""
    path, events = f"{FEED}?limit=100{query}", []
    while True:
        answer = client.get(path)
        assert answer.status == 200, answer
        page = [json.loads(line) for line in answer.body.splitlines()]
        events += page
        path = answer.headers["Link"].partition(">")[0][1:]
        if not page:
            return events


class Reader(threading.Thread):
    """Reads the feed to the event with the id `end`, on connections that are cut at random."""

    def __init__(self, clients, tenant, accept, seed):
        super().__init__(daemon=True)
        self.clients, self.tenant, self.accept = clients, tenant, accept
        self.random = random.Random(seed)
        self.events, self.cuts, self.fault = [], 0, None
        self.last, self.end = None, None
        self.start()

    def run(self):
        try:
            while not self.has_all():
                self.read_some()
        except BaseException as fault:  # pylint: disable=broad-except
            self.fault = fault

    def has_all(self):
        return bool(self.events) and self.events[-1]["id"] == self.end

    def read_some(self):
        try:
            if self.accept == "text/event-stream" and self.last:
                connection, answer = open_stream(self.clients[self.tenant], "", self.accept,
                                                 Last_Event_ID=self.last)
            else:
                query = f"?after={self.last}" if self.last else ""
                connection, answer = open_stream(self.clients[self.tenant], query, self.accept)
            if answer.status != 200:  # The server that we knew drains, or another one starts.
                assert answer.status in (429, 503), answer.status
                return
            left = self.random.choice([1, 3, 10, 100])
            for last, event in events_of(answer, self.accept):
                self.last = last or self.last
                if event is not None:
                    self.events.append(event)
                    left -= 1
                if left == 0 or self.has_all():
                    break
            self.cuts += 1
            connection.close()
        except (ConnectionError, http.client.HTTPException):
            time.sleep(0.02)  # The server goes, or is not there yet.

    def finish(self, end):
        self.end = end
        self.join(PATIENCE)
        return not self.is_alive()


class Events(ServerTest):
    def setUp(self):
        super().setUp()
        self.server = self.start("--events-heartbeat-ms", "50")
        self.clients = {"main": self.server.client(), "other": self.server.make_tenant("other")}
        for client in self.clients.values():
            make_catalogue(client)

    def sell(self, tenant, writer, count):
        for number in range(count):
            client = self.clients[tenant]
            name = f"kanari-{tenant}-{writer}-{number}"
            _, _, bill = make_contract(client, f"{name}@example.org")
            client.made("/management/transactions", charge_of(bill, name))
            user = client.got(f"/management/users/{bill['userId']}")
            client.ask("PATCH", f"/management/users/{user['id']}", {"givenName": name})
            client.ask("PUT", f"/management/users/{user['id']}/metadata/color", name)

    def sell_everywhere(self, count):
        writers = [threading.Thread(target=self.sell, args=(tenant, f"{writer}-{count}", count))
                   for tenant in self.clients for writer in range(2)]
        for one in writers:
            one.start()
        for one in writers:
            one.join(PATIENCE)

    def restart(self):
        """Whoever listens is let go well, and finds the next server."""
        self.assertEqual(self.server.terminate(), 0)
        self.server = self.start("--events-heartbeat-ms", "50")
        for client in self.clients.values():
            client.close()
            client.address = self.server.address

    def test_every_event_comes_once_and_in_order_whatever_is_cut(self):
        print("SEED", SEED)
        readers = [Reader(self.clients, tenant, accept, SEED + n)
                   for tenant in self.clients for n, accept in enumerate(FORMATS)]
        self.sell_everywhere(6)
        self.restart()
        self.sell_everywhere(4)
        for reader in readers:
            expected = everything(self.clients[reader.tenant])
            self.assertTrue(reader.finish(expected[-1]["id"]), (reader.last, expected[-1]))
            self.assertIsNone(reader.fault)
            self.assertEqual(reader.events, expected)
            self.assertGreater(reader.cuts, 2)
            self.check(reader.tenant, expected)

    def check(self, tenant, events):
        """What has to hold for all that a consumer gets."""
        sequences = {}
        for event in events:
            self.assertEqual(event["specversion"], "1.0")
            self.assertEqual(event["source"], "urn:daybook:tenant:" + tenant)
            subject = event["subject"]
            sequences[subject] = sequences.get(subject, 0) + 1
            self.assertEqual(int(event["sequence"]), sequences[subject])
        self.assertEqual(len({event["id"] for event in events}), len(events))
        self.assertNotIn("kanari", json.dumps(events).replace("providerReference\": \"kanari", ""))
        types = {event["type"] for event in events}
        self.assertLessEqual({"UserCreated", "UserProfileChanged", "UserMetadataSet", "BillIssued",
                              "BillPaid", "EntitlementGranted"}, types)
        # No version of a resource lacks its events.
        client = self.clients[tenant]
        for kind in ("users", "bills", "contracts", "transactions", "entitlements", "vendors"):
            for row in client.listed(f"/management/{kind}"):
                self.assertEqual(sequences[f"{kind}/{row['id']}"], row["version"])

    def test_filters_let_through_what_a_reading_of_everything_does(self):
        self.sell("main", 0, 3)
        client = self.clients["main"]
        all_events = everything(client)
        types = sorted({event["type"] for event in all_events})
        subjects = sorted({event["subject"] for event in all_events})
        chance = random.Random(SEED)
        for _ in range(40):
            wanted = chance.sample(types, chance.randrange(4))
            subject = chance.choice([None, *subjects])
            after = chance.choice(all_events)
            query = f"&after={after['id']}"
            query += "&types=" + ",".join(wanted) if wanted else ""
            query += f"&subject={subject}" if subject else ""
            expected = [event for event in all_events[all_events.index(after) + 1:]
                        if (not wanted or event["type"] in wanted)
                        and subject in (None, event["subject"])]
            with self.subTest(query, seed=SEED):
                self.assertEqual(everything(client, query), expected)
        foreign = everything(self.clients["other"], f"&subject={subjects[-1]}")
        self.assertEqual([one for one in foreign if one["source"].endswith("main")], [])

    def test_a_position_of_a_write_is_a_place_in_the_feed(self):
        client = self.clients["main"]
        before = client.post("/management/users", {"email": "first@example.org"})
        client.made("/management/users", {"id": "second", "email": "second@example.org"})
        events = everything(client, "&after=" + before.headers["Daybook-Position"])
        self.assertEqual([event["subject"] for event in events], ["users/second"])

    def test_all_that_is_published_keeps_its_schema(self):
        self.sell("main", 0, 1)
        client = self.clients["main"]
        schemas = {one["schema"]["$id"]: one for one in client.got("/management/event-schemas")}
        self.assertGreater(len(schemas), 50)
        for event in everything(client):
            described = schemas[event["dataschema"]]
            self.assertEqual(described["type"], event["type"])
            self.assertEqual(described["topic"], "daybook." + event["subject"].split("/")[0])
            faults = list(faults_of(event["data"], described["schema"], described["schema"]))
            self.assertEqual(faults, [], event)
            self.assertEqual(client.got(f"/management/event-schemas/{event['type']}"),
                             described["schema"])


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
         "number": (int, float), "null": type(None)}


def faults_of(value, schema, root, path=""):
    """What of the value breaks the schema; as much of JSON Schema as our schemas use."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if all(list(faults_of(value, one, root, path)) for one in schema["anyOf"]):
            yield f"{path} is none of anyOf"
        return
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, TYPES[one]) for one in types):
        yield f"{path} is no {types}: {value!r}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path} is not {schema['pattern']}: {value!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path} is none of {schema['enum']}: {value!r}"
    if isinstance(value, list):
        for item in value:
            yield from faults_of(item, schema["items"], root, path + "[]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from (f"{path}/{name} is missing" for name in schema.get("required", ())
                    if name not in value)
        for name, member in value.items():
            described = properties.get(name, schema.get("additionalProperties"))
            if described is None:
                yield f"{path}/{name} is not described"
            else:
                yield from faults_of(member, described, root, f"{path}/{name}")


if __name__ == "__main__":
    main()
