"""A thousand customers who follow a script: whoever pays at once, too late, in parts, too much, or
never; whose card fails and works again; who pauses, cancels, changes, complains, and gets money
back. What each does is told from a seed and its number alone."""

import collections
import concurrent.futures
import heapq
import itertools
import random
import threading

from accounts import DAY, OPEN
from support import text_of

HOUR = DAY / 24

# How many of a hundred pay in which way.
WAYS = {"prompt": 38, "flaky": 14, "late": 12, "lapses": 10, "parts": 6, "overpays": 4, "slow": 5,
        "authorizes": 4, "complains": 4, "regrets": 3}
# How many of a thousand have which contract: option, and what is special about it.
PRODUCTS = {("daily", ""): 5, ("weekly", ""): 35, ("monthly", ""): 520, ("monthly", "trial"): 90,
            ("yearly", ""): 120, ("yearly", "term"): 60, ("monthly", "once"): 40, ("once", ""): 50,
            ("monthly", "issues"): 50, ("monthly", "discount"): 30}


def which(parts, number, whole):
    """Which of the parts the number below `whole` falls into."""
    end = 0
    for part, size in parts.items():
        end += size
        if number % whole < end:
            return part
    raise AssertionError("the parts are not the whole")


class Customer:
    def __init__(self, number, seed):
        self.random = random.Random(seed * 1_000_003 + number)
        self.luck = random.Random(seed * 1_000_033 + number)  # With refunds.
        self.id = f"c{number:04}"
        self.option, self.special = which(PRODUCTS, number * 389, 1000)
        self.way = which(WAYS, number * 37, 100)
        self.is_invoiced = self.random.random() < 0.4
        self.lapses_after = self.random.randrange(0, 5)
        self.zone = self.random.choice(["UTC", "Europe/Oslo"])
        self.bills = 0

    def contract(self, now):
        wish = {"id": self.id, "userId": self.id, "timeZone": self.zone,
                "items": [{"sku": "paper", "purchaseOptionId": self.option}]}
        if self.is_invoiced:
            wish["collectionMethod"] = "sendInvoice"
        if self.special == "trial":
            wish["trialEnd"] = text_of(now + self.random.randrange(5, 40) * DAY)
        if self.special == "term":
            wish["contractDuration"] = "RENEWABLE"
        if self.special == "once":
            wish["autoRenew"] = False
        if self.special == "issues":
            wish["issuesTotal"] = 6
        if self.special == "discount":
            wish["appliedDiscounts"] = [{"name": "Staff", "amount": 1234}]
        return wish


class Town:
    """The customers, what they owe to do, and who does it for them: many at once, but one after the
    other of one customer. `done` says what was done."""

    def __init__(self, client, accounts, seed):
        self.client, self.accounts, self.seed = client, accounts, seed
        self.customers = {}
        self.agenda, self.order = [], itertools.count()
        self.references = itertools.count(1)
        self.sent = {}  # What payers have in their own books: amount and outcome by reference.
        self.done = collections.Counter()
        self.lock = threading.Lock()
        self.pool = concurrent.futures.ThreadPoolExecutor(12)
        self.now = None

    def post(self, path, body=None, **headers):
        """The resource; None if it is refused, as many of these wishes come at the wrong time."""
        while True:
            answer = self.client.post("/management/" + path, body, **headers)
            if answer.status != 503:
                break
        what = path.split("/")[0] + " " + (path.rpartition("/")[2] if "/" in path else "")
        with self.lock:
            self.done[f"{what} {answer.status}"] += 1
        if answer.status in (200, 201):
            return answer.json
        if answer.status != 409:
            raise AssertionError(f"{path} {body}: {answer}")
        return None

    def change(self, path, body):
        """The same of a contract as it is now, and not one that has changed meanwhile."""
        etag = self.client.get("/management/" + path.rpartition("/")[0]).etag
        return self.post(path, body, If_Match=etag)

    def at(self, time, one, action, *arguments):
        with self.lock:
            heapq.heappush(self.agenda, (time, next(self.order), one.id, action, arguments))

    def live(self, now):
        """Does what is to be done by now."""
        self.now = now
        due = collections.defaultdict(list)
        while self.agenda and self.agenda[0][0] <= now:
            _, _, id, action, arguments = heapq.heappop(self.agenda)
            due[id].append((action, arguments))
        self.do(due)

    def do(self, due):
        def do_all(actions):
            for action, arguments in actions:
                action(*arguments)
        for done in [self.pool.submit(do_all, actions) for actions in due.values()]:
            done.result()

    def sign_up(self, numbers):
        self.do({number: [(self.sign, (number,))] for number in numbers})

    def hear(self, events):
        """Reacts to events, which are in the accounts already."""
        due = collections.defaultdict(list)
        for event in events:
            id = event["subject"].partition("/")[2]
            if event["type"] in ("BillIssued", "BillPaymentRequested"):
                one = self.customers[self.accounts.bills[id].contract]
                action = self.answer_bill if event["type"] == "BillIssued" else self.answer_request
                due[one.id].append((action, (one, id)))
            elif event["type"] == "TransactionInitiated":
                money = self.accounts.money[id]
                if money.type == "refund" and money.reference not in self.sent:
                    self.give_what_is_asked(id, money)
        self.do(due)

    def give_what_is_asked(self, id, money):
        """A cancellation asked for a refund: the provider gives it, and mostly can."""
        one = self.customers[self.accounts.bills[money.bill].contract]
        outcome = "succeeded" if one.luck.random() < 0.9 else "failed"
        self.sent[money.reference] = [money.amount, "pending"]
        self.at(self.now + DAY, one, self.resolve, id, money.reference, outcome)

    def sign(self, number):
        one = Customer(number, self.seed)
        self.customers[one.id] = one
        self.post("users", {"id": one.id, "email": f"{one.id}@example.org"})
        self.post("contracts", one.contract(self.now))
        self.post(f"contracts/{one.id}/confirm")
        if one.special == "issues":
            for issue in range(1, one.random.randrange(4, 9)):
                self.at(self.now + 20 * issue * DAY, one, self.post,
                        f"contracts/{one.id}/consume-issue", {"issueCode": f"issue{issue}"})
        self.plan(one)

    def plan(self, one):
        """What comes over a contract beside its bills."""
        later = self.now + one.random.randrange(20, 300) * DAY
        ask = f"contracts/{one.id}/"
        choice = one.random.random()
        if choice < 0.10:
            self.at(later, one, self.post, ask + "pause",
                    {"resumesAt": text_of(later + one.random.randrange(3, 60) * DAY)})
        elif choice < 0.14:
            self.at(later, one, self.post, ask + "pause")
            self.at(later + 40 * DAY, one, self.post, ask + "resume")
        elif choice < 0.24:
            self.at(later, one, self.post, ask + "cancel")
            if one.random.random() < 0.3:
                self.at(later + 2 * DAY, one, self.post, ask + "uncancel")
        elif choice < 0.28:
            self.at(later, one, self.post, ask + "cancel", {"mode": "immediate", "refund":
                                                       one.random.choice(["prorated", "full"])})
        elif choice < 0.36 and one.special != "discount":
            items = [{"sku": "weekend", "purchaseOptionId": one.option}]
            if one.random.random() < 0.3:
                items[0]["quantity"] = 2
            mode = one.random.choice(["immediate", "immediate", "atPeriodEnd"])
            self.at(later, one, self.change, ask + "change", {"items": items, "mode": mode})
        elif choice < 0.40:
            self.at(later, one, self.change, ask + "change-price", {"prices": [
                {"sku": "paper", "purchaseOptionId": one.option, "unitAmount": 7777}]})

    # Paying --------------------------------------------------------------------------------------

    def answer_bill(self, one, id):
        bill = self.accounts.bills[id]
        one.bills += 1
        due = bill.due_at
        if bill.remaining == 0:
            return
        if one.way == "lapses" and one.bills > one.lapses_after:
            if not one.is_invoiced:
                self.charge(one, id, "failed")
        elif one.way == "flaky" and one.random.random() < 0.5:
            self.charge(one, id, "failed")
            if one.is_invoiced:
                self.at(self.now + 4 * DAY, one, self.charge, one, id)
        elif one.way == "late":
            self.at(due + one.random.randrange(1, 27) * DAY, one, self.charge, one, id)
        elif one.way == "parts":
            self.charge(one, id, "succeeded", 0.4)
            self.at(self.now + 5 * DAY, one, self.charge, one, id)
        elif one.way == "overpays":
            self.charge(one, id, "succeeded", 1.25)
        elif one.way == "slow":
            first = one.random.choice(["pending", "unknown"])
            self.at(self.now + HOUR, one, self.charge_slowly, one, id, first)
        elif one.way == "authorizes":
            self.authorize(one, id)
        else:
            paid = self.charge(one, id)
            if paid and one.way == "complains" and one.random.random() < 0.2:
                self.at(self.now + 6 * DAY, one, self.complain, one, id, paid["id"])
            if paid and one.way == "regrets" and one.random.random() < 0.2:
                self.at(self.now + 3 * DAY, one, self.give_back, one, id, paid["id"])

    def answer_request(self, one, id):
        lapses = one.way == "lapses" and one.bills > one.lapses_after
        self.charge(one, id, "failed" if lapses or one.random.random() < 0.4 else "succeeded")

    def send(self, path, outcome, body):
        reference = f"r{next(self.references)}"
        made = self.post(path, {**body, "status": outcome, "providerReference": reference})
        if made is not None:
            self.sent[reference] = [made["amount"], outcome]
        return made

    def charge(self, one, id, outcome="succeeded", part=1, type="charge"):
        """A charge for a part of what remains, as far as the accounts know by now."""
        bill = self.accounts.bills[id]
        if bill.status not in OPEN or bill.remaining == 0:
            return None
        body = {"type": type, "amount": max(1, int(bill.remaining * part)), "currency": "NOK",
                "userId": bill.user, "billId": id, "provider": "pay"}
        if outcome == "failed":
            body["failureCode"] = "insufficient_funds"
            body["retryable"] = one.random.random() < 0.9
        return self.send("transactions", outcome, body)

    def charge_slowly(self, one, id, first):
        made = self.charge(one, id, first)
        if made:
            outcome = "succeeded" if one.random.random() < 0.8 else "failed"
            self.at(self.now + 2 * DAY, one, self.resolve, made["id"],
                    made["providerReference"], outcome)

    def resolve(self, id, reference, outcome):
        if self.post(f"transactions/{id}/resolve", {"status": outcome}):
            self.sent[reference][1] = outcome

    def authorize(self, one, id):
        made = self.charge(one, id, type="authorize")
        if made:
            self.at(self.now + DAY, one, self.send, f"transactions/{made['id']}/capture",
                    "succeeded", {})

    def complain(self, one, bill, id):
        made = self.send(f"transactions/{id}/chargebacks", "pending", {})
        if made is None:
            return
        outcome = one.random.choice(["succeeded", "failed"])
        self.at(self.now + 10 * DAY, one, self.resolve, made["id"], made["providerReference"],
                outcome)
        if outcome == "succeeded" and one.random.random() < 0.5:
            self.at(self.now + 13 * DAY, one, self.charge, one, bill)

    def give_back(self, one, bill, id):
        paid = self.accounts.money[id].amount
        amount = paid if one.random.random() < 0.5 else paid // 3
        self.send(f"transactions/{id}/refund", "succeeded", {"amount": amount})
