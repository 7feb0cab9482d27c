"""The redacted copies of what people write: made as it is stored, or later, and never in the way of storing it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from frontdesk import key_admin
from records import Records
from tests.records.parts import CRISIS, opened, received

WORDS = "I am Jane Zebrawombat and I want to know if it is safe"


def copies(records: Records, conversation: str) -> list[str | None]:
    return [message.redacted for message in records.messages_after(conversation, 1)]


def broken(text: str) -> str:
    raise ValueError(text)


def test_a_message_that_cannot_be_redacted_is_stored_and_its_words_are_in_no_log(
    database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records = Records(f"sqlite:///{database}", redact=broken)
    conversation = opened(records)
    with caplog.at_level(logging.ERROR):
        stored = received(records, conversation, {"text": WORDS}, CRISIS)
    assert records.messages_after(conversation, 1) == [stored]
    assert records.raised(conversation) == "a"
    assert stored.redacted is None and "ValueError" in caplog.text and "Zebrawombat" not in caplog.text
    assert list(records.make_readable()) == [0]
    assert "Zebrawombat" not in caplog.text
    records.dispose()


def test_missing_copies_are_made_by_the_command_and_others_are_left_alone(
    records: Records, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conversation = opened(records)
    received(records, conversation, {"text": WORDS})
    received(records, conversation, {"text": "Is it safe?", "choice": "topic:safety/is_it_safe"})
    received(records, conversation, {"text": "my wife Zebrawombat", "guide": True})
    assert copies(records, conversation) == [None, None, None]
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", records.url)
    assert key_admin.work(["redact"]) == 0
    (copy, *others) = copies(records, conversation)
    assert copy and "Jane" not in copy and copy.endswith("I want to know if it is safe")
    assert others == [None, None]
    assert "1 messages have got their redacted copy" in capsys.readouterr().out
    assert records.audit_rows(1)[0].action == "redact"
    assert key_admin.work(["redact"]) == 0
    assert "0 messages" in capsys.readouterr().out


def test_it_goes_on_where_it_was_cut_off(database: Path, records: Records) -> None:
    said = [received(records, opened(records), {"text": f"{number} Zebrawombat"}) for number in range(60)]
    other = Records(records.url, redact=lambda text: text.replace("Zebrawombat", "[name]"))
    begun = other.make_readable()
    first = next(begun)
    assert 0 < first < len(said)
    begun.close()
    *_, rest = other.make_readable()
    assert first + rest == len(said)
    assert list(other.make_readable()) == []
    other.dispose()


def test_a_message_that_comes_again_is_not_redacted_again(database: Path) -> None:
    asked: list[str] = []

    def redact(text: str) -> str:
        asked.append(text)
        return text

    records = Records(f"sqlite:///{database}", redact=redact)
    conversation = opened(records)
    first = records.receive(conversation, "one", {"text": "Is it safe?"})
    assert records.receive(conversation, "one", {"text": "Is it safe?"}) == first
    assert asked == ["Is it safe?"]
    records.dispose()
