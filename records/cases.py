"""Cases: why a person must look at a conversation, the safety flag, and how to reach the visitor."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from records.database import Database, lock, now
from records.entries import CANNOT_WAIT, LOG_ONLY, URGENCIES, Case, Cause, Contact, FlagChange
from records.errors import ContactRefused, NoOpenCase
from records.outbox import LIVE, pages_about, start_chain
from records.schema import cases, contacts, conversations, flags
from records.seal import Seal, Seals
from records.sealed_rows import close_row, open_row

STICKY = ("a", "b")  # their flag stays up until a clinician lowers it; a goes before b
MINOR = "h"
# How long after a case's last page those who acknowledged it are told of further messages; 12 h are a business day.
AGAIN_AFTER = {
    urgency: dt.timedelta(minutes=10) if urgency in CANNOT_WAIT else dt.timedelta(hours=12) for urgency in URGENCIES
}


class Cases(Database):
    """Escalates conversations, and says which ones wait for a person."""

    def escalate(
        self, conversation: str, seq: int, causes: Sequence[Cause], summary: dict[str, Any] | None = None
    ) -> list[Case]:
        """Open a case for every cause, raise the flag if one of them asks for it, and put pages into the outbox.

        There is one open case a category and form. A cause that is more urgent than its open case makes the
        case as urgent, and asks for a new acknowledgment; so does a later message that is no more urgent, once
        nobody is about to see the case: its pages are over, and if they were acknowledged, not just now
        (``AGAIN_AFTER``). A team gets one page for everything in this call that is new, more urgent or later.
        The same call again changes nothing.

        Args:
            conversation: Its id.
            seq: The visitor's message that is the reason.
            causes: Why.
            summary: What the clinician should know, kept with the cases of these causes.

        Returns:
            The cases of these causes, in their order.

        Raises:
            ConversationNotFound: The conversation was erased meanwhile.
        """
        with self._engine.begin() as connection:
            return raise_causes(connection, self._seals, lock(connection, conversation), seq, causes, summary)

    def cases_of(self, conversation: str) -> list[Case]:
        """Return the conversation's cases, closed ones too: the most urgent first, then the oldest."""
        return self._cases(cases.c.conversation == conversation)

    def open_cases(self) -> list[Case]:
        """Return the open cases of all conversations: the most urgent first, then the oldest."""
        return self._cases(cases.c.closed_at.is_(None))

    def _cases(self, condition: ColumnElement[bool]) -> list[Case]:
        query = select(cases).where(condition).order_by(cases.c.urgency, cases.c.opened_at, cases.c.seq, cases.c.id)
        with self._reader.connect() as connection:
            rows = connection.execute(query).mappings().all()
            seals = self._seals.of_all(connection, {row["conversation"] for row in rows if row["sealed"] is not None})
        return [Case.of(_opened(seals, row)) for row in rows]

    def raised(self, conversation: str) -> str | None:
        """Return the category whose flag is up, or None."""
        with self._reader.connect() as connection:
            found: str | None = connection.scalar(
                select(conversations.c.raised).where(conversations.c.id == conversation)
            )
            return found

    def lower_flag(self, conversation: str, by: str, reason: str) -> None:
        """Lower the safety flag, which only a clinician may do. The case stays open; without a flag, nothing changes.

        When the flag is raised again, its case asks for a new acknowledgment, and its teams are paged again.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            if category := lock(connection, conversation)["raised"]:
                _set_flag(connection, conversation, None)
                row = {"category": category, "raised": False, "by": by, "why": reason, "at": now()}
                sealed = close_row("flags", self._seals.of(connection, conversation), row)
                connection.execute(insert(flags).values(conversation=conversation, **sealed))

    def flags_of(self, conversation: str) -> list[FlagChange]:
        """Return when the conversation's flag was raised and lowered, in order."""
        query = select(flags).where(flags.c.conversation == conversation).order_by(flags.c.number)
        with self._reader.connect() as connection:
            rows = connection.execute(query).mappings().all()
            opened = [open_row("flags", self._seals.of(connection, conversation), row) for row in rows]
        return [FlagChange(row["category"], row["raised"], row["by"], row["why"], row["at"]) for row in opened]

    def leave_contact(self, conversation: str, client_id: str, contact: Contact) -> None:
        """Keep how the visitor wants to be reached about the open cases. The same ``client_id`` again changes nothing.

        Raises:
            ConversationNotFound: There is none.
            NoOpenCase: Nobody is going to call back.
            ContactRefused: The visitor may be a minor.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            same = (contacts.c.conversation == conversation, contacts.c.client_id == client_id)
            if connection.scalar(select(contacts.c.number).where(*same)) is not None:
                return
            opened = connection.scalars(
                select(cases.c.category).where(cases.c.conversation == conversation, cases.c.closed_at.is_(None))
            ).all()
            if MINOR in opened:
                raise ContactRefused(conversation)
            if not opened:
                raise NoOpenCase(conversation)
            row = {"client_id": client_id, "given_at": now(), **contact.__dict__}
            sealed = close_row("contacts", self._seals.of(connection, conversation), row)
            connection.execute(insert(contacts).values(conversation=conversation, **sealed))

    def contact_of(self, conversation: str) -> Contact | None:
        """Return how the visitor wants to be reached, as last said, or None."""
        latest = select(contacts).where(contacts.c.conversation == conversation).order_by(contacts.c.number.desc())
        with self._reader.connect() as connection:
            row = connection.execute(latest.limit(1)).mappings().first()
            if row is None:
                return None
            opened = open_row("contacts", self._seals.of(connection, conversation), row)
        return Contact(**{name: opened[name] for name in Contact.__dataclass_fields__})


def raise_causes(
    connection: Connection,
    seals: Seals,
    conversation: RowMapping,
    seq: int,
    causes: Sequence[Cause],
    summary: dict[str, Any] | None = None,
) -> list[Case]:
    """Escalate within a transaction that holds the conversation's lock; see :meth:`Cases.escalate`."""
    if not causes:
        return []
    again = _raise_flag(connection, conversation, causes)
    pages: dict[str, tuple[str, str]] = {}  # team: how urgent, and for which case
    opened: dict[tuple[str, str | None], str] = {}
    for cause in causes:
        found = _open_case(connection, conversation["id"], cause)
        if found is None:
            case, urgency, tell = _open(connection, conversation["id"], seq, cause), cause.urgency, cause.teams
        else:
            case = found.id
            urgency, tell = _join(connection, found, seq, cause, again=again and found.category in STICKY)
        opened[cause.category, cause.form] = case
        for team in tell if urgency != LOG_ONLY else ():
            if team not in pages or urgency < pages[team][0]:
                pages[team] = (urgency, case)
    if summary is not None:
        seal = seals.of(connection, conversation["id"])
        for case in opened.values():
            row = close_row("cases", seal, {"id": case, "summary": summary})
            connection.execute(update(cases).where(cases.c.id == case).values(**row))
    for team, (urgency, case) in pages.items():
        start_chain(connection, conversation["id"], case, team, urgency, now())
    mine = select(cases).where(cases.c.id.in_(opened.values()))
    rows = {row["id"]: row for row in connection.execute(mine).mappings()}
    known = seals.of_all(connection, [conversation["id"]])
    return [Case.of(_opened(known, rows[case])) for case in opened.values()]


def _opened(seals: Mapping[str, Seal], row: RowMapping) -> Mapping[Any, Any]:
    """A case's row with its summary, if it has one and was not erased a moment ago."""
    seal = seals.get(row["conversation"])
    return row if seal is None or row["sealed"] is None else open_row("cases", seal, row)


def _raise_flag(connection: Connection, conversation: RowMapping, causes: Sequence[Cause]) -> bool:
    """Raise the flag if a cause asks for it and none is up; return whether it went up now."""
    categories = {cause.category for cause in causes}
    category = next((letter for letter in STICKY if letter in categories), None)
    if category is None or conversation["raised"]:
        return False
    _set_flag(connection, conversation["id"], category)
    connection.execute(insert(flags).values(conversation=conversation["id"], category=category, raised=True, at=now()))
    return True


def _set_flag(connection: Connection, conversation: str, category: str | None) -> None:
    connection.execute(update(conversations).where(conversations.c.id == conversation).values(raised=category))


def _open_case(connection: Connection, conversation: str, cause: Cause) -> Case | None:
    query = select(cases).where(
        cases.c.conversation == conversation,
        cases.c.category == cause.category,
        cases.c.form == (cause.form or ""),
        cases.c.closed_at.is_(None),
    )
    row = connection.execute(query).mappings().first()
    return Case.of(row) if row else None


def _open(connection: Connection, conversation: str, seq: int, cause: Cause) -> str:
    case = secrets.token_hex(8)
    connection.execute(
        insert(cases).values(
            id=case,
            conversation=conversation,
            category=cause.category,
            form=cause.form or "",
            urgency=cause.urgency,
            seq=seq,
            teams=list(dict.fromkeys(cause.teams)),
            opened_at=now(),
            target_at=cause.target_at,
        )
    )
    return case


def _join(connection: Connection, case: Case, seq: int, cause: Cause, again: bool) -> tuple[str, tuple[str, ...]]:
    """Add a cause to the open case of its category; return how urgently to tell whom."""
    teams = tuple(dict.fromkeys((*case.teams, *cause.teams)))
    added = tuple(team for team in teams if team not in case.teams)
    if again or cause.urgency < case.urgency:
        urgency, tell = min(cause.urgency, case.urgency), cause.teams or case.teams
    else:
        urgency, tell = case.urgency, _to_tell_again(connection, case, seq, cause)
        if not tell:
            if added:
                connection.execute(update(cases).where(cases.c.id == case.id).values(teams=list(teams)))
            return cause.urgency, added
        tell = (*tell, *added)
    values: dict[str, Any] = {  # whoever acknowledged it did not know of this
        "urgency": urgency,
        "seq": seq,
        "teams": list(teams),
        "target_at": cause.target_at or case.target_at,
        "acknowledged_at": None,
        "acknowledged_by": None,
    }
    connection.execute(update(cases).where(cases.c.id == case.id).values(**values))
    return urgency, tell


def _to_tell_again(connection: Connection, case: Case, seq: int, cause: Cause) -> tuple[str, ...]:
    """The teams of an open case to tell of a later message that makes it no more urgent."""
    if seq <= case.seq or case.urgency == LOG_ONLY:
        return ()
    if cause.urgency != case.urgency and cause.urgency not in CANNOT_WAIT:
        return ()
    told = pages_about(connection, case)
    since = now() - AGAIN_AFTER[case.urgency]
    if case.acknowledged_at and any((page.sent_at or page.due_at) > since for page in told):
        return ()
    live = {page.team for page in told if page.state in LIVE}
    return tuple(team for team in case.teams if team not in live)
