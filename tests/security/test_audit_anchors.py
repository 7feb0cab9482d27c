"""Whatever is done to the audit, with the whole database in hand, is found: its ends are noted outside of it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.console import anchors
from frontdesk.staff_admin import work
from records import Records
from records.audit import BEGINNING, row_hash
from records.migrate import upgrade
from tests.security.inside import Inside

ROWS, NOTED = 12, (3, 7, 12)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an audit whose end was noted three times."""
    path = tmp_path_factory.mktemp("anchors") / "records.db"
    upgrade(f"sqlite:///{path}")
    records = Records(f"sqlite:///{path}")
    for number in range(1, ROWS + 1):
        records.write_audit(f"Dr. {number % 3}", "clinician", "read", f"c{number}")
        if number in NOTED:
            anchors.note(records, anchors_of(path))
    records.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    return path


def anchors_of(path: Path) -> Path:
    return path.with_name("records.db.audit-anchors")


def verdict_of(path: Path, noted: list[tuple[int, str]]) -> int | None:
    records = Records(f"sqlite:///{path}")
    try:
        return records.verify_audit(*noted).damaged
    finally:
        records.dispose()


def forge(database: sqlite3.Connection) -> None:
    """An intruder who knows all that we know makes the whole chain anew, and the note of its end."""
    database.row_factory = sqlite3.Row
    rows = [dict(row) for row in database.execute("SELECT * FROM audit ORDER BY number")]
    database.execute("DELETE FROM audit")
    chained = BEGINNING
    for number, row in enumerate(rows, 1):
        row["number"] = number
        chained = row["hash"] = row_hash(chained, row)
        database.execute(f"INSERT INTO audit ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
    database.execute("UPDATE audit_head SET number = ?, hash = ?", (len(rows), chained))


HARMS = st.one_of(
    st.tuples(
        st.just("change"), st.integers(1, ROWS), st.sampled_from(["at", "who", "role", "action", "conversation"])
    ),
    st.tuples(st.just("delete"), st.integers(1, ROWS), st.just("")),
    st.tuples(st.just("truncate"), st.integers(1, ROWS), st.just("")),
    st.tuples(st.just("swap"), st.integers(1, ROWS - 1), st.just("")),
)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HARMS)
def test_a_chain_made_anew_is_found_at_the_next_end_that_was_noted(whole: Path, harm: tuple[str, int, str]) -> None:
    kind, row, column = harm
    path = whole.with_name("harmed.db")
    shutil.copy(whole, path)
    with closing(sqlite3.connect(path)) as database, database:
        if kind == "change":
            database.execute(f"UPDATE audit SET {column} = 'Somebody else' WHERE number = ?", (row,))
        elif kind == "swap":
            for one, other in ((row, -1), (row + 1, row), (-1, row + 1)):
                database.execute("UPDATE audit SET number = ? WHERE number = ?", (other, one))
        else:
            database.execute(f"DELETE FROM audit WHERE number {'>=' if kind == 'truncate' else '='} ?", (row,))
        forge(database)
    assert verdict_of(path, []) is None  # by the database alone it cannot be seen
    noted = anchors.read(anchors_of(whole))
    assert [number for number, _ in noted] == list(NOTED)
    damaged = verdict_of(path, noted)
    left = {"truncate": row - 1, "delete": ROWS - 1}.get(kind, ROWS)
    following = next(number for number in NOTED if number >= row)
    assert damaged == min(following, left + 1)


def test_what_was_written_since_is_no_damage(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    shutil.copy(whole, path)
    records = Records(f"sqlite:///{path}")
    records.write_audit("Dr. 1", "clinician", "read")
    noted = anchors.read(anchors_of(whole))
    assert records.verify_audit(*noted).damaged is None
    assert records.verify_audit(*noted, (ROWS + 1, "0" * 64)).damaged == ROWS + 1
    assert records.verify_audit(*noted, (3, "0" * 64)).damaged == 3
    records.dispose()


@pytest.fixture
def served(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for path in (whole, anchors_of(whole)):
        shutil.copy(path, tmp_path)
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'records.db'}")
    yield tmp_path / "records.db"


def test_the_command_looks_at_what_was_noted(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert work(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert "3 earlier ends are noted" in said and f"The audit is whole: {ROWS} rows" in said
    with closing(sqlite3.connect(served)) as database, database:
        database.execute("DELETE FROM audit WHERE number > 9")
        forge(database)
    assert work(["audit", "verify"]) == 1
    assert "DAMAGED: row 10: rows up to the one that you know are missing" in capsys.readouterr().out


def test_a_damaged_note_is_named(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = anchors_of(served).read_text().splitlines()
    anchors_of(served).write_text("\n".join([lines[0], lines[1][:-1], lines[2]]))
    assert work(["audit", "verify"]) == 1
    assert capsys.readouterr().out.startswith("Line 2 of ")


def test_the_running_frontdesk_notes_the_end_by_itself(
    tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchors, "EVERY_SECONDS", 0.01)
    shutil.copy(whole, tmp_path)
    records, path = Records(f"sqlite:///{tmp_path / 'records.db'}"), tmp_path / "elsewhere" / "anchors"

    async def kept() -> list[tuple[int, str]]:
        keeping = asyncio.create_task(anchors.keep(records, path))
        while len(anchors.read(path)) < 1:
            await asyncio.sleep(0.01)
        records.write_audit("Dr. 1", "clinician", "read")
        while len(anchors.read(path)) < 2:
            await asyncio.sleep(0.01)
        keeping.cancel()
        return anchors.read(path)

    with ThreadPoolExecutor(1) as elsewhere:  # the browser tests have a loop running in this thread
        noted = elsewhere.submit(asyncio.run, asyncio.wait_for(kept(), 20)).result()
    assert [number for number, _ in noted] == [ROWS, ROWS + 1]
    assert noted[-1] == records.audit_end()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    anchors.note(records, path)
    assert path.read_bytes() == before  # nothing new, so nothing is added
    records.dispose()


def test_every_frontdesk_has_its_file_beside_its_database(desk: Inside) -> None:
    assert desk.house.settings.anchors_file == Path(f"{desk.database}.audit-anchors")
