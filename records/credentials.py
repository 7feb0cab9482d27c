"""What proves who a person is: password, authenticator, recovery codes. Only hashes and the authenticator's secret."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from records.console_schema import recovery_codes, sessions, staff
from records.database import Database, now
from records.errors import PersonNotFound


class Credentials(Database):
    """Keeps what people sign in with."""

    def set_password(self, person: str, password_hash: str, keep: str | None = None) -> None:
        """Set a password and end the person's sessions, except the one whose id is ``keep``.

        Raises:
            PersonNotFound: There is none.
        """
        with self._engine.begin() as connection:
            changed = connection.execute(
                update(staff).where(staff.c.id == person).values(password_hash=password_hash)
            ).rowcount
            if not changed:
                raise PersonNotFound(person)
            connection.execute(delete(sessions).where(sessions.c.person == person, sessions.c.id != (keep or "")))

    def rehash_password(self, person: str, old_hash: str, new_hash: str) -> None:
        """Keep the same password under a stronger hash, unless it was changed meanwhile."""
        with self._engine.begin() as connection:
            same = (staff.c.id == person, staff.c.password_hash == old_hash)
            connection.execute(update(staff).where(*same).values(password_hash=new_hash))

    def begin_totp(self, person: str, secret: str) -> str:
        """Return the secret for a person's authenticator: ``secret``, or the one they began with and not yet proved.

        Raises:
            PersonNotFound: There is none, or their authenticator is set up already.
        """
        with self._engine.begin() as connection:
            unset = (staff.c.id == person, staff.c.totp_since.is_(None))
            connection.execute(update(staff).where(*unset, staff.c.totp_secret.is_(None)).values(totp_secret=secret))
            found: str | None = connection.scalar(select(staff.c.totp_secret).where(*unset))
            if found is None:
                raise PersonNotFound(person)
            return found

    def confirm_totp(self, person: str, step: int, code_hashes: Sequence[str]) -> bool:
        """Remember that the authenticator works, with its first code's time step and the recovery codes.

        Returns whether it was this call that set it up.
        """
        with self._engine.begin() as connection:
            unset = (staff.c.id == person, staff.c.totp_since.is_(None), staff.c.totp_secret.is_not(None))
            done = connection.execute(update(staff).where(*unset).values(totp_since=now(), totp_step=step)).rowcount
            if done:
                _replace_codes(connection, person, code_hashes)
            return bool(done)

    def use_totp_step(self, person: str, step: int) -> bool:
        """Accept a code by its time step, once: false when this code or a later one was accepted before."""
        with self._engine.begin() as connection:
            fresh = or_(staff.c.totp_step.is_(None), staff.c.totp_step < step)
            used = connection.execute(update(staff).where(staff.c.id == person, fresh).values(totp_step=step))
            return bool(used.rowcount)

    def set_recovery_codes(self, person: str, code_hashes: Sequence[str]) -> None:
        """Replace a person's recovery codes."""
        with self._engine.begin() as connection:
            _replace_codes(connection, person, code_hashes)

    def use_recovery_code(self, person: str, code_hash: str) -> bool:
        """Accept a recovery code, once."""
        with self._engine.begin() as connection:
            unused = (
                recovery_codes.c.person == person,
                recovery_codes.c.code_hash == code_hash,
                recovery_codes.c.used_at.is_(None),
            )
            return bool(connection.execute(update(recovery_codes).where(*unused).values(used_at=now())).rowcount)

    def recovery_codes_left(self, person: str) -> int:
        """Return how many recovery codes a person has not used."""
        unused = (recovery_codes.c.person == person, recovery_codes.c.used_at.is_(None))
        with self._reader.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(recovery_codes).where(*unused)) or 0)


def _replace_codes(connection: Connection, person: str, code_hashes: Sequence[str]) -> None:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person))
    for code_hash in code_hashes:
        connection.execute(insert(recovery_codes).values(person=person, code_hash=code_hash))
