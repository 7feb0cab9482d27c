"""Retention deletes what has been quiet for as long as its kind is kept, and nothing that needs a person."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from records import Cause, ConversationNotFound, Records
from tests.records.parts import ADVICE, CRISIS, opened, received

KEEP = {"ordinary": dt.timedelta(days=90), "with_case": dt.timedelta(days=365), "with_crisis": dt.timedelta(days=1095)}
NOTHING = {"ordinary": 0, "with_case": 0, "with_crisis": 0}
TIMES = {
    "conversations": ("created_at", "id"), "messages": ("sent_at", "conversation"), "cases": ("closed_at", "conversation"),
}  # fmt: skip


def aged(database: Path, conversation: str, days: int) -> str:
    """A conversation after so many days of quiet."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, (time, key) in TIMES.items():
            change = f"UPDATE {table} SET {time} = strftime('%Y-%m-%d %H:%M:%f000', {time}, ?) WHERE {key} = ?"
            connection.execute(change, (f"-{days} days", conversation))
    return conversation


def closed(records: Records, *causes: Cause) -> str:
    """One whose cases are over."""
    conversation = opened(records)
    received(records, conversation, {"text": "Help."}, *causes)
    records.lower_flag(conversation, "Ann", "why")
    records.take_over(conversation, "Ann")
    records.close(conversation, "Ann", "done")
    return conversation


def is_there(records: Records, conversation: str) -> bool:
    try:
        return bool(records.owner(conversation))
    except ConversationNotFound:
        return False


def test_each_kind_is_kept_for_its_own_time(database: Path, records: Records) -> None:
    kinds = {"ordinary": lambda: opened(records), "with_case": lambda: closed(records, ADVICE),
             "with_crisis": lambda: closed(records, CRISIS, ADVICE)}  # fmt: skip
    young = [aged(database, make(), KEEP[kind].days - 1) for kind, make in kinds.items()]
    old = {kind: aged(database, make(), KEEP[kind].days + 1) for kind, make in kinds.items()}
    assert records.to_retain(KEEP) == dict.fromkeys(KEEP, 1)
    assert all(is_there(records, one) for one in old.values())
    assert records.retain(KEEP, "Ann").counts == dict.fromkeys(KEEP, 1)
    assert not any(is_there(records, one) for one in old.values())
    assert all(is_there(records, one) for one in young)
    assert records.retain(KEEP, "Ann").counts == NOTHING
    assert [(run.by, sum(run.counts.values())) for run in records.retained()] == [("Ann", 0), ("Ann", 3)]


def test_what_needs_a_person_or_is_held_stays(database: Path, records: Records) -> None:
    waiting, taken, held, raised, open_case = (opened(records) for _ in range(5))
    records.request_person(waiting, "why")
    records.take_over(taken, "Ann")
    records.hold(held, "Ann", "why")
    records.escalate(raised, 1, [CRISIS])
    records.escalate(open_case, 1, [ADVICE])
    for one in (waiting, taken, held, raised, open_case):
        aged(database, one, 5000)
    assert records.retain(KEEP, "Ann").counts == NOTHING
    records.release(held)
    records.take_over(open_case, "Ann")
    records.close(open_case, "Ann", "done")  # just now: it is kept a year from here
    assert records.retain(KEEP, "Ann").counts == {**NOTHING, "ordinary": 1}
    assert [is_there(records, one) for one in (waiting, taken, held, raised, open_case)] == [
        True,
        True,
        False,
        True,
        True,
    ]


def test_one_word_of_the_visitor_begins_the_time_anew(database: Path, records: Records) -> None:
    conversation = aged(database, opened(records), 400)
    received(records, conversation)
    assert records.retain(KEEP, "Ann").counts == NOTHING


def test_what_nobody_is_told_of_waits_for_nobody(database: Path, records: Records) -> None:
    conversation = opened(records)
    records.escalate(conversation, 1, [Cause("o", "U4")])
    aged(database, conversation, 366)
    assert records.retain(KEEP, "Ann").counts == {**NOTHING, "with_case": 1}


def test_more_than_one_query_finds_go_in_one_run(
    database: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.retention.AT_ONCE", 2)
    kept = opened(records)
    old = [aged(database, opened(records), 91) for _ in range(5)]
    assert records.retain(KEEP, "Ann").counts == {**NOTHING, "ordinary": len(old)}
    assert [is_there(records, one) for one in (*old, kept)] == [False] * 5 + [True]


def test_it_is_done_once_a_day(database: Path, records: Records) -> None:
    assert records.retain_daily(KEEP, "frontdesk") is not None
    assert records.retain_daily(KEEP, "frontdesk") is None
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE retentions SET at = strftime('%Y-%m-%d %H:%M:%f000', at, '-1 day')")
    assert records.retain_daily(KEEP, "frontdesk") is not None
