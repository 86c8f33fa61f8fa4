"""Shifts in iCalendar mean to kefud what they mean to others.

Calendars made from a seed are read by kefud (a dry run of ImportShifts) and expanded by the Python libraries
`icalendar` and `recurring-ical-events`; both must give the same instants.

    KEFUD_BIN=target/debug/kefud python tests/python/test_shift_calendars.py [SEED]
"""

import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr
from kefud_client import Client, programs

CALENDARS = 300
# Zones whose rules both databases know alike, some of them with a change of clocks within any year.
ZONES = ["Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Sydney"]
# Of local times that name none.
DEFAULT = "Asia/Shanghai"
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# Recurrences end at the plan's horizon, 400 days; what starts in the days before it is looked at by both.
HORIZON = timedelta(days=390)


class Series:
    """An event with its recurrence, as text, and the exceptions of it."""

    def __init__(self, chance, uid, agent, now):
        self.chance, self.uid, self.agent = chance, uid, agent
        self.form = chance.choice(["zone", "zone", "zone", "utc", "floating", "date"])
        self.zone = chance.choice(ZONES) if self.form == "zone" else None
        start = now.date() + timedelta(days=chance.randint(2, 90))
        self.minutes = chance.choice([0, 90, 150, 480, 540, 1320, chance.randrange(0, 1440, 5)])
        rule = self.pattern()
        first = datetime.combine(start, datetime.min.time())
        if self.form != "date":
            first += timedelta(minutes=self.minutes)
        # What begins where its rule does is counted alike by all.
        self.first = next(iter(rrulestr(rule, dtstart=first))) if rule else first
        self.rule = self.ended(rule) if rule else None
        self.length()

    def pattern(self):
        chance = self.chance
        kind = chance.choice(["none", "daily", "weekly", "weekly", "month day", "nth day", "position", "yearly"])
        interval = f";INTERVAL={chance.randint(2, 4)}" if chance.random() < 0.3 else ""
        days = ",".join(sorted(chance.sample(DAYS, chance.randint(1, 4)), key=DAYS.index))
        return {
            "none": None,
            "daily": f"FREQ=DAILY{interval}" + (f";BYDAY={days}" if chance.random() < 0.3 else ""),
            "weekly": f"FREQ=WEEKLY{interval};BYDAY={days};WKST={chance.choice(['MO', 'SU'])}",
            "month day": f"FREQ=MONTHLY{interval};BYMONTHDAY={chance.choice([1, 15, 28, 29, 31, -1, -2])}",
            "nth day": f"FREQ=MONTHLY;BYDAY={chance.choice([1, 2, 4, 5, -1])}{chance.choice(DAYS)}",
            "position": f"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={chance.choice([1, 3, -1])}",
            "yearly": f"FREQ=YEARLY;BYMONTH={chance.randint(1, 12)};BYMONTHDAY={chance.randint(1, 28)}",
        }[kind]

    def ended(self, rule):
        end = self.chance.choice(["count", "until", "never"])
        if end == "count":
            return f"{rule};COUNT={self.chance.randint(1, 40)}"
        if end == "until":
            until = self.first + timedelta(days=self.chance.randint(0, 200), minutes=self.chance.choice([0, 0, 7]))
            if self.form == "date":
                return f"{rule};UNTIL={until:%Y%m%d}"
            if self.form == "floating":
                return f"{rule};UNTIL={until:%Y%m%dT%H%M%S}"
            until = until.replace(tzinfo=ZoneInfo(self.zone or "UTC")).astimezone(timezone.utc)
            return f"{rule};UNTIL={until:%Y%m%dT%H%M%SZ}"
        return rule

    def length(self):
        if self.form == "date":
            self.end = self.chance.choice(["DTEND", None])
            self.span = timedelta(days=1)
        else:
            self.span = timedelta(minutes=self.chance.choice([30, 60, 480, 510, 720]))
            # Across a change of clocks hours are as long as they are, by the RFC; the libraries go by the clock.
            steady = self.form != "zone" or self.zone in ("Asia/Shanghai", "Asia/Kolkata")
            self.end = self.chance.choice(["DTEND", "DURATION"]) if steady else "DTEND"

    def time(self, name, *times):
        """A property with times, as this event writes them."""
        if self.form == "date":
            return f"{name};VALUE=DATE:" + ",".join(f"{time:%Y%m%d}" for time in times)
        tzid = f";TZID={self.zone}" if self.zone else ""
        z = "Z" if self.form == "utc" else ""
        return f"{name}{tzid}:" + ",".join(f"{time:%Y%m%dT%H%M%S}{z}" for time in times)

    def event(self, start, *more):
        lines = ["BEGIN:VEVENT", f"UID:{self.uid}", "DTSTAMP:20260101T000000Z", f"X-KEFUD-AGENT:{self.agent}"]
        # Breaks may overlap, shifts may not.
        lines += ["X-KEFUD-KIND:break", f"SUMMARY:{self.uid}", self.time("DTSTART", start)]
        if self.end == "DTEND":
            lines.append(self.time("DTEND", start + self.span))
        elif self.end == "DURATION":
            lines.append(f"DURATION:PT{self.span // timedelta(minutes=1)}M")
        return [*lines, *more, "END:VEVENT"]

    def lines(self):
        if not self.rule:
            return self.event(self.first)
        starts = list(rrulestr(self.rule.split(";UNTIL")[0], dtstart=self.first)[:12])
        chance, more, children = self.chance, [f"RRULE:{self.rule}"], []
        if chance.random() < 0.4:
            more.append(self.time("EXDATE", *chance.sample(starts, min(len(starts), chance.randint(1, 3)))))
        if chance.random() < 0.3:
            more.append(self.time("RDATE", self.first + timedelta(days=chance.randint(100, 120), minutes=0 if self.form == "date" else 17)))
        if chance.random() < 0.4:
            moved = chance.choice(starts)
            to = moved + timedelta(days=chance.randint(-1, 1), minutes=0 if self.form == "date" else chance.choice([13, 47]))
            more_of_it = [self.time("RECURRENCE-ID", moved)]
            # Occurrences that the rule doesn't have, or that are excluded, aren't replaced but added by some only.
            inside = not any("EXDATE" in line for line in more) and "UNTIL" not in self.rule
            if inside and chance.random() < 0.3:
                children += self.event(to, *more_of_it, "STATUS:CANCELLED")
            elif inside:
                children += self.event(to, *more_of_it)
        return self.event(self.first, *more) + children


def folded(line):
    """A long line is folded, here at an odd place."""
    return line if len(line) <= 60 else line[:60] + "\r\n " + line[60:]


def calendar(chance, now):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kefud//test//EN"]
    for number, agent in enumerate(["a1001", "a1002"][: chance.randint(1, 2)]):
        lines += Series(chance, f"series-{number}", agent, now).lines()
    return "\r\n".join(map(folded, [*lines, "END:VCALENDAR", ""]))


def expanded(document, now):
    """What the libraries make of it: agent, start and end as UTC seconds."""

    def instant(time):
        if not isinstance(time, datetime):
            time = datetime.combine(time, datetime.min.time())
        if time.tzinfo is None:
            time = time.replace(tzinfo=ZoneInfo(DEFAULT))
        return int(time.timestamp())

    # A day more, since to the library a time without a zone is one of UTC's when it looks for the end.
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(document)).between(now, now + HORIZON + timedelta(days=1))
    found = [event for event in found if str(event.get("STATUS", "")) != "CANCELLED"]
    entries = {(str(event["X-KEFUD-AGENT"]), instant(event.start), instant(event.end)) for event in found}
    return sorted(entry for entry in entries if entry[1] < (now + HORIZON).timestamp())


def read(kefud, document, now):
    """What kefud makes of it."""
    told = kefud("PlanService", "ImportShifts", document=document, zone=DEFAULT, validate_only=True)
    assert not told.problems, f"{told.problems}\n{document}"
    assert told.added == len(told.changes), "too many to compare"
    entries = [(change.shift.agent_id, change.shift.start_time.seconds, change.shift.end_time.seconds) for change in told.changes]
    return sorted(entry for entry in entries if entry[1] < (now + HORIZON).timestamp())


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20261001
    chance = random.Random(seed)
    now = datetime.now(timezone.utc)
    occurrences = 0
    with programs() as start:
        program = start()
        kefud = Client(program.address)
        for number in range(CALENDARS):
            document = calendar(chance, now)
            expected, got = expanded(document, now), read(kefud, document, now)
            if expected != got:
                shown = [
                    (agent, *(datetime.fromtimestamp(second, timezone.utc).isoformat() for second in seconds))
                    for agent, *seconds in sorted(set(expected) ^ set(got))
                ]
                sys.exit(
                    f"calendar {number} of seed {seed}:\n{document}\n"
                    f"expected {len(expected)}, got {len(got)}; only one of both has\n" + "\n".join(map(str, shown))
                )
            occurrences += len(got)
        program.stop()
    print(f"calendars: ok ({CALENDARS} with {occurrences} occurrences, seed {seed})")


if __name__ == "__main__":
    main()
