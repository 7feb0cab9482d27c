"""Who is signed in, from where, until when; and how long to wait after a wrong password."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from records.console_schema import attempts, sessions, staff
from records.database import AHEAD, Database, now
from records.people import FULL, Person, Session
from records.staff import hashed

IDLE = dt.timedelta(minutes=15)
LONGEST = dt.timedelta(hours=12)
HALFWAY = dt.timedelta(minutes=10)  # for who has shown a password and nothing else
TOUCH_EVERY = dt.timedelta(seconds=10)  # not every request need be written down
FORGET_AFTER = dt.timedelta(hours=24)  # a failure is forgotten after this long without another


@dataclass(frozen=True)
class Backoff:
    """How the wait grows with the failures counted under one key: none for ``free`` of them, then doubling."""

    key: str
    free: int
    longest: dt.timedelta

    def wait(self, failures: int) -> dt.timedelta:
        """How long to wait after so many failures."""
        over = failures - self.free
        return min(dt.timedelta(seconds=2 ** min(over - 1, 20)), self.longest) if over > 0 else dt.timedelta()


class Sessions(Database):
    """Begins and ends sessions. The token is the browser's alone; its hash is kept."""

    def begin_session(self, person: str, stage: str, address: str, browser: str) -> str:
        """Begin a session and return its token. Sessions that are over are swept out meanwhile."""
        token = secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(~_alive()))
            connection.execute(
                insert(sessions).values(
                    token_hash=hashed(token),
                    id=secrets.token_hex(8),
                    person=person,
                    stage=stage,
                    address=address,
                    browser=browser,
                    created_at=now(),
                    seen_at=now(),
                )
            )
        return token

    def session_of(self, token: str, touch: bool = True) -> Session | None:
        """Return the session that ``token`` opens, or None when there is none, it is over, or its person is disabled.

        Args:
            token: What the browser sent.
            touch: Whether a person did something. What a page does by itself keeps no session alive.
        """
        mine = and_(sessions.c.token_hash == hashed(token), _alive())
        with self._reader.connect() as connection:
            found = _read(connection, mine)
        if not found:
            return None
        if touch and now() - found[0].seen_at > TOUCH_EVERY:
            with self._engine.begin() as connection:
                connection.execute(update(sessions).where(mine).values(seen_at=now()))
        return found[0]

    def sessions_of(self, person: str) -> list[Session]:
        """Return a person's sessions, the one that was used last first."""
        with self._reader.connect() as connection:
            return _read(connection, and_(sessions.c.person == person, sessions.c.stage == FULL, _alive()))

    def end_session(self, person: str, session: str) -> bool:
        """End the session of a person that has this id; return whether there was one."""
        with self._engine.begin() as connection:
            mine = (sessions.c.person == person, sessions.c.id == session)
            return bool(connection.execute(delete(sessions).where(*mine)).rowcount)

    def try_sign_in(self, limits: Sequence[Backoff]) -> dt.timedelta:
        """Count one attempt under every key, as if it failed; or count nothing and return how long to wait first.

        Counting comes before looking at what was sent, so that a hundred guesses at once are a hundred failures.
        Who succeeds calls :meth:`signed_in`.
        """
        while True:
            with suppress(IntegrityError):  # somebody else made the row of a key a moment ago
                return self._try(limits)

    def _try(self, limits: Sequence[Backoff]) -> dt.timedelta:
        with self._engine.begin() as connection:
            keys = {hashed(limit.key): limit for limit in limits}
            query = select(attempts).where(attempts.c.key_hash.in_(keys)).with_for_update()
            known = {row["key_hash"]: row for row in connection.execute(query).mappings()}
            at = now()  # not before: waiting for the lock is no reason to be told to wait
            latest = at + max((limit.longest for limit in limits), default=dt.timedelta()) + AHEAD
            until = max((row["wait_until"] for row in known.values() if row["wait_until"] <= latest), default=at)
            if until > at:
                return until - at
            connection.execute(delete(attempts).where(attempts.c.last_at < at - FORGET_AFTER))
            for key, limit in keys.items():
                _count(connection, known.get(key), key, limit, at)
            return dt.timedelta()

    def signed_in(self, cleared: Sequence[str], shared: str, tries: int) -> None:
        """The person has shown who they are: what was counted meanwhile were no failures.

        Args:
            cleared: Keys whose failures are forgotten.
            shared: A key that others have too; only this person's tries are taken off it.
            tries: How many those were.
        """
        with self._engine.begin() as connection:
            connection.execute(delete(attempts).where(attempts.c.key_hash.in_([hashed(key) for key in cleared])))
            mine = (attempts.c.key_hash == hashed(shared), attempts.c.failures >= tries)
            connection.execute(update(attempts).where(*mine).values(failures=attempts.c.failures - tries))


def _count(connection: Connection, row: RowMapping | None, key: str, limit: Backoff, at: dt.datetime) -> None:
    is_new = row is None or row["last_at"] < at - FORGET_AFTER
    failures = 1 if row is None or is_new else row["failures"] + 1
    values = {"failures": failures, "last_at": at, "wait_until": at + limit.wait(failures)}
    if is_new:
        connection.execute(insert(attempts).values(key_hash=key, **values))
    else:
        connection.execute(update(attempts).where(attempts.c.key_hash == key).values(**values))


def _alive() -> ColumnElement[bool]:
    at = now()
    full = and_(sessions.c.stage == FULL, sessions.c.seen_at > at - IDLE, sessions.c.created_at > at - LONGEST)
    halfway = and_(sessions.c.stage != FULL, sessions.c.created_at > at - HALFWAY)
    # When the clock was set back nobody knows how long a session was not used: it is over.
    return and_(sessions.c.seen_at < at + AHEAD, or_(full, halfway))


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Session]:
    own = [column.label(f"session_{column.name}") for column in sessions.c]
    query = (
        select(*own, staff)
        .join(staff, staff.c.id == sessions.c.person)
        .where(condition, staff.c.disabled_at.is_(None))
        .order_by(sessions.c.seen_at.desc())
    )
    fields = ("id", "stage", "address", "browser", "created_at", "seen_at")
    return [
        Session(person=Person.of(row), **{name: row[f"session_{name}"] for name in fields})
        for row in connection.execute(query).mappings()
    ]
