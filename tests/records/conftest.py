"""A fresh database a test: a copy of one that was made by the migrations."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from records import Records
from tests.records.parts import opened


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Path:
    path = tmp_path / "folder" / "records.db"
    path.parent.mkdir()
    shutil.copy(migrated, path)
    return path


@pytest.fixture
def records(database: Path) -> Iterator[Records]:
    one = Records(f"sqlite:///{database}")
    yield one
    one.dispose()


@pytest.fixture
def other(database: Path) -> Iterator[Records]:
    """The same database as another process has it."""
    one = Records(f"sqlite:///{database}")
    yield one
    one.dispose()


@pytest.fixture
def conversation(records: Records) -> str:
    return opened(records)
