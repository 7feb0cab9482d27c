"""How often topics are asked about: counted as replies are stored, for old databases too, and read from an index."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from records import Interest, Message, Records
from records.migrate import upgrade
from tests.records.by_hand import ByHand, at, plans
from tests.records.parts import migrated_to, opened

OLD = """
INSERT INTO conversations (id, token_hash, origin, locale, owner, last_seq, created_at) VALUES ('c1', '', '', 'en', 'bot', 9, '2026-11-10 10:00:00.000000');
INSERT INTO messages (conversation, seq, author, kind, body, sent_at) VALUES
 ('c1', 1, 'bot', 'answer', '{"topics": ["a/one", "a/two", "a/one"]}', '2026-11-10 10:00:00.000000'),
 ('c1', 2, 'bot', 'decline', '{"topics": ["a/one"]}', '2026-11-10 10:00:00.000000'),
 ('c1', 3, 'bot', 'decline', '{"topics": null}', '2026-11-10 10:00:00.000000'),
 ('c1', 4, 'bot', 'decline', '{"text": "No."}', '2026-11-10 10:00:00.000000'),
 ('c1', 5, 'bot', 'clarify', '{"topics": ["a/one"]}', '2026-11-10 10:00:00.000000'),
 ('c1', 6, 'bot', 'answer', '{"topics": ["a/one"], "guide": "kept"}', '2026-11-10 10:00:00.000000');
INSERT INTO feedback (conversation, seq, helpful, given_at) VALUES ('c1', 1, 1, '2026-11-10 10:00:00.000000');
"""


def test_what_was_asked_before_the_counting_began_counts(tmp_path: Path) -> None:
    database = tmp_path / "records.db"
    migrated_to("0005", database)
    with closing(sqlite3.connect(database)) as old:
        old.executescript(OLD)
    upgrade(f"sqlite:///{database}")
    house = Records(f"sqlite:///{database}")
    assert house.interest([at("00:00")]) == [{"a/one": Interest(2, 1, 1, 0), "a/two": Interest(1, 0, 1, 0)}]
    house.dispose()


def test_replies_count_as_they_are_stored_and_no_more_when_they_are_erased(records: Records) -> None:
    conversation, start = opened(records), dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    for kind, body in (
        ("answer", {"topics": ["a/one", "a/two"]}),
        ("decline", {"topics": ["a/one"]}),
        ("clarify", {"topics": ["a/one"]}),
        ("answer", {"topics": ["a/one"], "guide": True}),
        ("decline", {"topics": None}),
    ):
        records.say(conversation, Message("bot", kind, {"text": "Words.", **body}))
    later = start + dt.timedelta(days=1)
    assert records.interest([start, later]) == [{"a/one": Interest(2, 1), "a/two": Interest(1)}, {"a/one": Interest(), "a/two": Interest()}]  # fmt: skip
    assert records.interest([start], "a/two") == [{"a/two": Interest(1)}]
    records.erase(conversation)
    assert records.interest([start]) == [{}]


def test_all_is_read_from_indexes(records: Records, database: Path) -> None:
    by_hand = ByHand(database)
    by_hand.conversation("a", at("09:00"), ["visitor", "answer"], topic="a/one")
    by_hand.put()
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        statements.append((sql, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert records.interest([at("00:00"), at("00:00", 9)])[0] == {"a/one": Interest(1)}
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    steps = plans(database, [one for one in statements if one[0].startswith("SELECT")])
    assert not [step for step in steps if step.startswith("SCAN")], steps
    assert any("COVERING INDEX ix_asked_at" in step for step in steps), steps
