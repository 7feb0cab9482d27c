"""The clinic's people: who may use the console, in which roles, and the links by which they begin."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from records.console_schema import invitations, recovery_codes, sessions, staff
from records.database import Database, now
from records.errors import InvitationGone, LastManager, NameReserved, NameTaken, PersonNotFound
from records.handoff import let_go
from records.people import Invitation, Person, is_nobodys

MANAGER = "manager"
CLINICIAN = "clinician"


class Staff(Database):
    """Adds, changes and disables people. Nobody is deleted: the audit names them."""

    def add_person(self, login: str, name: str, roles: Sequence[str]) -> Person:
        """Add a person, who cannot sign in until they have followed an invitation.

        Raises:
            NameTaken: Somebody has that login or name, or nobody may have it.
        """
        with self._engine.begin() as connection:
            return _add(connection, login, name, roles)

    def people(self) -> list[Person]:
        """Return everybody, by name."""
        with self._reader.connect() as connection:
            return [Person.of(row) for row in connection.execute(select(staff).order_by(staff.c.name)).mappings()]

    def person(self, person: str) -> Person:
        """Return a person by id.

        Raises:
            PersonNotFound: There is none.
        """
        with self._reader.connect() as connection:
            return _person(connection, person)

    def person_by_login(self, login: str) -> Person | None:
        """Return the person who signs in as ``login``, or None."""
        with self._reader.connect() as connection:
            row = connection.execute(select(staff).where(staff.c.login == login.lower())).mappings().first()
        return Person.of(row) if row else None

    def set_roles(self, person: str, roles: Sequence[str]) -> None:
        """Give a person other roles; they count from the next request on.

        Whoever a clinician no longer may write with goes into the queue.

        Raises:
            PersonNotFound: There is none.
            LastManager: Nobody could manage people any more.
        """
        with self._engine.begin() as connection:
            found = _person(connection, person)
            if MANAGER not in roles:
                _keep_a_manager(connection, found)
            connection.execute(update(staff).where(staff.c.id == person).values(roles=list(roles)))
            if CLINICIAN in found.roles and CLINICIAN not in roles:
                let_go(connection, self._seals, found.name, "no longer a clinician")

    def disable(self, person: str) -> None:
        """Let a person sign in no more; their sessions and invitations end. A second time changes nothing.

        Whoever they were writing with goes into the queue: a visitor must not wait for somebody who is gone.

        Raises:
            PersonNotFound: There is none.
            LastManager: Nobody could manage people any more.
        """
        with self._engine.begin() as connection:
            found = _person(connection, person)
            if found.disabled_at is None:
                _keep_a_manager(connection, found)
                connection.execute(update(staff).where(staff.c.id == person).values(disabled_at=now()))
                let_go(connection, self._seals, found.name, "no longer here")
            _cut_off(connection, person)

    def enable(self, person: str) -> None:
        """Let a disabled person sign in again, with the password and authenticator they had.

        Raises:
            PersonNotFound: There is none.
        """
        with self._engine.begin() as connection:
            _person(connection, person)
            connection.execute(update(staff).where(staff.c.id == person).values(disabled_at=None))

    def reset_person(self, person: str) -> None:
        """Forget a person's password, authenticator and recovery codes, and end their sessions: they begin anew.

        Raises:
            PersonNotFound: There is none.
        """
        with self._engine.begin() as connection:
            _person(connection, person)
            forgotten = {"password_hash": None, "totp_secret": None, "totp_since": None, "totp_step": None}
            connection.execute(update(staff).where(staff.c.id == person).values(**forgotten))
            connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person))
            _cut_off(connection, person)

    def invite(self, person: str, expires_at: dt.datetime) -> str:
        """Return the token of a link by which a person chooses their password; earlier links no longer work.

        Raises:
            PersonNotFound: There is none.
        """
        with self._engine.begin() as connection:
            _person(connection, person)
            connection.execute(delete(invitations).where(invitations.c.person == person))
            return _invite(connection, person, expires_at)

    def invite_first_manager(self, expires_at: dt.datetime) -> str | None:
        """Return the token of a link that makes the first manager; None when somebody can manage people already."""
        with self._engine.begin() as connection:
            if _managers(connection):
                return None
            connection.execute(delete(invitations).where(invitations.c.person.is_(None)))
            return _invite(connection, None, expires_at)

    def invitation(self, token: str) -> Invitation:
        """Return what a link is for; looking at it uses nothing up.

        Raises:
            InvitationGone: It was used, has expired, or never was.
        """
        with self._reader.connect() as connection:
            return _invitation(connection, token)

    def accept_invitation(self, token: str, password_hash: str, login: str = "", name: str = "") -> Person:
        """Use a link up: set the password of its person, or make the first manager under ``login`` and ``name``.

        Raises:
            InvitationGone: It was used, has expired, or never was.
            NameTaken: Somebody has that login or name, or nobody may; the link can be used again.
        """
        with self._engine.begin() as connection:
            invited = _invitation(connection, token, lock=True).person
            if invited is None:
                if _managers(connection):
                    raise InvitationGone(token)
                invited = _add(connection, login, name, (MANAGER,))
            connection.execute(
                update(invitations).where(invitations.c.token_hash == hashed(token)).values(used_at=now())
            )
            connection.execute(update(staff).where(staff.c.id == invited.id).values(password_hash=password_hash))
            return _person(connection, invited.id)


def hashed(token: str) -> str:
    """Return how a token that only its holder knows is kept. Tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _add(connection: Connection, login: str, name: str, roles: Sequence[str]) -> Person:
    if is_nobodys(name) or is_nobodys(login):
        raise NameReserved(login, name)
    person = Person(secrets.token_hex(8), login.lower(), name, tuple(roles), now())
    try:
        with connection.begin_nested():
            connection.execute(insert(staff).values(**{**person.__dict__, "roles": list(roles)}))
    except IntegrityError as error:
        raise NameTaken(login, name) from error
    return person


def _person(connection: Connection, person: str) -> Person:
    row = connection.execute(select(staff).where(staff.c.id == person)).mappings().first()
    if row is None:
        raise PersonNotFound(person)
    return Person.of(row)


def _invite(connection: Connection, person: str | None, expires_at: dt.datetime) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(insert(invitations).values(token_hash=hashed(token), person=person, expires_at=expires_at))
    return token


def _invitation(connection: Connection, token: str, lock: bool = False) -> Invitation:
    query = select(invitations).where(invitations.c.token_hash == hashed(token))
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None or row["used_at"] or row["expires_at"] <= now():
        raise InvitationGone(token)
    person = _person(connection, row["person"]) if row["person"] else None
    if person and person.disabled_at:
        raise InvitationGone(token)
    return Invitation(person, row["expires_at"])


def _managers(connection: Connection) -> list[str]:
    """The people who can manage people: the roles are JSON, which each database searches in its own way."""
    # Locked, so that two managers who disable each other at the same moment do not both succeed.
    rows = connection.execute(select(staff).where(staff.c.disabled_at.is_(None)).with_for_update()).mappings()
    return [row["id"] for row in rows if MANAGER in row["roles"] and row["password_hash"]]


def _keep_a_manager(connection: Connection, leaving: Person) -> None:
    if MANAGER in leaving.roles and _managers(connection) == [leaving.id]:
        raise LastManager(leaving.name)


def _cut_off(connection: Connection, person: str) -> None:
    for table in (sessions, invitations):
        connection.execute(delete(table).where(table.c.person == person))
