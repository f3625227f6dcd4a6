"""Plain accounts of a tenant, kept from its events alone.

What the server computes is computed here again, in another language and in the plainest way: what
bills are about, who has paid what, what is left of it, who may read what, and when. A difference is
an AssertionError. Events come in the order of the feed.
"""

import calendar
import collections
import datetime
import fractions
import zoneinfo

from support import parse, text_of

OPEN = ("PENDING", "RETRYING", "OVERDUE")
DAY = datetime.timedelta(days=1)


def half_away(value):
    """A fraction as a whole number; of two that are as near, the one further from zero."""
    rounded = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return rounded if value >= 0 else -rounded


def tax_of(amount, rate):
    return half_away(fractions.Fraction(amount * rate, 10000))


def share(amount, rest, whole):
    """What an amount for a whole period is for the rest of it."""
    def length(period):
        return (period[1] - period[0]) // datetime.timedelta(seconds=1)
    return half_away(fractions.Fraction(amount * length(rest), length(whole)))


def same(expected, found, what):
    if expected != found:
        raise AssertionError(f"{what}: expected {expected!r}, found {found!r}")


def boundary_after(anchor, zone, interval, time, instant):
    """The first period start after the instant, counted from the anchor by local clocks."""
    zone = zoneinfo.ZoneInfo(zone)
    local = anchor.astimezone(zone).replace(tzinfo=None)
    for number in range(1, 100_000):
        steps = number * time
        if interval in ("DAY", "WEEK"):
            moved = local + steps * DAY * (7 if interval == "WEEK" else 1)
        else:
            months = local.month - 1 + steps * (12 if interval == "YEAR" else 1)
            year, month = local.year + months // 12, months % 12 + 1
            last = calendar.monthrange(year, month)[1]
            moved = local.replace(year=year, month=month, day=min(local.day, last))
        start = moved.replace(tzinfo=zone).astimezone(datetime.timezone.utc)
        if start > instant:
            return start
    raise AssertionError("no period follows")


class Bill:
    def __init__(self, data):
        self.contract = data.get("contractId")
        self.user, self.vendor = data["userId"], data["vendorId"]
        self.reason = data["billingReason"]
        self.status = "DRAFT"
        self.lines = data["items"]
        self.total = sum(line["amount"] + line["taxAmount"] for line in self.lines)
        self.credit = self.applied = self.reversed = self.refunded = 0
        self.number = self.due_at = self.grace_end = None
        self.is_past_grace = False
        self.paid_by = collections.Counter()
        for line in self.lines:
            amount = line["quantity"] * line["unitAmount"] - line["discountAmount"]
            same(amount, line["amount"], "I1")
            same(tax_of(amount, line["taxRate"]), line["taxAmount"], "I3")
        same(self.total, data["total"], "I2")

    @property
    def paid(self):
        return self.applied - self.reversed

    @property
    def remaining(self):
        return self.total - self.credit - self.paid

    @property
    def period(self):
        return next((one["periodStart"] for one in self.lines if "periodStart" in one), None)

    @property
    def is_live(self):
        return self.status not in ("DELETED", "CANCELED", "VOIDED", "EXPIRED")


class Money:
    def __init__(self, data):
        self.type, self.amount, self.user = data["type"], data["amount"], data["userId"]
        self.vendor, self.bill = data["vendorId"], data.get("billId")
        self.parent = data.get("parentTransactionId")
        self.reference = data["providerReference"]
        self.status = "pending"
        self.unallocated = self.withdrawn = self.gone = 0
        self.on = collections.Counter()  # By bill.


class Right:
    def __init__(self, data):
        self.user, self.sku, self.status = data["userId"], data["sku"], data["status"]
        self.starts_at, self.ends_at = parse(data["startsAt"]), data.get("endsAt")
        self.contract = data["source"].get("contractId")


class Contract:
    def __init__(self, data):
        self.status = "DRAFT"
        self.user, self.payer = data["userId"], data["payerId"]
        self.duration, self.items = data["contractDuration"], data["items"]
        self.interval, self.time = data.get("recurringInterval"), data.get("recurringTime")
        self.zone, self.discounts = data["timeZone"], data.get("appliedDiscounts", [])
        self.trial_end = data.get("trialEnd")
        self.anchor = self.period = None
        self.is_cut = False  # Is the period that runs a part of one, after a pause?
        self.rights_lost = False  # Refunded, or charged back.
        self.prices = None
        self.issues_left = data.get("issuesTotal")
        self.is_resuming = False


class Accounts:
    def __init__(self):
        self.bills, self.money, self.rights, self.contracts = {}, {}, {}, {}
        self.numbers = collections.defaultdict(list)
        self.periods = {}  # The live bill of (contract, period, reason).
        self.sequences = collections.Counter()
        self.types = collections.Counter()
        self.expected_bills = []  # Of the entry that is read: (contract, reason, lines).
        self.entry = None
        self.last_time = None

    def take(self, event):
        entry = event["id"].rpartition(".")[0]
        if entry != self.entry:
            self.end_entry()
            self.entry = entry
        self.types[event["type"]] += 1
        self.sequences[event["subject"]] += 1
        same(self.sequences[event["subject"]], int(event["sequence"]), event["subject"])
        time = parse(event["time"])
        if self.last_time and time < self.last_time:
            raise AssertionError(f"the clock went back at {event['id']}")
        self.last_time = time
        handle = getattr(self, "on_" + event["type"], None)
        if handle is not None:
            handle(event["subject"].partition("/")[2], event["data"], time)

    def end_entry(self):
        same([], self.expected_bills, f"bills that are missing in {self.entry}")

    # Bills ---------------------------------------------------------------------------------------

    def on_BillDrafted(self, id, data, _):
        bill = self.bills[id] = Bill(data)
        if bill.contract is None:
            return
        lines = [(one["sku"], one["quantity"], one["unitAmount"], one.get("periodStart"),
                  one.get("periodEnd"), one["discountAmount"]) for one in bill.lines]
        if not self.expected_bills:
            raise AssertionError(f"bills/{id} comes from nothing")
        same(self.expected_bills.pop(0), (bill.contract, bill.reason, lines), f"bills/{id}")
        key = (bill.contract, bill.period, bill.reason)
        other = self.periods.get(key)
        if other is not None and self.bills[other].is_live:
            raise AssertionError(f"I7: billed twice: {key}: {other} and {id}")
        self.periods[key] = id

    def on_BillIssued(self, id, data, time):
        bill = self.bills[id]
        bill.status, bill.number = "PENDING", data["numberValue"]
        bill.credit = data.get("creditApplied", 0)
        same(bill.credit, sum(one["amount"] for one in data.get("credits", [])), "credit used")
        bill.due_at = parse(data["dueAt"])
        bill.grace_end = bill.due_at + data["dunning"]["graceDays"] * DAY
        self.numbers[bill.vendor].append(bill.number)
        same(len(self.numbers[bill.vendor]), bill.number, "I8")

    def on_BillPaymentApplied(self, id, data, _):
        self.bills[id].applied += data["amount"]
        self.bills[id].paid_by[data["transactionId"]] += data["amount"]

    def on_BillPaymentReversed(self, id, data, _):
        self.bills[id].reversed += data["amount"]
        self.bills[id].paid_by[data["transactionId"]] -= data["amount"]

    def on_BillRefundRecorded(self, id, data, _):
        bill = self.bills[id]
        bill.refunded += data["amount"]
        if bill.refunded == bill.paid and bill.contract and bill.reason != "contractUpdate":
            self.contracts[bill.contract].rights_lost = True

    def on_BillPaid(self, id, data, _):
        bill = self.bills[id]
        same(0, bill.remaining, f"I5: bills/{id}")
        bill.status, bill.is_past_grace = "PAID", False

    def on_BillReopened(self, id, data, _):
        bill = self.bills[id]
        bill.status = "OVERDUE"
        if bill.contract and bill.reason != "contractUpdate":
            self.contracts[bill.contract].rights_lost = True

    def on_BillRetryScheduled(self, id, data, _):
        self.bills[id].status = "RETRYING"

    def on_BillMarkedOverdue(self, id, data, _):
        self.bills[id].status = "OVERDUE"

    def on_BillGraceEnded(self, id, data, time):
        bill = self.bills[id]
        if time < bill.grace_end:
            raise AssertionError(f"the grace of bills/{id} ended early")
        bill.is_past_grace = True

    def on_BillCanceled(self, id, data, _):
        same(0, self.bills[id].paid, f"canceled bills/{id}")
        self.bills[id].status = "CANCELED"

    def on_BillExpired(self, id, data, _):
        self.bills[id].status = "EXPIRED"

    def on_BillVoided(self, id, data, _):
        same(self.bills[id].refunded, self.bills[id].paid, f"voided bills/{id}")
        self.bills[id].status = "VOIDED"

    # Money ---------------------------------------------------------------------------------------

    def on_TransactionInitiated(self, id, data, _):
        self.money[id] = Money(data)

    def on_TransactionSucceeded(self, id, data, _):
        money = self.money[id]
        money.status = "succeeded"
        if money.type in ("refund", "chargeback"):
            self.money[money.parent].gone += money.amount

    def on_TransactionFailed(self, id, data, _):
        self.money[id].status = "failed"

    def on_TransactionCanceled(self, id, data, _):
        self.money[id].status = "canceled"

    def on_TransactionOutcomeUnknown(self, id, data, _):
        self.money[id].status = "unknown"

    def on_TransactionActionRequired(self, id, data, _):
        self.money[id].status = "requiresAction"

    def on_TransactionAllocated(self, id, data, _):
        self.money[id].on[data["billId"]] += data["amount"]

    def on_UnallocatedPaymentRecorded(self, id, data, _):
        self.money[id].unallocated += data["amount"]

    def on_CustomerCreditAdjusted(self, id, data, _):
        self.money[id].unallocated += data["amount"]
        self.money[id].on[data["billId"]] -= data["amount"]

    def on_CustomerCreditWithdrawn(self, id, data, _):
        self.money[id].unallocated -= data["amount"]
        self.money[id].withdrawn += data["amount"]

    # Rights --------------------------------------------------------------------------------------

    def on_EntitlementGranted(self, id, data, _):
        self.rights[id] = Right(data)

    def on_EntitlementStarted(self, id, data, _):
        self.rights[id].status = "ACTIVE"

    on_EntitlementReinstated = on_EntitlementStarted

    def on_EntitlementSuspended(self, id, data, _):
        self.rights[id].status = "SUSPENDED"

    def on_EntitlementExtended(self, id, data, _):
        self.rights[id].ends_at = data["endsAt"]

    def on_EntitlementExpired(self, id, data, time):
        same(True, parse(self.rights[id].ends_at) <= time, f"entitlements/{id} expired early")
        self.rights[id].status = "EXPIRED"

    def on_EntitlementRevoked(self, id, data, _):
        self.rights[id].status = "REVOKED"

    # Contracts -----------------------------------------------------------------------------------

    def on_ContractDrafted(self, id, data, _):
        self.contracts[id] = Contract(data)

    def on_ContractConfirmed(self, id, data, _):
        one = self.contracts[id]
        one.status, one.start = "PENDING", parse(data["startAt"])
        one.anchor = parse(data["anchorAt"])
        if "periodStart" in data:
            one.period = (parse(data["periodStart"]), parse(data["periodEnd"]))
            is_trial = one.trial_end is not None
            end = parse(one.trial_end) if is_trial else self.boundary(one, one.start)
            same((one.start, end), one.period, f"the first period of contracts/{id}")
            if is_trial:
                return
        self.expect_bill(id, one, "contractCreated")

    def on_ContractImported(self, id, data, time):
        one = self.contracts[id] = Contract(data)
        one.status, one.active_since = "ACTIVE", time
        one.period = (parse(data["periodStart"]), parse(data["periodEnd"]))
        one.anchor = parse(data["anchorAt"])

    def boundary(self, one, after):
        if after < one.anchor:
            return one.anchor
        return boundary_after(one.anchor, one.zone, one.interval, one.time, after)

    def on_ContractActivated(self, id, data, time):
        self.contracts[id].status, self.contracts[id].active_since = "ACTIVE", time

    def on_ContractRenewed(self, id, data, time):
        one = self.contracts[id]
        start = time if one.is_resuming else one.period[1]
        if not one.is_resuming:  # Or when it begins, if it is paid for the first time after that.
            same(max(start, one.active_since), time, f"contracts/{id} is renewed when that ends")
        end = self.boundary(one, start)
        one.period = (parse(data["periodStart"]), parse(data["periodEnd"]))
        same((start, end), one.period, f"a period of contracts/{id}")
        one.is_cut, one.is_resuming, one.rights_lost = one.is_resuming, False, False
        if one.prices and parse(one.prices["effectiveAt"]) <= start:
            for item in one.items:
                for price in one.prices["prices"]:
                    if price["sku"] == item["sku"]:
                        item["unitAmount"] = price["unitAmount"]
            one.prices = None
        self.expect_bill(id, one, "contractCycle")

    def expect_bill(self, id, one, reason):
        start, end = one.period or (one.start, None)
        whole = (start, end)
        if one.is_cut:
            before = one.anchor
            while self.boundary(one, before) < end:
                before = self.boundary(one, before)
            whole = (before, end)
        def cut(amount):
            return share(amount, (start, end), whole) if end else amount
        # All items but discounts are of one line here, so nothing is to be spread.
        discount = sum(cut(each["amount"]) for each in one.discounts)
        same(True, len(one.items) == 1, "one item")
        self.expected_bills.append((id, reason, [
            (item["sku"], item["quantity"], cut(item["unitAmount"]), text_of(start),
             text_of(end) if end else None, discount) for item in one.items]))

    def on_ContractItemsChanged(self, id, data, _):
        one = self.contracts[id]
        at = parse(data["effectiveAt"])
        if at < one.period[1] and "billId" in data:
            rest = (at, one.period[1])
            lines = []
            for sign, items in ((-1, one.items), (1, data["items"])):
                for item in items:
                    amount = share(sign * item["quantity"] * item["unitAmount"], rest, one.period)
                    lines.append((item["sku"], 1, amount, text_of(at), text_of(rest[1]), 0))
            carried = -sum(amount + tax_of(amount, 2500) for _, _, amount, *_ in lines)
            same(max(carried, 0), data.get("creditAmount", 0), f"credit of contracts/{id}")
            if carried > 0:
                lines.append((lines[0][0], 1, carried, None, None, 0))
            self.expected_bills.append((id, "contractUpdate", lines))
        one.items = data["items"]

    def on_ContractPriceChanged(self, id, data, _):
        self.contracts[id].prices = data

    def on_ContractPayerChanged(self, id, data, _):
        self.contracts[id].payer = data["payerId"]

    def on_ContractPaused(self, id, data, _):
        self.contracts[id].status = "PAUSED"

    def on_ContractResumed(self, id, data, time):
        one = self.contracts[id]
        one.status = "ACTIVE"
        one.is_resuming = one.duration == "RECURRING" and one.period[1] <= time

    def on_ContractRightsRestored(self, id, data, _):
        self.contracts[id].rights_lost = False

    def on_ContractIssueConsumed(self, id, data, _):
        self.contracts[id].issues_left -= 1
        same(self.contracts[id].issues_left, data["issuesRemaining"], f"issues of contracts/{id}")

    def on_ContractCanceled(self, id, data, _):
        self.contracts[id].status = "CANCELED"

    def on_ContractExpired(self, id, data, _):
        self.contracts[id].status = "EXPIRED"

