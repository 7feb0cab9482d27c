"""A fresh database a test, and a visitor in danger in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from records import Message, Records
from records.migrate import upgrade

OPENING = Message("bot", "opening", {"text": "Welcome."})


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    upgrade(url)
    one = Records(url)
    yield one
    one.dispose()


@pytest.fixture
def conversation(records: Records) -> str:
    return records.open_conversation("https://clinic.example", "en-US", OPENING)[0].id
