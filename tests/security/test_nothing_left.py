"""What visitors and clinicians say is readable in no file of a running frontdesk, and gone from all once it is erased."""

from __future__ import annotations

import base64
import itertools
import os
import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest

from content.catalogue import ROOT
from records import Records
from tests.chat.alone import frontdesk_alone
from tests.conftest import Visitor
from tests.console.parts import Desk, Staff, somebody
from tests.faults.engine import engine_alone
from tools.house import House

IN_EACH = 24  # addresses in a message
# What is in no copy of a message that somebody may read, redacted or not; and what a redacted copy may well have.
IDENTIFIER, WORDS = "zq{}wombat", "quagga{}plum"
MARK = re.compile(rb"zq\d{4}wombat|quagga\d{4}plum", re.IGNORECASE)


class Planted:
    """Makes identifiers that are nowhere else, and remembers them."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1000)
        self.identifiers: list[str] = []

    def email(self) -> str:
        """An address that tells who somebody is."""
        self.identifiers.append(IDENTIFIER.format(next(self._numbers)))
        return f"{self.identifiers[-1]}@mail-clinic.com"

    def words(self) -> str:
        """Words that tell nothing by themselves; they must go all the same when all is erased."""
        return WORDS.format(next(self._numbers))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    var = tmp_path_factory.mktemp("planted")
    settings = {"FRONTDESK_ENGINE_SECONDS": "1", "FRONTDESK_RATE_LIMITS": "off"}
    with engine_alone() as engine, frontdesk_alone(var, FRONTDESK_RASA_URL=engine, **settings) as house:
        records = Records(house.database_url, house.keys)
        desk = Desk(house, records)
        yield desk
        desk.close_browsers()
        records.dispose()


@pytest.fixture(scope="module")
def clinician(desk: Desk) -> Staff:
    return somebody(desk, "clinician", "manager")


def marks_in(content: bytes) -> set[bytes]:
    """Every mark in some bytes: as UTF-8, as UTF-16 of both kinds, as hexadecimal, and as base64 at any offset."""
    found = set(MARK.findall(content))
    found |= set(MARK.findall(content.replace(b"\0", b"")))
    for run in re.findall(rb"(?:[0-9A-Fa-f]{2}){12,}", content):
        found |= set(MARK.findall(bytes.fromhex(run.decode())))
    for run in re.findall(rb"[A-Za-z0-9+/_-]{16,}", content):
        for shift in range(4):
            part = run[shift:].translate(bytes.maketrans(b"-_", b"+/"))
            decoded = base64.b64decode(part + b"A" * (-len(part) % 4))
            found |= set(MARK.findall(decoded)) | set(MARK.findall(decoded.replace(b"\0", b"")))
    return found


def left(house: House) -> set[tuple[str, bytes]]:
    """Every mark in every file of the frontdesk: database, its journals and indexes, logs."""
    files = [path for path in house.var.rglob("*") if path.is_file()]
    assert {"records.db", "house.log"} <= {path.name for path in files}
    return {(path.name, mark) for path in files for mark in marks_in(path.read_bytes())}


def planted(desk: Desk, clinician: Staff, planted: Planted, messages: int = 1) -> Visitor:
    """A conversation with identifiers in everything that a visitor and a clinician can write."""
    new, words, visitor = planted.email, planted.words, Visitor(desk.house.api)
    for _ in range(messages):
        text = f"My address is {' or '.join(new() for _ in range(IN_EACH))}, {words()}?"
        assert visitor.post(text=text).status_code == 200
    reply = next(message["seq"] for message in visitor.log() if message["kind"] == "answer")
    rated = {"seq": reply, "helpful": False, "comment": f"{new()} {words()}"}
    assert visitor.http.post(f"/{visitor.id}/feedback", json=rated).status_code == 204
    assert visitor.post(choice="person").status_code == 200
    for _ in range(2):
        contact = {"client_id": str(uuid.uuid4()), "name": new(), "email": new(), "best_time": new(), "consent": True}
        assert visitor.http.post(f"/{visitor.id}/contact", json=contact).status_code == 200
    there = f"/conversations/{visitor.id}"
    clinician.get(there)
    assert clinician.post(f"{there}/take-over").status_code == 303
    for step, fields in (
        *(("reply", {"text": f"I wrote to {new()} {words()}", "id": str(uuid.uuid4())}) for _ in range(2)),
        *(("note", {"text": f"Called {new()} {words()}", "id": str(uuid.uuid4())}) for _ in range(2)),
        ("mark", {"seq": "2", "judgement": "new_topic", "note": f"{new()} {words()}"}),
        ("close", {"outcome": f"{new()} {words()}"}),
    ):
        assert clinician.post(f"{there}/{step}", **fields).status_code == 303, step
    # What is refused, too: it must be in no log.
    assert visitor.http.post(f"/{visitor.id}/messages", json={"text": new(), "what": new()}).status_code == 422
    assert visitor.http.get(f"/{visitor.id}/messages", params={"after": new()}).status_code == 422
    return visitor


def made_old(desk: Desk, visitor: Visitor) -> None:
    """What four hundred days do to a conversation."""
    ago = "strftime('%Y-%m-%d %H:%M:%f000', {0}, '-400 days')"
    for table, time, key in (
        ("conversations", "created_at", "id"), ("messages", "sent_at", "conversation"), ("cases", "closed_at", "conversation"),
    ):  # fmt: skip
        desk.sql(f"UPDATE {table} SET {time} = {ago.format(time)} WHERE {key} = ?", visitor.id)


def command(house: House, *words: str) -> str:
    """Run one of the frontdesk's commands beside it."""
    settings = {
        "FRONTDESK_DATABASE_URL": house.database_url,
        "FRONTDESK_RASA_URL": house.environment["FRONTDESK_RASA_URL"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "frontdesk", *words],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_looked_for_would_be_found() -> None:
    word = IDENTIFIER.format(1234).encode()
    forms = [
        word, word.decode().encode("utf-16-le"), word.decode().encode("utf-16-be"), word.hex().encode(),
        word.hex().upper().encode(), *(base64.b64encode(b"x" * shift + word) for shift in range(3)),
        base64.urlsafe_b64encode(b"\xff\xfe" + word.decode().encode("utf-16-le")),
    ]  # fmt: skip
    for form in forms:
        assert marks_in(b"\xff before " + form + b" after \xfe") == {word}, form


def test_nothing_is_in_the_clear_before_and_nothing_is_left_after(desk: Desk, clinician: Staff) -> None:
    marks = Planted()
    by_itself, by_staff, by_time = (planted(desk, clinician, marks, messages) for messages in (6, 1, 1))
    assert len(marks.identifiers) >= 200
    visitors = (by_itself, by_staff, by_time)
    kept = repr([desk.records.messages_after(one.id, 0) for one in visitors])
    assert sum(identifier in kept for identifier in marks.identifiers) >= 190  # they are there, for who has the key
    identifiers = {identifier.encode() for identifier in marks.identifiers}
    assert {(name, mark) for name, mark in left(desk.house) if mark in identifiers} == set()

    made_old(desk, by_time)
    assert by_itself.http.delete(f"/{by_itself.id}").status_code == 202
    assert "Receipt:" in command(desk.house, "erase", by_staff.id, "--reason", "a letter")
    assert "Deleted: 0 ordinary, 1 with case, 0 with crisis." in command(desk.house, "retain")
    assert left(desk.house) == set()
    with closing(sqlite3.connect(desk.house.var / "records.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = repr({name: database.execute(f"SELECT * FROM {name}").fetchall() for name in tables if name != "audit"})
    for visitor in visitors:
        assert visitor.id not in rows
        visitor.http.close()
    assert "The audit is whole" in command(desk.house, "audit", "verify")
