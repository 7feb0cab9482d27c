"""Whether a message helped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.conftest import Visitor
from tools.house import House


def give(visitor: Visitor, **body: Any) -> httpx.Response:
    return visitor.http.post(f"/{visitor.id}/feedback", json=body)


def kept(house: House, visitor: Visitor) -> list[tuple[int, bool]]:
    with closing(sqlite3.connect(house.var / "records.db")) as database:
        rows = database.execute(
            "SELECT seq, helpful FROM feedback WHERE conversation = ? ORDER BY seq", (visitor.id,)
        ).fetchall()
    return [(seq, bool(helpful)) for seq, helpful in rows]


def test_feedback_is_kept_and_leaves_the_log_alone(house: House, visitor: Visitor) -> None:
    visitor.say("How does ketamine work?")
    log = visitor.log()
    given = give(visitor, seq=3, helpful=True, comment="Clear.")
    assert (given.status_code, given.content) == (204, b"")
    assert give(visitor, seq=1, helpful=False).status_code == 204
    assert kept(house, visitor) == [(1, False), (3, True)]
    assert visitor.log() == log


def test_a_later_word_replaces_the_earlier_one(house: House, visitor: Visitor) -> None:
    assert give(visitor, seq=1, helpful=True, comment="Good.").status_code == 204
    assert give(visitor, seq=1, helpful=False).status_code == 204
    assert kept(house, visitor) == [(1, False)]


@pytest.mark.parametrize("seq", [2, 4, 2**31 - 1])
def test_feedback_on_anything_but_a_message_of_the_assistant_is_refused(
    house: House, visitor: Visitor, seq: int
) -> None:
    visitor.say("hello")
    refused = give(visitor, seq=seq, helpful=True)
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/no-such-message")
    assert "seq" in refused.json()["title"]
    assert kept(house, visitor) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"helpful": True}, "seq"),
        ({"seq": 1}, "helpful"),
        ({"seq": 0, "helpful": True}, "seq"),
        ({"seq": 2**31, "helpful": True}, "seq"),
        ({"seq": "one", "helpful": True}, "seq"),
        ({"seq": 1, "helpful": "perhaps"}, "helpful"),
        ({"seq": 1, "helpful": True, "comment": "x" * 2001}, "comment"),
        ({"seq": 1, "helpful": True, "comment": 5}, "comment"),
        ({"seq": 1, "helpful": True, "stars": 5}, "stars"),
    ],
)
def test_wrong_feedback_is_refused_by_the_fields_name(
    house: House, visitor: Visitor, body: dict[str, Any], field: str
) -> None:
    refused = give(visitor, **body)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid")
    assert refused.json()["title"].startswith(f"{field}: ")
    assert kept(house, visitor) == []


def test_a_comment_may_be_as_long_as_a_message(house: House, visitor: Visitor) -> None:
    assert give(visitor, seq=1, helpful=True, comment="x" * 2000).status_code == 204
    assert kept(house, visitor) == [(1, True)]
