"""Conversations whose ids chance has not chosen, so that tests know how many reviewers they want."""

from __future__ import annotations

import uuid

from records import Message
from tests.console.parts import Desk, Staff
from tests.records.parts import opened_under, received


def asked(desk: Desk, text: str, *, twice: bool = False, kind: str = "decline", **body: object) -> str:
    """A conversation with one message and its reply, for one reviewer or two."""
    id = opened_under(desk.records, f"8{uuid.uuid4().hex[:19]}{'0000' if twice else '8888'}")
    visitor = received(desk.records, id, {"text": text})
    reply = {"text": "A reply.", "topics": [], **body}
    desk.records.answer(id, visitor, [Message("bot", kind, reply, understanding={"confidence": 0.9})])
    return id


def mark(staff: Staff, conversation: str, judgement: str, **fields: str) -> int:
    """Mark message 2 as the page's form does; return the status."""
    return staff.post(f"/conversations/{conversation}/mark", seq=2, judgement=judgement, **fields).status_code
