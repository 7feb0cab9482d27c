"""What visitors tell the guide is forgotten unless they send it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from records import ConversationNotFound, Message, Records
from tests.records.parts import LATER, MINUTE, NOW, QUESTION, opened, received, reply

SENTENCE = "You answered a question of the guide."
CHOSEN = {"text": "zebrawombat heart", "choice": "guide:answer:heart:zebrawombat", "guide": True}
ASKED = Message(
    "bot",
    "guide",
    {
        "text": "You said zebrawombat. Next question?",
        "suggestions": [{"label": "zebrawombat", "value": "guide:change:zebrawombat"}],
        "guide": True,
    },
    understanding={"entities": ["zebrawombat"]},
)


def guided(records: Records, at: dt.datetime | None = None) -> str:
    """A conversation with an ordinary turn, and a guided one."""
    conversation = opened(records)
    records.answer(conversation, received(records, conversation), [reply("Yes.")])
    visitor = received(records, conversation, CHOSEN)
    records.answer(conversation, visitor, [replace(ASKED, sent_at=at or ASKED.sent_at)])
    return conversation


def guide_marks(records: Records, conversation: str) -> list[object]:
    return [message.body.get("guide") for message in records.messages_after(conversation, 1)]


def test_a_forgotten_guide_leaves_no_word(database: Path, records: Records) -> None:
    conversation = guided(records)
    before = records.messages_after(conversation, 0)
    assert records.forget_guide(conversation, SENTENCE) == 2
    log = records.messages_after(conversation, 0)
    assert log[:3] == before[:3]
    visitor, bot = log[3:]
    assert visitor.body == bot.body == {"text": SENTENCE, "guide": False}
    assert (visitor.understanding, bot.understanding) == (None, None)
    assert (visitor.seq, visitor.client_id, visitor.sent_at, bot.reply_to) == (
        before[3].seq,
        before[3].client_id,
        before[3].sent_at,
        visitor.seq,
    )
    for path in database.parent.iterdir():
        assert b"zebrawombat" not in path.read_bytes(), path.name
    assert records.forget_guide(conversation, "Other words.") == 0
    assert records.messages_after(conversation, 0) == log


def test_a_kept_guide_stays(records: Records) -> None:
    conversation = guided(records)
    before = records.messages_after(conversation, 3)
    assert records.keep_guide(conversation) == 2
    assert records.keep_guide(conversation) == 0
    assert records.forget_guide(conversation, SENTENCE) == 0
    assert records.forget_guides_before(LATER, SENTENCE) == []
    after = records.messages_after(conversation, 3)
    assert [message.body for message in after] == [{**message.body, "guide": "kept"} for message in before]
    assert after[1].understanding == ASKED.understanding


def test_a_guide_begun_again_after_one_was_kept_is_forgotten(records: Records) -> None:
    conversation = guided(records)
    records.keep_guide(conversation)
    received(records, conversation, CHOSEN)
    assert records.forget_guides_before(LATER, SENTENCE) == [conversation]
    assert guide_marks(records, conversation) == [None, None, "kept", "kept", False]


def test_only_what_has_rested_long_enough_is_forgotten(records: Records) -> None:
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    old, going_on, plain = guided(records), guided(records, tomorrow), opened(records)
    received(records, plain, QUESTION)
    assert records.forget_guides_before(NOW - MINUTE, SENTENCE) == []
    assert records.forget_guides_before(tomorrow - MINUTE, SENTENCE) == [old]
    assert guide_marks(records, old) == [None, None, False, False]
    assert guide_marks(records, going_on) == [None, None, True, True]
    assert records.forget_guides_before(tomorrow, SENTENCE) == []
    assert records.forget_guides_before(tomorrow + MINUTE, SENTENCE) == [going_on]


def test_an_unknown_conversation_is_not_found(records: Records) -> None:
    with pytest.raises(ConversationNotFound):
        records.forget_guide("no-such", SENTENCE)
    with pytest.raises(ConversationNotFound):
        records.keep_guide("no-such")
