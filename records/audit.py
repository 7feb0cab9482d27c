"""Who read and did what, in rows that hang together: none can be changed, moved or taken out unseen.

Each row's hash is SHA-256 over the previous row's hash and the row itself as canonical JSON. Whoever can write the
whole database can also write a whole new chain, or cut rows off with the note of the last one; that is seen by who has
kept number and hash of an earlier last row, as :mod:`frontdesk.console.anchors` does.

A reason that somebody gives about a conversation may quote the visitor. So it is sealed with the conversation's key,
and the chain is over the sealed form: it holds when the conversation is erased, and the reason can no longer be read.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from records.console_schema import audit, audit_head
from records.database import Database, now
from records.people import AuditRow, Verdict
from records.schema import data_keys
from records.seal import Seal

BEGINNING = "0" * 64
SEALED, REASON = "sealed:", "reason in audit row"
HASHED = ("number", "at", "who", "role", "action", "conversation", "reason")


class Audit(Database):
    """Writes the audit and verifies it."""

    def write_audit(
        self, who: str, role: str, action: str, conversation: str | None = None, reason: str | None = None
    ) -> int:
        """Append a row and return its number. When this raises, nothing may be shown or done.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It cannot be written.
        """
        (number,) = self.write_audits(who, role, action, [conversation], reason)
        return number

    def write_audits(
        self, who: str, role: str, action: str, conversations: Sequence[str | None], reason: str | None = None
    ) -> list[int]:
        """Append a row for each of some conversations, all or none; see :meth:`write_audit`."""
        rows = []
        with self._engine.begin() as connection:
            head = connection.execute(select(audit_head).with_for_update()).mappings().one()
            at, last = now().isoformat(timespec="microseconds"), head["hash"]
            seals = self._seals.of_all(connection, [one for one in conversations if one is not None] if reason else [])
            for number, conversation in enumerate(conversations, start=head["number"] + 1):
                why = reason
                if conversation is not None and reason is not None:
                    why = _close(seals.get(conversation), number, reason)
                row = AuditRow(number, at, who, role, action, conversation, why)
                last = row_hash(last, row.__dict__)
                rows.append({**row.__dict__, "hash": last})
            if rows:
                connection.execute(insert(audit), rows)
                connection.execute(update(audit_head).values(number=rows[-1]["number"], hash=last))
        return [row["number"] for row in rows]

    def audit_rows(
        self, limit: int = 200, before: int | None = None, conversation: str | None = None
    ) -> list[AuditRow]:
        """Return rows, the newest first; without the reasons given about conversations that were erased.

        Raises:
            SealBroken: A reason is not as it was written.
        """
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        if conversation is not None:
            query = query.where(audit.c.conversation == conversation)
        with self._reader.connect() as connection:
            rows = [AuditRow(**row) for row in connection.execute(query).mappings()]
            about = {row.conversation for row in rows if row.conversation and _is_sealed(row.reason)}
            # Another process may have erased some whose key is still open here.
            there = select(data_keys.c.conversation).where(data_keys.c.conversation.in_(about))
            about = set(connection.scalars(there))
            seals = self._seals.of_all(connection, about)
        return [_opened(seals, row) for row in rows]

    def audit_end(self) -> tuple[int, str]:
        """Return number and hash of the last row; 0 when there is none."""
        with self._reader.connect() as connection:
            return _head(connection)

    def verify_audit(self, *known: tuple[int, str]) -> Verdict:
        """Follow the chain from its beginning.

        Args:
            known: Numbers and hashes of rows, as kept elsewhere.
        """
        with self._reader.connect() as connection:
            head = _head(connection)
            verdict = _follow(connection, head[0], known)
            last = connection.scalar(select(func.max(audit.c.number))) or 0
            added = last > _head(connection)[0]  # not by a row that is being written while we read
        if verdict.damaged is not None:
            return verdict
        after = verdict.rows + 1
        if head != (verdict.rows, verdict.head):
            return Verdict(verdict.rows, verdict.head, after, "rows are missing at the end")
        if any(number > verdict.rows for number, _ in known):
            return Verdict(verdict.rows, verdict.head, after, "rows up to the one that you know are missing")
        if added:
            return Verdict(verdict.rows, verdict.head, after, "this row was not written by the assistant")
        return verdict

    def _append(
        self,
        connection: Connection,
        who: str,
        role: str,
        action: str,
        conversation: str | None,
        reason: str | None,
    ) -> int:
        head = connection.execute(select(audit_head).with_for_update()).mappings().one()
        at, number = now().isoformat(timespec="microseconds"), head["number"] + 1
        if conversation is not None and reason is not None:
            seals = self._seals.of_all(connection, [conversation])
            reason = _close(seals.get(conversation), number, reason)
        row = AuditRow(number, at, who, role, action, conversation, reason)
        chained = row_hash(head["hash"], row.__dict__)
        connection.execute(insert(audit).values(**{**row.__dict__, "hash": chained}))
        connection.execute(update(audit_head).values(number=row.number, hash=chained))
        return row.number


def row_hash(previous: str, row: dict[str, Any]) -> str:
    """Return the hash that a row must have after the row whose hash is ``previous``."""
    content = {name: row[name] for name in HASHED}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}{canonical}".encode()).hexdigest()


def _close(seal: Seal | None, number: int, reason: str) -> str | None:
    """The reason as it is stored; nothing, if the conversation was erased a moment ago."""
    return SEALED + base64.b64encode(seal.close(REASON, number, reason)).decode() if seal else None


def _is_sealed(reason: str | None) -> bool:
    return reason is not None and reason.startswith(SEALED)


def _opened(seals: Mapping[str, Seal], row: AuditRow) -> AuditRow:
    if row.conversation is None or row.reason is None or not _is_sealed(row.reason):
        return row  # one about a conversation is from before reasons were sealed
    seal = seals.get(row.conversation)
    sealed = base64.b64decode(row.reason.removeprefix(SEALED))
    return replace(row, reason=seal.open(REASON, row.number, sealed) if seal else None)


def _head(connection: Connection) -> tuple[int, str]:
    row = connection.execute(select(audit_head)).mappings().first()
    return (row["number"], row["hash"]) if row else (0, "")


def _follow(connection: Connection, until: int, known: Sequence[tuple[int, str]]) -> Verdict:
    rows, head = 0, BEGINNING
    expected: dict[int, set[str]] = {}
    for number, kept in known:
        expected.setdefault(number, set()).add(kept)
    query = select(audit).where(audit.c.number <= until).order_by(audit.c.number).execution_options(yield_per=1000)
    for row in connection.execute(query).mappings():
        if row["number"] != rows + 1:
            return Verdict(rows, head, rows + 1, "this row is missing")
        if row["hash"] != row_hash(head, dict(row)):
            return Verdict(rows, head, row["number"], "this row was changed, or what came before it was")
        rows, head = row["number"], row["hash"]
        if expected.get(rows, {head}) != {head}:
            return Verdict(rows, head, rows, "this row has another hash than the one that you know")
    return Verdict(rows, head)
