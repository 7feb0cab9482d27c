"""The clock is set back: nobody is told an hour late, and nobody stays signed in or shut out."""

from __future__ import annotations

import datetime as dt

import pytest

from records import Backoff, Records, database, sessions
from records.people import FULL
from tests.records.parts import CRISIS, MINUTE

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_a_page_from_later_is_due_at_once(records: Records, conversation: str, now: dt.datetime) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = records.due_pages(now + HOUR, 5)
    records.page_failed(page, now + HOUR + MINUTE, "Refused")  # to be tried again in a minute
    (again,) = records.due_pages(now, 5)
    assert again.id == page.id
    assert records.due_pages(now, 5) == []  # claimed as ever


def test_a_pause_that_is_meant_is_kept(records: Records, conversation: str, now: dt.datetime) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = records.due_pages(now + MINUTE, 5)
    records.page_failed(page, now + 11 * MINUTE, "Refused")
    assert records.due_pages(now + MINUTE, 5) == []


def test_a_claim_from_later_holds_nobody_up(records: Records, conversation: str, now: dt.datetime) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = records.due_pages(now + HOUR, 5)  # and whoever claimed it died
    (again,) = records.due_pages(now + MINUTE, 5)
    assert again.id == page.id


def test_a_page_that_was_sent_later_than_now_goes_to_the_next_person(
    records: Records, conversation: str, now: dt.datetime
) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = records.due_pages(now + HOUR, 5)
    records.page_sent(page, now + HOUR, now + HOUR + 5 * MINUTE)
    assert [one.id for one in records.overdue_pages(now)] == [page.id]
    assert records.overdue_pages(now + HOUR) == []


def test_a_session_from_later_is_over(records: Records, monkeypatch: pytest.MonkeyPatch, now: dt.datetime) -> None:
    kim = records.add_person("kim", "Kim", ["clinician"])
    token = records.begin_session(kim.id, FULL, "127.0.0.1", "Firefox")
    assert records.session_of(token)
    monkeypatch.setattr(sessions, "now", lambda: now - HOUR)
    assert records.session_of(token) is None


def test_who_had_to_wait_waits_no_longer_than_ever(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Backoff("kim", 1, MINUTE)
    for _ in range(4):
        records.try_sign_in([limit])
    assert records.try_sign_in([limit])
    earlier = database.now() - HOUR
    monkeypatch.setattr(sessions, "now", lambda: earlier)
    assert not records.try_sign_in([limit])


def test_what_is_acknowledged_is_on_the_disk(records: Records) -> None:
    """``synchronous=FULL`` (2): an acknowledged message outlives a power cut."""
    engine = database.engine_for(records.url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()
