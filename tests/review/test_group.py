"""Wordings of one gap come together, by the real sentence vectors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from records import Message, Records
from records.migrate import upgrade
from tests.records.parts import opened, received
from tools.group import group

TEXTS = (
    "where do i park my motorbike", "is there a spot for a motorcycle", "parking for motorcycles",
    "can i pay with bitcoin", "bitcoin accepted?",
    "can my dog get ketamine", "is there ketamine for pets",
    "does ketamine come up in the news much",
)  # fmt: skip


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    upgrade(url)
    one = Records(url)
    yield one
    one.dispose()


def test_wordings_of_one_gap_are_one_group(records: Records) -> None:
    for text in TEXTS:
        conversation = opened(records)
        visitor = received(records, conversation, {"text": text})
        records.answer(conversation, visitor, [Message("bot", "decline", {"text": "No."})])
    group(records)
    found = [sorted(gap.text for gap in one) for one in records.gap_groups(10)]
    assert sorted(found) == sorted(sorted(part) for part in (TEXTS[:3], TEXTS[3:5], TEXTS[5:7], TEXTS[7:]))
    assert records.audit_rows(1)[0].action == "read-to-group"


def test_nothing_to_group_is_no_group(records: Records) -> None:
    assert group(records) == []
