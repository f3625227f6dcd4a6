#!/usr/bin/env python3
"""Drives a running Daybook through a year of a small publisher's business.

Three vendors, forty products of all eight types, a thousand users with contracts, bills, payments
that succeed or fail, refunds and cancellations, over many connections at once. Each write carries
an Idempotency-Key, so whatever is sent twice happens once. In the end it checks what it did.

    ./dev demo
    ./dev demo --url http://127.0.0.1:8080 --users 200 --connections 4

The key is that of DAYBOOK_KEY, else of --key-file.
"""

import argparse
import collections
import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import time
import urllib.parse

TYPES = ("pass", "publication", "article", "audiobook", "ebook", "podcast", "physical_issue",
         "bundle")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")
VENDORS = ("Nordlys Media", "Fjord Press", "Harbour Weekly")
GIVEN = ("Ada", "Bjørn", "Carla", "Dag", "Eva", "Finn", "Guro", "Håkon", "Ines", "Jonas", "Kari",
         "Liv", "Marta", "Nils", "Olga", "Per")
FAMILY = ("Berg", "Dahl", "Eide", "Fjeld", "Haugen", "Iversen", "Krog", "Lie", "Moen", "Nygård",
          "Ødegaard", "Solberg")
METHODS = {"physical_issue": ["physicalShipment"], "ebook": ["download"],
           "audiobook": ["audioFeed"], "podcast": ["audioFeed"], "publication": ["epaper"]}


class Refused(Exception):
    """An answer that is not a success."""


class Client:
    """One connection a thread, opened again when it breaks. A write is repeated with its key."""

    ATTEMPTS = 5

    def __init__(self, url, key):
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port or 80)
        self.headers = {"Authorization": "Bearer " + key, "Content-Type": "application/json"}
        self.local = threading.local()
        self.lock = threading.Lock()
        self.milliseconds = []

    def send(self, method, path, body, headers):
        if getattr(self.local, "connection", None) is None:
            self.local.connection = http.client.HTTPConnection(*self.address, timeout=30)
        data = None if body is None else json.dumps(body).encode()
        started = time.perf_counter()
        self.local.connection.request(method, path, data, {**self.headers, **headers})
        response = self.local.connection.getresponse()
        text = response.read()
        with self.lock:
            self.milliseconds.append((time.perf_counter() - started) * 1000)
        return response, text

    def ask(self, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        for attempt in range(self.ATTEMPTS):
            try:
                response, text = self.send(method, path, body, headers)
            except (OSError, http.client.HTTPException) as fault:
                self.local.connection = None
                if attempt == self.ATTEMPTS - 1:
                    raise Refused(f"{method} {path}: {fault}") from fault
                time.sleep(0.2 * 2 ** attempt)
                continue
            if response.status not in (429, 503):
                break
            time.sleep(float(response.headers.get("Retry-After", 1)))
        if response.status >= 300:
            raise Refused(f"{method} {path}: {response.status} {text.decode(errors='replace')}")
        return response, json.loads(text) if text else None

    def get(self, path, **query):
        return self.ask("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))[1]


class Year:
    """What happens, by month. All of its ids and texts carry the run's name, so it can be repeated."""

    def __init__(self, client, run, users):
        self.client = client
        self.run = run
        self.users = users
        self.random = random.Random(run)
        self.lock = threading.Lock()
        self.done = collections.Counter()
        self.offers = []  # (sku, option, type)
        self.readers = []  # What became of each user.
        self.first = None  # The plan of the first user.

    def write(self, method, path, body, what, **headers):
        """`what` names the write within the run; it is its Idempotency-Key."""
        _, answer = self.client.ask(method, "/management/" + path, body,
                                    Idempotency_Key=f"{self.run}-{what}", **headers)
        return answer

    def count(self, *names):
        with self.lock:
            self.done.update(names)

    # The catalogue -------------------------------------------------------------------------------

    def vendor(self, n):
        return f"{VENDORS[n].lower().replace(' ', '-')}-{self.run}"

    def make_catalogue(self):
        for n, name in enumerate(VENDORS):
            self.write("POST", "vendors",
                       {"id": self.vendor(n), "name": name, "country": "NO", "currency": "NOK",
                        "timeZone": "Europe/Oslo", "numberPrefix": f"{name[0]}-"}, f"vendor-{n}")
            self.count("vendors")
        for n in range(40):
            self.make_product(n)

    def make_product(self, n):
        # Blocks of eight, one of each type, belong to one vendor and refer to one another.
        kind, block = TYPES[n % 8], n // 8
        sku = f"{kind}-{block}-{self.run}"
        once = {"id": "once", "name": "Buy", "purchaseType": "oneTime",
                "amount": 4900 + 1000 * (n % 7), "currency": "NOK", "taxRate": 2500}
        monthly = {"id": "monthly", "name": "Every month", "purchaseType": "recurring",
                   "amount": 9900 + 500 * (n % 9), "currency": "NOK", "taxRate": 0,
                   "recurringInterval": "MONTH", "recurringTime": 1}
        option = monthly if kind in ("pass", "publication", "podcast", "bundle") else once
        product = {"sku": sku, "type": kind, "vendorId": self.vendor(block % 3),
                   "title": f"{kind.replace('_', ' ').capitalize()} number {block + 1}",
                   "purchaseOptions": [option], "language": "nb-NO",
                   "fulfillmentMethods": METHODS.get(kind, ["digitalAccess"])}
        if kind == "article":
            product["passes"] = [f"pass-{block}-{self.run}"]
        if kind == "physical_issue":
            product.update(publicationSku=f"publication-{block}-{self.run}",
                           issueCode=f"2026-{block + 1:02}")
        if kind == "bundle":
            product["items"] = [{"sku": f"{one}-{block}-{self.run}"} for one in ("ebook", "podcast")]
        self.write("POST", "products", product, f"product-{n}")
        self.offers.append((sku, option["id"], kind))
        self.count("products")

    # A reader ------------------------------------------------------------------------------------

    def plan(self, n):
        """What will happen to the n-th user; drawn here, so that threads do not change it."""
        draw = self.random.random
        return {"n": n, "offer": self.random.choice(self.offers),
                "given": self.random.choice(GIVEN), "family": self.random.choice(FAMILY),
                "fails": draw() < 0.12, "recovers": draw() < 0.75, "refunded": draw() < 0.05,
                "canceled": draw() < 0.15, "at_once": draw() < 0.4, "extra_bill": draw() < 0.2}

    def user_of(self, plan):
        return {"email": f"reader.{plan['n']}.{self.run}@example.org",
                "name": f"{plan['given']} {plan['family']}"}

    def live(self, plan):
        n = plan["n"]
        user = self.write("POST", "users", self.user_of(plan), f"user-{n}")
        sku, option, kind = plan["offer"]
        contract = self.write("POST", "contracts",
                              {"userId": user["id"],
                               "items": [{"sku": sku, "purchaseOptionId": option}]}, f"contract-{n}")
        self.write("POST", f"contracts/{contract['id']}/confirm", {}, f"confirm-{n}")
        bill = self.client.get("/management/bills", contractId=contract["id"])[0]
        self.count("users", "contracts", "bills")

        reader = {"user": user["id"], "contract": contract["id"], "bill": bill["id"], "sku": sku,
                  "paid": self.pay(plan, user["id"], bill)}
        if reader["paid"] and plan["refunded"]:
            self.write("POST", f"bills/{bill['id']}/refunds", {"amount": bill["amountRemaining"]},
                       f"refund-{n}")
            reader["refunded"] = True
            self.count("refunds")
        if reader["paid"] and plan["canceled"] and option == "monthly":
            mode = "immediate" if plan["at_once"] else "atPeriodEnd"
            self.write("POST", f"contracts/{contract['id']}/cancel",
                       {"mode": mode, "reason": "moved away"}, f"cancel-{n}")
            reader["canceled"] = mode
            self.count("cancellations")
        if plan["extra_bill"]:
            self.send_extra_bill(plan, user["id"])
        if reader["paid"] and not reader.get("canceled") and not reader.get("refunded"):
            reader["fulfillment"] = self.hand_over(n, contract, kind)
        with self.lock:
            self.readers.append(reader)

    def hand_over(self, n, contract, kind):
        """What was bought: a file, or an issue that goes by post; few get lost and are sent again."""
        if kind not in METHODS:
            return None
        method = METHODS[kind][0]
        body = {"contractId": contract["id"], "kind": method}
        if method == "physicalShipment":
            body["address"] = {"street": "Storgata", "streetNumber": str(1 + n % 90),
                               "postalCode": "0155", "postalPlace": "Oslo", "countryCode": "NO"}
        made = self.write("POST", f"products/{contract['items'][0]['sku']}/fulfillments", body,
                          f"fulfill-{n}")
        steps = {"physicalShipment": ["include", "dispatch", "report" if n % 20 == 0 else "deliver"]}
        for step in steps.get(method, ["ready", "deliver"]):
            link = {"url": f"https://files.example.org/{made['id']}"}
            self.write("POST", f"fulfillments/{made['id']}/{step}", link if step == "ready" else {},
                       f"{step}-{n}")
        if method == "physicalShipment" and n % 20 == 0:
            self.write("POST", f"fulfillments/{made['id']}/reship", {}, f"reship-{n}")
            self.count("issues sent again")
        self.count("fulfillments")
        return made["id"]

    def pay(self, plan, user, bill):
        """Whether the money came."""
        charge = {"type": "charge", "amount": bill["amountRemaining"], "currency": bill["currency"],
                  "userId": user, "billId": bill["id"], "provider": "demo-pay",
                  "paymentMethod": {"type": "card", "brand": "Visa", "last4": "4242"}}
        if plan["fails"]:
            self.write("POST", "transactions",
                       {**charge, "status": "failed", "failureCode": "insufficient_funds",
                        "providerReference": f"{self.run}-{plan['n']}-1"}, f"charge-{plan['n']}-1")
            self.count("payments that failed")
            if not plan["recovers"]:
                return False
        self.write("POST", "transactions",
                   {**charge, "status": "succeeded",
                    "providerReference": f"{self.run}-{plan['n']}-2"}, f"charge-{plan['n']}-2")
        self.count("payments")
        return True

    def send_extra_bill(self, plan, user):
        """A bill by hand for a single issue; some are withdrawn."""
        n = plan["n"]
        draft = self.write("POST", "bills",
                           {"userId": user, "vendorId": self.vendor(0), "currency": "NOK",
                            "collectionMethod": "sendInvoice",
                            "items": [{"sku": f"physical_issue-0-{self.run}", "title": "Back issue",
                                       "quantity": 1 + n % 3, "unitAmount": 3900,
                                       "taxRate": 2500}]}, f"bill-{n}")
        if n % 5 == 0:
            self.write("DELETE", f"bills/{draft['id']}", None, f"delete-{n}")
            self.count("drafts deleted")
            return
        bill = self.write("POST", f"bills/{draft['id']}/issue", {}, f"issue-{n}")
        self.count("bills")
        if n % 7 == 0:
            self.write("POST", f"bills/{bill['id']}/void", {"reason": "sent by mistake"}, f"void-{n}")
            self.count("bills voided")
            return
        self.pay({"n": f"{n}-extra", "fails": False}, user, bill)

    # The year ------------------------------------------------------------------------------------

    def pass_by(self, connections):
        self.make_catalogue()
        plans = [self.plan(n) for n in range(self.users)]
        self.first = plans[0]
        with concurrent.futures.ThreadPoolExecutor(connections) as pool:
            for month, name in enumerate(MONTHS):
                started = time.perf_counter()
                # More readers come towards the end of the year.
                first, last = (self.users * m * (m + 11) // (12 * 23) for m in (month, month + 1))
                for future in [pool.submit(self.live, plan) for plan in plans[first:last]]:
                    future.result()
                print(f"{name:10} {last:6} users  {self.done['bills']:6} bills  "
                      f"{self.done['payments']:6} payments  "
                      f"{time.perf_counter() - started:5.1f} s", flush=True)

    # What must be so now -------------------------------------------------------------------------

    def faults(self):
        for reader in self.random.sample(self.readers, min(100, len(self.readers))):
            yield from self.faults_of(reader)
        for n in range(len(VENDORS)):
            yield from self.faults_of_numbers(self.vendor(n))
        if self.readers:
            yield from self.faults_of_a_retry()

    def faults_of(self, reader):
        bill = self.client.get(f"/management/bills/{reader['bill']}")
        if (bill["status"] == "PAID") != reader["paid"]:
            yield f"bill {bill['id']} is {bill['status']}, paid: {reader['paid']}"
        if reader.get("refunded") and bill["amountRefunded"] != bill["amountPaid"]:
            yield f"bill {bill['id']} is not refunded"
        if reader.get("fulfillment"):
            made = self.client.get(f"/management/fulfillments/{reader['fulfillment']}")
            if made["status"] not in ("DELIVERED", "RESHIPPED"):
                yield f"fulfillment {made['id']} is {made['status']}"
        contract = self.client.get(f"/management/contracts/{reader['contract']}")
        if reader.get("canceled") == "immediate" and contract["status"] != "CANCELED":
            yield f"contract {contract['id']} is {contract['status']} and was canceled"
        if reader.get("refunded") or reader.get("canceled") == "immediate":
            return
        access = self.client.get("/management/entitlements/check", userId=reader["user"],
                                 sku=reader["sku"])
        if access["hasAccess"] != reader["paid"]:
            yield f"user {reader['user']}: {access}, paid: {reader['paid']}"

    def faults_of_numbers(self, vendor):
        """The numbers of a vendor's bills have no gap and no twin."""
        numbers, path = [], f"/management/bills?vendorId={vendor}&limit=100"
        while path:
            response, bills = self.client.ask("GET", path)
            numbers += [int(bill["number"].rpartition("-")[2]) for bill in bills if "number" in bill]
            link = response.headers.get("Link", "")
            target = urllib.parse.urlsplit(link[link.find("<") + 1:link.find(">")])
            path = f"{target.path}?{target.query}" if 'rel="next"' in link else None
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"the bills of {vendor} are not numbered from 1 to {len(numbers)}"

    def faults_of_a_retry(self):
        """The same request again gives the same user again."""
        response, user = self.client.ask("POST", "/management/users", self.user_of(self.first),
                                         Idempotency_Key=f"{self.run}-user-0")
        if response.headers.get("Idempotent-Replayed") != "true":
            yield f"user {user['id']} was created twice"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("DAYBOOK_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--key-file", default="data/initial-admin-key",
                        help="the file of the API key (%(default)s)")
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--run", default=format(int(time.time()), "x"),
                        help="names the run; the same name again repeats it without any effect")
    return parser.parse_args()


def key_of(options):
    if key := os.environ.get("DAYBOOK_KEY"):
        return key
    try:
        return pathlib.Path(options.key_file).read_text().strip()
    except OSError as fault:
        sys.exit(f"no API key: {fault.strerror}: {options.key_file}; give --key-file or DAYBOOK_KEY")


def main():
    options = arguments()
    client = Client(options.url, key_of(options))
    year = Year(client, options.run, options.users)
    started = time.perf_counter()
    try:
        year.pass_by(options.connections)
        seconds = time.perf_counter() - started
        faults = list(year.faults())
    except Refused as refused:
        sys.exit(f"demo: {refused}")

    times = sorted(client.milliseconds)
    print("\nThe year " + options.run + ":")
    for name, count in year.done.items():
        print(f"  {count:6} {name}")
    print(f"  {len(times)} requests in {seconds:.1f} s, p50 {times[len(times) // 2]:.1f} ms, "
          f"p99 {times[len(times) * 99 // 100]:.1f} ms")
    for fault in faults:
        print("WRONG: " + fault)
    print("Checked: " + ("everything is as it should be." if not faults else f"{len(faults)} faults."))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
