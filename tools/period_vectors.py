#!/usr/bin/env python3
"""Writes vectors of billing periods, counted by another implementation: zoneinfo and dateutil.

    tools/period_vectors.py > tests/infra/period_vectors.csv

Each line is anchor, zone, interval, times, n, and the start of the n-th period from the anchor on. The
rule is that of docs/api.md: the anchor's local time plus n intervals, cut to the month's last day; a
local time that does not exist is the first instant after it, of one that exists twice the earlier one.
Only dates in years that the time zone database has settled are written.
"""

import datetime
import itertools
import sys
import zoneinfo

from dateutil.relativedelta import relativedelta

UTC = datetime.timezone.utc
SETTLED = 2025

ZONES = ["UTC", "Europe/Oslo", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns",
         "America/Sao_Paulo", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
         "Pacific/Auckland", "Pacific/Apia", "Africa/Casablanca"]
# Local times of anchors: month ends, leap days, the nights in which clocks are changed, midnight.
ANCHORS = ["2019-01-31T10:00:00", "2019-01-30T00:00:00", "2020-02-29T12:30:00", "2018-08-31T23:59:59",
           "2019-12-31T02:30:00", "2017-03-28T02:30:00", "2019-10-20T02:30:00", "2016-11-05T01:15:00"]
INTERVALS = [("DAY", 1), ("WEEK", 2), ("MONTH", 1), ("MONTH", 3), ("MONTH", 6), ("YEAR", 1)]
# What is awkward in itself: anchor, zone, interval, times, the periods.
SPECIAL = [
    ("2019-01-31T10:00:00", "Europe/Oslo", "MONTH", 1, range(-13, 26)),
    ("2019-01-30T10:00:00", "Europe/Oslo", "MONTH", 1, range(0, 14)),
    ("2016-02-29T10:00:00", "Europe/Oslo", "YEAR", 1, range(-4, 9)),
    ("2018-08-31T10:00:00", "Europe/Oslo", "MONTH", 6, range(0, 6)),
    ("2019-03-29T02:30:00", "Europe/Oslo", "DAY", 1, range(0, 5)),
    ("2019-10-25T02:30:00", "Europe/Oslo", "DAY", 1, range(0, 5)),
    ("2019-04-05T02:15:00", "Australia/Lord_Howe", "DAY", 1, range(0, 4)),
    ("2019-10-05T02:15:00", "Australia/Lord_Howe", "DAY", 1, range(0, 4)),
    ("2011-12-28T12:00:00", "Pacific/Apia", "DAY", 1, range(0, 5)),  # It had no 30 December.
    ("2018-11-01T00:00:00", "America/Sao_Paulo", "DAY", 1, range(0, 6)),  # No midnight on the 4th.
]


def exists(local, zone):
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    return instant.astimezone(zone).replace(tzinfo=None) == local


def instant_of(local, zone):
    if exists(local, zone):
        return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    # The first instant that shows a later time than the one that does not exist.
    low = local.replace(tzinfo=UTC) - datetime.timedelta(days=2)
    high = local.replace(tzinfo=UTC) + datetime.timedelta(days=2)
    while high - low > datetime.timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) < local:
            low = middle
        else:
            high = middle
    return high


def start(anchor, zone, interval, times, n):
    """The instant at which the n-th period begins; the anchor is an instant."""
    if n == 0:
        return anchor
    count = n * times
    step = {"DAY": relativedelta(days=count), "WEEK": relativedelta(weeks=count),
            "MONTH": relativedelta(months=count), "YEAR": relativedelta(years=count)}[interval]
    return instant_of(anchor.astimezone(zone).replace(tzinfo=None) + step, zone)


def text(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def vectors():
    cases = list(SPECIAL)
    rotated = itertools.cycle([range(1, 3), range(11, 13), range(5, 6), range(-1, 0), range(23, 25)])
    for zone, anchor in itertools.product(ZONES, ANCHORS):
        for interval, times in INTERVALS:
            cases.append((anchor, zone, interval, times, next(rotated)))
    for local, name, interval, times, numbers in cases:
        zone = zoneinfo.ZoneInfo(name)
        anchor = instant_of(datetime.datetime.fromisoformat(local), zone)
        for n in numbers:
            begins = start(anchor, zone, interval, times, n)
            if begins.year < SETTLED:
                yield ",".join([text(anchor), name, interval, str(times), str(n), text(begins)])


def main():
    for line in vectors():
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
