"""Signatures under answers: which clinician signed exactly which text, when, and until when that holds."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.engine import RowMapping

from records.answer_schema import signatures
from records.database import Database, now
from records.people import Person


@dataclass(frozen=True)
class Signature:
    """A clinician has signed ``content``, and ``until`` that day, included, it holds.

    ``person`` is the account's id, ``by`` the name, ``digest`` the SHA-256 of ``content`` in UTF-8.
    """

    topic: str
    digest: str
    content: str
    person: str
    by: str
    at: dt.datetime
    until: dt.date

    @classmethod
    def of(cls, row: RowMapping) -> Signature:
        """The signature in a row of its table."""
        return cls(**{key: row[key] for key in cls.__dataclass_fields__})


class Signatures(Database):
    """Keeps signatures. They are added, and never changed or taken away."""

    def sign(self, topic: str, content: str, person: Person, until: dt.date) -> Signature:
        """Sign ``content`` as the answer to ``topic``. The same once more, until the same day, adds nothing."""
        digest = hashlib.sha256(content.encode()).hexdigest()
        new = Signature(topic, digest, content, person.id, person.name, now(), until)
        with self._engine.begin() as connection:
            query = select(signatures).where(signatures.c.topic == topic).order_by(signatures.c.number.desc()).limit(1)
            if row := connection.execute(query).mappings().first():
                last = Signature.of(row)
                if (last.digest, last.person, last.until) == (digest, person.id, until):
                    return last
            connection.execute(insert(signatures).values(**new.__dict__))
        return new

    def signature(self, topic: str) -> Signature | None:
        """Return the latest signature under the answer to ``topic``."""
        return next(iter(self.signatures_of(topic, 1)), None)

    def signatures_of(self, topic: str, limit: int | None = None) -> list[Signature]:
        """Return the signatures under the answer to ``topic``, the latest first."""
        query = select(signatures).where(signatures.c.topic == topic).order_by(signatures.c.number.desc()).limit(limit)
        with self._reader.connect() as connection:
            return [Signature.of(row) for row in connection.execute(query).mappings()]

    def latest_signatures(self) -> dict[str, Signature]:
        """Return the latest signature under every answer that has one, by topic."""
        latest = select(func.max(signatures.c.number)).group_by(signatures.c.topic)
        query = select(signatures).where(signatures.c.number.in_(latest))
        with self._reader.connect() as connection:
            return {row["topic"]: Signature.of(row) for row in connection.execute(query).mappings()}
