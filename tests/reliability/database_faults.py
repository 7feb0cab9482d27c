"""The database is locked by somebody else, or its disk is full, while the assistant runs."""

from __future__ import annotations

import resource
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import httpx

from tests.escalation.parts import wait_for
from tests.reliability.engine import LATE, answer_to
from tests.reliability.guest import Guest
from tests.reliability.rig import Rig


def locked(rig: Rig) -> str:
    """Another process holds the write lock for longer than anybody waits."""
    guest, client_id = rig.guest(), str(uuid.uuid4())
    with held(rig):
        shown = not_kept(guest.send("locked out", client_id))
        assert [message["author"] for message in guest.log()] == ["bot"]  # it can still be read
    _sent_again(guest, "locked out", client_id)
    return shown


def locked_in_mid_turn(rig: Rig) -> str:
    """The message is stored, and its answer cannot be. Nobody sends it again; its turn is ended all the same."""
    guest, text = rig.guest(), f"{LATE} lock"
    with closing(sqlite3.connect(rig.database, isolation_level=None, timeout=5)) as other:
        with suppress(httpx.ReadTimeout):
            guest.http.post(f"/{guest.id}/messages", json={"client_id": str(uuid.uuid4()), "text": text}, timeout=0.3)
            raise AssertionError("it was answered before the lock")
        assert rig.open_turns
        other.execute("BEGIN IMMEDIATE")
        before = rig.log.count("SQLITE_BUSY")
        wait_for(lambda: rig.log.count("SQLITE_BUSY") > before)
        other.execute("COMMIT")
    wait_for(lambda: not rig.open_turns, 15)
    assert guest.log()[-1]["text"] == answer_to(text)
    return "the answer, when the lock is gone"


def full(rig: Rig) -> str:
    """Nothing can be written any more, then there is room again."""
    guest, client_id = rig.guest(), str(uuid.uuid4())
    with no_room(rig):
        shown = not_kept(guest.send("no room", client_id))
        not_kept(guest.send("I want to kill myself"))  # with the numbers to call
        refused = guest.http.post(f"{rig.house.api}/api/v1/conversations", json={"origin": ""})
        not_kept(refused)
        ready = guest.http.get(f"{rig.house.api}/health/ready")
        assert (ready.status_code, ready.json()["database"]) == (503, "down: OperationalError")
    _sent_again(guest, "no room", client_id)
    return shown


@contextmanager
def held(rig: Rig) -> Iterator[None]:
    with closing(sqlite3.connect(rig.database, isolation_level=None, timeout=5)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("COMMIT")


@contextmanager
def no_room(rig: Rig) -> Iterator[None]:
    """Let the frontdesk write no byte to any file, as on a full disk, for anybody's rights."""
    before = resource.prlimit(rig.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(rig.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(rig.pid, resource.RLIMIT_FSIZE, before)


def not_kept(response: httpx.Response) -> str:
    """Check that a refusal is clear, says when to try again and whom to call, and return it."""
    assert (response.status_code, response.json()["type"]) == (503, "/problems/not-kept"), response.text
    assert int(response.headers["Retry-After"]) > 0
    shown = str(response.json()["title"])
    assert "911" in shown and "988" in shown
    return f"503: {shown}"


def _sent_again(guest: Guest, text: str, client_id: str) -> None:
    assert guest.told(text, client_id)["text"] == answer_to(text)
    assert guest.told(text, client_id)["text"] == answer_to(text)  # once more changes nothing
