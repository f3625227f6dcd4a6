"""A publisher's business at random, from a seed: things of every kind, in many statuses."""

import collections
import datetime
import random

from support import PRODUCT, VENDOR

NAMES = ["Kari Nordmann", "Łukasz Wałęsa", "José Pérez", "Åse Weiß", "Bjørn Østby", "Jo Jorunn Jonsson",
         "Ærlend Berg-Dahl", "Zoë O'Neil"]
CURRENCIES = ["NOK", "EUR", "JPY"]


class Publisher:
    """Makes things of every kind at random. `mark` is in all ids, so that two do not collide."""

    def __init__(self, client, mark, seed):
        self.client, self.mark, self.random = client, mark, random.Random(seed)
        self.n = 0
        self.made = collections.defaultdict(list)

    def new(self, prefix):
        """Ids in no order, so that lists have to be in order of theirs."""
        self.n += 1
        return f"{prefix}{self.random.randrange(10_000):04}-{self.mark}{self.n}"

    def any(self, kind, newest=1000):
        return self.random.choice(self.made[kind][-newest:])

    def maybe(self, **members):
        return {name: value for name, value in members.items() if self.random.random() < 0.5}

    def post(self, kind, body):
        """What was refused, since the state of something forbids it, is not there."""
        answer = self.client.post(f"/management/{kind}", body)
        if answer.status != 201:
            assert answer.status in (409, 422), answer
            return None
        self.made[kind].append(answer.json)
        return answer.json

    def vendor(self):
        name = self.new("vendor")
        self.post("vendors", {**VENDOR, "id": name, "name": self.random.choice(NAMES),
                              **self.maybe(currency=self.random.choice(CURRENCIES)),
                              **self.maybe(externalId=self.new("x"))})
        if self.random.random() < 0.2 and len(self.made["vendors"]) > 2:
            self.client.made(f"/management/vendors/{name}/suspend")
            self.made["vendors"].pop()

    def product(self):
        vendor = self.any("vendors")
        options = [{**PRODUCT["purchaseOptions"][0], "amount": self.random.randrange(0, 50_000, 500),
                    "currency": self.random.choice(CURRENCIES),
                    "recurringInterval": self.random.choice(["WEEK", "MONTH", "YEAR"])}]
        body = {"sku": self.new("sku"), "vendorId": vendor["id"], "purchaseOptions": options,
                **self.random.choice([{"type": "publication"}, {"type": "ebook"}, {"type": "podcast"},
                                      {"type": "article"},
                                      {"type": "publication", "issueWeekday": "FRIDAY",
                                       "dispatchWeekday": "TUESDAY"}]),
                "title": f"The {self.random.choice(NAMES)} Daily",
                **self.maybe(externalId=self.new("x"), publisher=self.random.choice(NAMES),
                             authors=self.random.sample(NAMES, 2))}
        if self.post("products", body) and self.random.random() < 0.2 and self.n > 100:
            self.client.made(f"/management/products/{body['sku']}/archive")
            self.made["products"].pop()

    def user(self):
        name = self.new("user")
        self.post("users", {"id": name, "email": f"{name}@example.org",
                            **self.maybe(name=self.random.choice(NAMES)),
                            **self.maybe(givenName=self.random.choice(NAMES)),
                            **self.maybe(externalId=self.new("x"))})
        if self.random.random() < 0.2 and len(self.made["users"]) > 2:
            self.client.made(f"/management/users/{name}/block")

    def contract(self):
        made = self.post("contracts",
                         {"id": self.new("contract"), "userId": self.any("users")["id"],
                          "items": [{"sku": self.any("products")["sku"],
                                     "purchaseOptionId": "monthly",
                                     "quantity": self.random.randint(1, 3)}],
                          **self.maybe(externalId=self.new("x"), name=self.random.choice(NAMES),
                                       collectionMethod="sendInvoice")})
        if made and self.random.random() < 0.8:
            self.client.made(f"/management/contracts/{made['id']}/confirm")

    def bill(self):
        items = [{"sku": self.any("products")["sku"], "title": self.random.choice(NAMES),
                  "quantity": self.random.randint(1, 3), "unitAmount": self.random.randrange(20_000),
                  "taxRate": 2500} for _ in range(self.random.randint(1, 3))]
        made = self.post("bills", {"id": self.new("bill"), "userId": self.any("users")["id"],
                                   "vendorId": self.any("vendors")["id"], "items": items,
                                   "currency": self.random.choice(CURRENCIES),
                                   **self.maybe(externalId=self.new("x"),
                                                collectionMethod="sendInvoice")})
        what = self.random.random()
        if made and what < 0.1:
            self.client.ask("DELETE", f"/management/bills/{made['id']}")
        elif made and what < 0.9:
            self.client.made(f"/management/bills/{made['id']}/issue")
            if what < 0.2:
                self.client.post(f"/management/bills/{made['id']}/cancel", {"reason": "a mistake"})

    def transaction(self):
        bill = self.client.got(f"/management/bills/{self.any('bills', 8)['id']}")
        if bill["status"] not in ("PENDING", "RETRYING", "OVERDUE"):
            return
        self.post("transactions",
                  {"id": self.new("payment"), "type": "charge", "billId": bill["id"],
                   "status": self.random.choice(["succeeded", "succeeded", "failed", "pending"]),
                   "amount": self.random.choice([bill["amountRemaining"],
                                                 self.random.randrange(1, 30_000)]),
                   "currency": bill["currency"], "userId": bill["userId"],
                   "provider": self.random.choice(["adyen", "vipps", "bank"]),
                   "providerReference": self.new("Ref "),
                   **self.maybe(externalId=self.new("x"))})

    def entitlement(self):
        made = self.post("entitlements",
                         {"id": self.new("right"), "userId": self.any("users")["id"],
                          "sku": self.any("products")["sku"], **self.maybe(externalId=self.new("x"))})
        if made and self.random.random() < 0.3:
            operation = self.random.choice(["suspend", "revoke"])
            self.client.made(f"/management/entitlements/{made['id']}/{operation}")

    def fulfillment(self):
        """Of any product, by post or not; how far it has come is chance, too."""
        kind = self.random.choice(["physicalShipment", "physicalShipment", "download", "epaper"])
        by_post = kind == "physicalShipment"
        week = self.random.randint(1, 52)
        body = {"id": self.new("item"), "userId": self.any("users")["id"], "kind": kind,
                "issue": {"code": f"2026-{week:02}",
                          "coverDate": str(datetime.date.fromisocalendar(2026, week, 5))},
                **({"address": {"street": "Storgata"}} if by_post else {}),
                **self.maybe(externalId=self.new("x"))}
        made = self.client.post(f"/management/products/{self.any('products')['sku']}/fulfillments",
                                body)
        assert made.status == 201, made
        self.made["fulfillments"].append(made.json)
        dispatch = self.maybe(carrier=self.random.choice(NAMES), trackingNumber=self.new("Track "))
        steps = [("include", self.maybe(dispatchFile=self.new("File "))), ("dispatch", dispatch),
                 (self.random.choice(["deliver", "return", "report"]), {})]
        if not by_post:
            steps = [("ready", {"url": "https://files.invalid/a"}),
                     (self.random.choice(["deliver", "fail", "revoke"]), {})]
        for step, about in steps[:self.random.randrange(len(steps) + 1)]:
            self.client.made(f"/management/fulfillments/{body['id']}/{step}", about)

    def webhook_endpoint(self):
        self.post("webhook-endpoints",
                  {"id": self.new("hook"), "url": "https://receiver.invalid/" + self.new("path"),
                   "types": ["VendorClosed"], **self.maybe(description=self.random.choice(NAMES))})

    def begin(self):
        for what, times in ((self.vendor, 4), (self.product, 12), (self.user, 12),
                            (self.contract, 4), (self.bill, 4), (self.webhook_endpoint, 2)):
            for _ in range(times):
                what()

    def step(self):
        self.random.choice([self.user, self.contract, self.contract, self.bill, self.bill, self.bill,
                            self.transaction, self.transaction, self.entitlement, self.fulfillment,
                            self.product])()
