"""Demo data: believable, the same for the same seed, and never among real conversations."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from records import Records, Wanted
from records.migrate import upgrade
from tests.records.parts import count, opened
from tools.demo.copies import copy_back
from tools.demo_data import main

LAST_DAY = "2026-11-20"
SOME = ("--conversations", "400", "--until", LAST_DAY)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    found = f"sqlite:///{tmp_path / 'records.db'}"
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", found)
    yield found


def rows(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def everything(path: Path) -> list[Any]:
    found: list[Any] = []
    for table in ("conversations", "messages", "cases", "transitions", "flags", "feedback", "pages", "notes", "tags"):
        columns = [name for _, name, *_ in rows(path, f"PRAGMA table_info({table})") if name != "sealed"]
        names = ", ".join(f'{table}."{name}"' for name in columns)
        found.append(rows(path, f"SELECT {names} FROM {table} ORDER BY 1, 2, 3"))
    house = Records(f"sqlite:///{path}")
    for (conversation,) in rows(path, "SELECT id FROM conversations ORDER BY id"):
        found.append(house.messages_after(conversation, 0))
        for verb in (house.notes_of, house.contact_of, house.transitions_of, house.flags_of, house.cases_of):
            found.append(verb(conversation))
    house.dispose()
    return found


def test_the_same_seed_gives_the_same_data_and_another_one_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for number, seed in enumerate(("7", "7", "8")):
        path = tmp_path / f"{number}.db"
        monkeypatch.setenv("FRONTDESK_DATABASE_URL", f"sqlite:///{path}")
        assert main([*SOME, "--seed", seed]) == 0
        found.append(everything(path))
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_a_database_with_conversations_is_left_alone(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(SOME) == 0
    capsys.readouterr()
    assert main((*SOME, "--seed", "2")) == 1
    said = capsys.readouterr().out
    assert "already holds conversations" in said and "FRONTDESK_DATABASE_URL" in said and "ANYWAY=yes" in said
    assert count(tmp_path / "records.db", "conversations") == 400
    assert main((*SOME, "--seed", "2", "--anyway")) == 0
    assert count(tmp_path / "records.db", "conversations") == 800
    assert main((*SOME, "--seed", "2", "--anyway")) == 1  # the same ones cannot be there twice
    assert "SEED=3" in capsys.readouterr().out


def test_one_real_conversation_is_enough_to_refuse(url: str, tmp_path: Path) -> None:

    upgrade(url)
    house = Records(url)
    opened(house)
    house.dispose()
    assert main(SOME) == 1
    assert count(tmp_path / "records.db", "conversations") == 1


def test_nobody_is_told_of_an_invented_crisis_and_nothing_is_answered_again(url: str) -> None:
    assert main(SOME) == 0
    house = Records(url)
    far = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
    assert house.due_pages(far, 10) == []
    assert house.overdue_pages(far) == []
    assert house.unanswered() == []
    house.dispose()


def test_the_data_hold_together(url: str, tmp_path: Path) -> None:
    assert main(SOME) == 0
    path = tmp_path / "records.db"
    none = {
        "a number is missing": "SELECT conversation FROM messages GROUP BY 1 HAVING max(seq) <> count(*)",
        "the last number is wrong": "SELECT id FROM conversations WHERE last_seq <> (SELECT max(seq) FROM messages WHERE conversation = id)",
        "time runs back": "SELECT a.seq FROM messages a JOIN messages b ON a.conversation = b.conversation AND a.seq < b.seq AND a.sent_at > b.sent_at",
        "something happens later": f"SELECT seq FROM messages WHERE sent_at > '{LAST_DAY} 23:59:59' AND sent_at > '2026-11-21 05:00'",
        "rated is what the assistant said": "SELECT f.seq FROM feedback f JOIN messages m USING (conversation, seq) WHERE m.author <> 'bot'",
        "the flag is not as its history says": "SELECT id FROM conversations WHERE (raised IS NOT NULL) <> coalesce((SELECT raised FROM flags WHERE conversation = id ORDER BY number DESC LIMIT 1), 0)",
        "the owner is not as its history says": "SELECT id FROM conversations WHERE owner <> coalesce((SELECT to_owner FROM transitions WHERE conversation = id ORDER BY number DESC LIMIT 1), 'bot')",
        "a clinician writes who does not have it": "SELECT seq FROM messages m WHERE author = 'clinician' AND (SELECT to_owner FROM transitions t WHERE t.conversation = m.conversation AND t.at <= m.sent_at ORDER BY number DESC LIMIT 1) <> 'clinician'",
    }
    assert {name: found for name, query in none.items() if (found := rows(path, query))} == {}


def test_all_of_a_clinics_life_is_in_it(url: str, tmp_path: Path) -> None:
    assert main(("--until", LAST_DAY)) == 0
    path = tmp_path / "records.db"
    assert count(path, "conversations") == 5000
    kinds = {kind for (kind,) in rows(path, "SELECT DISTINCT kind FROM messages")}
    assert {"opening", "visitor", "answer", "clarify", "decline", "crisis", "emergency", "advice", "handoff"} <= kinds
    assert {"smalltalk", "clinician", "notice", "unavailable"} <= kinds
    categories = {one for (one,) in rows(path, "SELECT DISTINCT category FROM cases")}
    assert categories == {*"abcdefghijklmnop", "guide", "unavailable"}
    days = rows(path, "SELECT DISTINCT date(created_at) FROM conversations")
    assert 60 <= len(days) <= 61  # in UTC a day of the clinic may touch two
    night, day = (
        rows(path, f"SELECT count(*) FROM conversations WHERE strftime('%H', created_at) = '{hour}'")[0][0]
        for hour in ("08", "16")  # 3 or 4 and 11 or 12 o'clock at the clinic
    )
    assert day > 5 * night
    assert rows(path, "SELECT count(*) FROM transitions WHERE from_owner = 'waiting' AND to_owner = 'bot'")[0][0] > 10
    assert rows(path, "SELECT count(*) FROM conversations WHERE raised IS NOT NULL")[0][0] > 0
    assert count(path, "notes") > 50 and count(path, "tags") > 100
    assert len(rows(path, "SELECT DISTINCT locale FROM conversations")) >= 5


def test_the_invented_staff_cannot_sign_in_and_the_first_manager_is_still_to_come(url: str) -> None:
    assert main(SOME) == 0
    house = Records(url)
    assert [person.password_hash for person in house.people()] == [None] * 4
    assert house.invite_first_manager(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    assert house.audit_rows()[0].action == "demo-data"
    house.dispose()


def test_copies_lie_before_what_they_are_of_and_nobody_waits_in_them(tmp_path: Path, url: str) -> None:
    assert main(["--conversations", "20", "--days", "10"]) == 0
    path, records = tmp_path / "records.db", Records(url)
    tables = ("conversations", "messages", "cases", "words")
    before, queue = [rows(path, f"SELECT count(*) FROM {table}")[0][0] for table in tables], records.queue()
    newest = rows(path, "SELECT min(created_at) FROM conversations")[0][0]
    copy_back(path, 17, 11)
    assert [rows(path, f"SELECT count(*) FROM {table}")[0][0] for table in tables] == [18 * one for one in before]
    assert rows(path, f"SELECT count(*) FROM conversations WHERE created_at >= '{newest}'") == [(20,)]
    assert records.queue() == queue
    found = records.conversations_like(Wanted(words="ketamine"), 1000)
    assert found and len(found) % 18 == 0
    assert rows(path, "PRAGMA foreign_key_check") == []
    records.dispose()
