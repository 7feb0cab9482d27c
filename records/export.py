"""What is held about one conversation, for a file: as staff hand it on, or as its visitor may ask to see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.engine import RowMapping

from records.database import ERASED, Database
from records.errors import ConversationNotFound
from records.log import read
from records.schema import cases, contacts, conversations, feedback, flags, messages, pages, transitions
from records.sealed_rows import FORMS, open_row

REDACTED, ORIGINAL, ACCESS = SCOPES = ("redacted", "original", "access")
NOT_SENT = "[said in the candidacy guide and not sent to the clinic]"
NOT_REDACTED = "[there is no redacted copy of this message]"


@dataclass(frozen=True)
class Line:
    """One thing that is held: ``what`` it is, when it was kept, from whom, and what it says."""

    what: str
    at: dt.datetime | None
    by: str
    says: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Exported:
    """A conversation with its lines in the order of time. ``scope`` says which, see :meth:`Export.exported`."""

    conversation: str
    scope: str
    began: dt.datetime
    locale: str
    origin: str
    location: str
    lines: tuple[Line, ...]


class Export(Database):
    """Reads conversations for export."""

    def exported(self, conversation: str, scope: str = REDACTED) -> Exported:
        """Return a conversation for export.

        Args:
            conversation: Its id.
            scope: ``redacted``: messages as their redacted copies, with cases and the crisis flag, and nothing else
                that anybody wrote. ``original``: the same with the words that were written. ``access``: everything
                that is held about the visitor, contact data, comments and reasons too, but for what staff write for
                each other: notes, tags and marks.

        Raises:
            ConversationNotFound: There is none, or nothing but its pages is left of it.
            SealBroken: Something is not as it was written.
        """
        with self._reader.connect() as connection:
            row = connection.execute(select(conversations).where(conversations.c.id == conversation)).mappings().first()
            if row is None or row["owner"] == ERASED:
                raise ConversationNotFound(conversation)
            lines = [*self._said(connection, conversation, scope), *self._cases_in(connection, conversation, scope)]
            for flag in self._rows(connection, flags, conversation):
                reason = {"reason": flag["why"]} if scope == ACCESS else {}
                says = {"category": flag["category"], "raised": flag["raised"], **reason}
                lines.append(Line("crisis flag", flag["at"], flag["by"] or "assistant", says))
            if scope == ACCESS:
                lines += self._for_the_visitor(connection, conversation)
        lines.sort(key=lambda line: line.at or row["created_at"])
        origin, location = (row["origin"], row["location"] or "") if scope != REDACTED else ("", "")
        return Exported(conversation, scope, row["created_at"], row["locale"], origin, location, tuple(lines))

    def _said(self, connection: Connection, conversation: str, scope: str) -> list[Line]:
        lines = []
        for message in read(connection, self._seals, conversation, messages.c.seq > 0):
            body = message.body
            if body.get("guide") is True:  # the visitor's own until it is sent; forgotten within a day
                says = {"number": message.seq, "kind": message.kind, "text": NOT_SENT}
            else:
                text = body["text"] if scope != REDACTED else message.readable
                says = {
                    "number": message.seq,
                    "kind": message.kind,
                    "category": body.get("category") if scope != REDACTED else None,
                    "topics": body.get("topics") or [],
                    "text": NOT_REDACTED if text is None else text,
                }
                if scope == ACCESS and message.understanding:
                    says["understood as"] = message.understanding
            name = body.get("author_name")
            lines.append(
                Line("message", message.sent_at, f"{message.author}: {name}" if name else message.author, says)
            )
        return lines

    def _cases_in(self, connection: Connection, conversation: str, scope: str) -> list[Line]:
        lines = []
        for case in self._rows(connection, cases, conversation):
            says = {
                name: case[name]
                for name in ("category", "form", "urgency", "teams", "acknowledged_at", "acknowledged_by", "closed_at")
            }
            if scope == ACCESS and case["summary"] is not None:
                says["summary"] = case["summary"]
            lines.append(Line("case", case["opened_at"], "assistant", says))
        return lines

    def _for_the_visitor(self, connection: Connection, conversation: str) -> list[Line]:
        lines = []
        for row in self._rows(connection, contacts, conversation):
            says = {name: row[name] for name in FORMS["contacts"].personal}
            lines.append(Line("contact data", row["given_at"], "visitor", says))
        for row in self._rows(connection, feedback, conversation):
            says = {"number": row["seq"], "helpful": row["helpful"], "comment": row["comment"]}
            lines.append(Line("feedback", row["given_at"], "visitor", says))
        for row in self._rows(connection, transitions, conversation):
            says = {"from": row["from_owner"], "to": row["to_owner"], "reason": row["why"]}
            lines.append(Line("handed over", row["at"], row["by"], says))
        for row in self._rows(connection, pages, conversation):
            says = {name: row[name] for name in ("team", "urgency", "state", "acknowledged_at")}
            lines.append(Line("notice to staff", row["sent_at"] or row["due_at"], "assistant", says))
        return lines

    def _rows(self, connection: Connection, table: Table, conversation: str) -> list[dict[str, Any] | RowMapping]:
        rows = connection.execute(select(table).where(table.c.conversation == conversation)).mappings().all()
        if table.name not in FORMS:
            return list(rows)
        seal = self._seals.of(connection, conversation)
        return [open_row(table.name, seal, row) for row in rows]
