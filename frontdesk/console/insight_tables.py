"""The insights in words: what each figure is called, and which conversations are behind it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from escalation.titles import case_title
from frontdesk.console.charts import bars
from frontdesk.console.filters import midnight
from frontdesk.console.tables import Cell, Query, Table, lasting, number, share, word
from frontdesk.console.words import KINDS
from records.figures import Figures, Outcomes, Quarter, Span, Waits

SECONDS = "seconds"
COUNTS: tuple[tuple[str, Callable[[Quarter], int], Query], ...] = (
    ("Conversations", lambda one: one.conversations, {}),
    ("With no answer to something", lambda one: one.declined, {"kind": "decline"}),
    ("Asked what was meant", lambda one: one.clarified, {"kind": "clarify"}),
    ("Went to a person", lambda one: one.escalated, {"escalated": "yes"}),
)


@dataclass(frozen=True)
class Days:
    """From the first day to the last, at the clinic."""

    first: dt.date
    last: dt.date
    zone: ZoneInfo

    @property
    def span(self) -> Span:
        """From midnight to midnight."""
        return Span(midnight(self.first, self.zone), midnight(self.last + dt.timedelta(days=1), self.zone))

    @property
    def each(self) -> list[dt.date]:
        """Every day."""
        return [self.first + dt.timedelta(days=more) for more in range((self.last - self.first).days + 1)]

    def query(self, **more: str) -> Query:
        """What the list of conversations needs to show those of these days."""
        return {"since": self.first.isoformat(), "until": self.last.isoformat(), **more}


def tables(found: Figures, days: Days, titles: Mapping[str, str]) -> list[Table]:
    """Return every table of the page, in its order."""
    return [
        _outcomes(found.outcomes, days),
        _by_day(found, days),
        _by_hour(found, days),
        _topics(found, days, titles),
        _replies(found, days),
        _ratings(found, days),
        _cases(found, days),
        _times(found, days),
        _waiting(found, days),
        _flags(found, days),
    ]


def _outcomes(found: Outcomes, days: Days) -> Table:
    every = days.query()
    rows: list[tuple[str, int, Query]] = [
        ("Answered, and rated helpful", found.helpful, days.query(helpful="yes")),
        ("Answered, and rated not helpful", found.not_helpful, days.query(helpful="no")),
        ("Answered, and nobody said whether it helped", found.unrated, days.query(kind="answer")),
        ("Ended without an answer", found.declined, days.query(kind="decline")),
        ("Went to a person", found.person, days.query(escalated="yes")),
        ("Small talk or a question back, and no answer", found.other, every),
        ("Opened, and nothing written", found.silent, every),
    ]
    return Table(
        "outcomes",
        "What became of the conversations",
        "Every conversation once. One without a person is not called a success: most visitors do not say whether an "
        "answer helped, and some who leave have not found it. Who went to a person counts there, whatever was answered "
        "before.",
        ("What became of it", "Conversations", "Share"),
        [[word(text), number(count, query, found.all), share(count, found.all)] for text, count, query in rows],
    )


def _by_day(found: Figures, days: Days) -> Table:
    sums: dict[dt.date, Counter[str]] = {day: Counter() for day in days.each}
    for quarter in found.quarters:
        sums[quarter.begins.astimezone(days.zone).date()].update({name: of(quarter) for name, of, _ in COUNTS})
    rows = []
    for day, counts in sums.items():
        one = Days(day, day, days.zone)
        rows.append(
            [word(f"{day:%a} {day.isoformat()}"), *(number(counts[name], one.query(**q)) for name, _, q in COUNTS)]
        )
    charts = [
        bars(f"by-day-{number_}", name, [(f"{day:%b} {day.day}", counts[name]) for day, counts in sums.items()])
        for number_, (name, _, _) in enumerate(COUNTS)
    ]
    return Table(
        "days",
        "By day",
        "When conversations began, and how many of them came to what.",
        ("Day", *(name for name, _, _ in COUNTS)),
        rows,
        shown=0,
        charts=charts,
    )


def _by_hour(found: Figures, days: Days) -> Table:
    sums: Counter[int] = Counter()
    for quarter in found.quarters:
        sums[quarter.begins.astimezone(days.zone).hour] += quarter.conversations
    every = sum(sums.values())
    rows = [[word(f"{hour:02}:00"), number(sums[hour], of=every), share(sums[hour], every)] for hour in range(24)]
    chart = bars("by-hour", "Conversations by hour", [(f"{hour:02}", sums[hour]) for hour in range(24)])
    return Table(
        "hours",
        "By hour of the day",
        "By the clock at the clinic, all days together. The list of conversations cannot be narrowed to an hour.",
        ("Hour", "Conversations", "Share"),
        rows,
        shown=0,
        charts=[chart],
    )


def _topics(found: Figures, days: Days, titles: Mapping[str, str]) -> Table:
    most = max((one.answers for one in found.asked), default=0)
    rows = [
        [
            Cell(titles.get(one.topic, one.topic), one.topic),
            number(one.answers, of=most),
            number(one.conversations, days.query(kind="answer", topic=one.topic)),
            number(one.helpful, days.query(topic=one.topic, helpful="yes")),
            number(one.not_helpful, days.query(topic=one.topic, helpful="no")),
        ]
        for one in found.asked
    ]
    return Table(
        "topics",
        "Topics",
        "What was answered. Two topics in one answer count once each.",
        ("Topic", "Answers", "Conversations", "Rated helpful", "Rated not helpful"),
        rows,
        shown=12,
    )


def _replies(found: Figures, days: Days) -> Table:
    every = sum(one.messages for one in found.said)
    rows = [
        [
            word(KINDS.get(one.kind, one.kind).capitalize()),
            number(one.messages, of=every),
            number(one.conversations, days.query(kind=one.kind)),
        ]
        for one in found.said
    ]
    return Table(
        "replies",
        "What the assistant said",
        "'No answer': it declined, because its sources do not cover the question. "
        "'Asked what was meant': it offered two or three topics.",
        ("Kind", "Messages", "Conversations"),
        rows,
    )


def _ratings(found: Figures, days: Days) -> Table:
    one = found.ratings
    every, answers = one.helpful + one.not_helpful, sum(said.messages for said in found.said if said.kind == "answer")
    return Table(
        "ratings",
        "Rated by visitors",
        f"{every:,} words on whether it helped; there were {answers:,} answers. Who says nothing is in none of these.",
        ("Word", "Messages", "Share", "Conversations"),
        [
            [word("Helpful"), number(one.helpful, of=every), share(one.helpful, every),
             number(one.helpful_conversations, days.query(helpful="yes"))],
            [word("Not helpful"), number(one.not_helpful, of=every), share(one.not_helpful, every),
             number(one.not_helpful_conversations, days.query(helpful="no"))],
        ],
    )  # fmt: skip


def _cases(found: Figures, days: Days) -> Table:
    most = max((one.cases for one in found.escalated), default=0)
    rows = [
        [
            word(case_title(one.category)),
            number(one.cases, of=most),
            number(one.conversations, days.query(category=one.category)),
            number(one.still_open),
            number(one.late),
        ]
        for one in found.escalated
    ]
    return Table(
        "cases",
        "Cases by category",
        "Late: acknowledged after the aim, or not at all and the aim is over. Of some cases nobody is told, and so "
        "nobody acknowledges them.",
        ("Category", "Cases", "Conversations", "Open", "Late"),
        rows,
    )


def _times(found: Figures, days: Days) -> Table:
    rows = [
        [
            word(case_title(one.category), days.query(category=one.category)),
            *_waits(one.acknowledged),
            *_waits(one.replied),
        ]
        for one in found.escalated
        if one.acknowledged.count or one.replied.count
    ]
    return Table(
        "times",
        "How long cases waited",
        "From the visitor's message until somebody acknowledged the case, and until a person's first words in the "
        "chat; calls by telephone are not seen here. Nights and days on which the clinic is closed count.",
        ("Category", "Acknowledged", *_within("acknowledged"), "Answered in the chat", *_within("answered")),
        rows,
        units=("", "", SECONDS, SECONDS, "", SECONDS, SECONDS),
    )


def _waiting(found: Figures, days: Days) -> Table:
    one, wishes = found.waited, days.query(category="m")
    rows: list[list[Cell]] = [
        [word("A person took it"), number(one.answered.count, wishes, one.requests), *_waits(one.answered)[1:]],
        [word("The visitor gave up"), number(one.abandoned.count, wishes, one.requests), *_waits(one.abandoned)[1:]],
        [
            word("Still waits"),
            number(one.waiting, days.query(owner="waiting"), one.requests),
            lasting(None),
            lasting(None),
        ],
    ]
    return Table(
        "waiting",
        "Waiting for a person",
        f"{one.requests:,} times a visitor was put into the queue. Gave up: took the wish back; who just leaves is not "
        "seen. The first two lists show all wishes for a person.",
        ("What came of it", "Times", *_within("over")),
        rows,
        units=("", "", SECONDS, SECONDS),
    )


def _flags(found: Figures, days: Days) -> Table:
    rows = [
        [
            word(case_title(one.category)),
            number(one.raised),
            number(one.conversations, days.query(category=one.category)),
            *_waits(one.lowered),
            number(one.taken_back),
            number(one.still_up, days.query(category=one.category)),
        ]
        for one in found.flagged
    ]
    return Table(
        "flags",
        "Crisis flags",
        "A flag stays up until a clinician lowers it; only a plain no to the assistant's own question takes it back. "
        "How fast their cases were acknowledged is above.",
        ("Category", "Raised", "Conversations", "Lowered by a clinician", *_within("lowered"),
         "Taken back by a no", "Still up"),
        rows,
        units=("", "", "", "", SECONDS, SECONDS),
    )  # fmt: skip


def _within(done: str) -> tuple[str, str]:
    return f"Half {done} within", f"Nine in ten {done} within"


def _waits(found: Waits) -> list[Cell]:
    return [number(found.count), lasting(found.median), lasting(found.p90)]
