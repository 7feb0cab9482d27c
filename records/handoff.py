"""Who has a conversation: the assistant, the queue, a clinician, or nobody any more.

::

    bot ──request_person──▶ waiting ──take_over──▶ clinician ──hand_back──▶ bot
     ▲ ◀──cancel_request───┘                          ▲   └──close──▶ closed ──reopen──▶ bot
     └────────────────────take_over───────────────────┘        (transfer: from one clinician to another)

Every step is a row of history. A step that the present owner does not allow is refused, never queued.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update
from sqlalchemy.engine import RowMapping

from records.database import Database, lock, now
from records.entries import LEAST, Case, Transition
from records.errors import ConversationNotFound, WrongOwner
from records.outbox import cancel_pages, end_chains
from records.schema import cases, conversations, messages, transitions
from records.seal import Seals
from records.sealed_rows import close_row, open_row

VISITOR = "visitor"
WISH = "m"  # the category of a wish for a person


class Handoff(Database):
    """Passes conversations between the assistant and people."""

    def owner(self, conversation: str) -> str:
        """Return who has the conversation: ``bot``, ``waiting``, ``clinician`` or ``closed``.

        ``ERASED`` is what is left of an erased one for its pages.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._reader.connect() as connection:
            owner = connection.scalar(select(conversations.c.owner).where(conversations.c.id == conversation))
        if owner is None:
            raise ConversationNotFound(conversation)
        return str(owner)

    def request_person(self, conversation: str, why: str) -> None:
        """The visitor wants a person: from bot to waiting.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: The conversation is not with the assistant.
        """
        with self._engine.begin() as connection:
            row = _require(lock(connection, conversation), "waiting", "bot")
            move(connection, self._seals, row, "waiting", VISITOR, why, waiting_since=now())

    def cancel_request(self, conversation: str) -> None:
        """The visitor no longer waits for a person: from waiting to bot.

        The open case of that wish is closed, and nobody is told of it any more.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: The visitor is not waiting.
        """
        with self._engine.begin() as connection:
            row = _require(lock(connection, conversation), "bot", "waiting")
            move(connection, self._seals, row, "bot", VISITOR, None, note_next=False)
            is_open = and_(cases.c.conversation == conversation, cases.c.closed_at.is_(None))
            opened = [Case.of(case) for case in connection.execute(select(cases).where(is_open)).mappings()]
            for case in opened:
                if case.category == WISH:
                    connection.execute(update(cases).where(cases.c.id == case.id).values(closed_at=now()))
                    cancel_pages(connection, case.id, [other for other in opened if other.category != WISH])

    def take_over(self, conversation: str, clinician: str) -> None:
        """A clinician takes the conversation: from bot or waiting to clinician. Once more changes nothing.

        From here on nothing of the assistant is stored, an answer on its way included: the turns under way
        are over.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: Another clinician has it, or it is closed.
        """
        with self._engine.begin() as connection:
            row = lock(connection, conversation)
            if row["owner"] == "clinician" and row["clinician"] == clinician:
                return
            move(
                connection,
                self._seals,
                _require(row, "clinician", "bot", "waiting"),
                "clinician",
                clinician,
                None,
                clinician=clinician,
                note_next=False,
            )
            connection.execute(
                update(messages)
                .where(messages.c.conversation == conversation, messages.c.answered.is_(False))
                .values(answered=True)
            )

    def hand_back(self, conversation: str, clinician: str) -> None:
        """The clinician who has the conversation gives it back to the assistant.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: This clinician does not have it.
        """
        with self._engine.begin() as connection:
            row = _require_clinician(lock(connection, conversation), "bot", clinician)
            move(connection, self._seals, row, "bot", clinician, None)

    def transfer(self, conversation: str, clinician: str, to: str) -> None:
        """The clinician who has the conversation passes it to another one. To themselves changes nothing.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: This clinician does not have it.
        """
        with self._engine.begin() as connection:
            row = _require_clinician(lock(connection, conversation), "clinician", clinician)
            if to != clinician:
                move(connection, self._seals, row, "clinician", clinician, f"to {to}", clinician=to)

    def close(self, conversation: str, clinician: str, outcome: str) -> None:
        """The clinician who has the conversation ends it, and with it its open cases.

        Nobody further down a chain is asked any more. The safety flag stays as it is.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: This clinician does not have it.
        """
        with self._engine.begin() as connection:
            row = _require_clinician(lock(connection, conversation), "closed", clinician)
            move(connection, self._seals, row, "closed", clinician, outcome)
            ended, at = and_(cases.c.conversation == conversation, cases.c.closed_at.is_(None)), now()
            end_chains(connection, list(connection.scalars(select(cases.c.id).where(ended))), at)
            connection.execute(update(cases).where(ended).values(closed_at=at))

    def reopen(self, conversation: str) -> None:
        """The visitor writes again: from closed to bot.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: The conversation is not closed.
        """
        with self._engine.begin() as connection:
            row = _require(lock(connection, conversation), "bot", "closed")
            move(connection, self._seals, row, "bot", VISITOR, None)

    def transitions_of(self, conversation: str) -> list[Transition]:
        """Return how the conversation was passed on, in order.

        Raises:
            SealBroken: A reason is not as it was written.
        """
        query = select(transitions).where(transitions.c.conversation == conversation).order_by(transitions.c.number)
        with self._reader.connect() as connection:
            rows = connection.execute(query).mappings().all()
            opened = [open_row("transitions", self._seals.of(connection, conversation), row) for row in rows]
        return [Transition(row["from_owner"], row["to_owner"], row["by"], row["why"], row["at"]) for row in opened]

    def queue_place(self, conversation: str) -> int | None:
        """Return the visitor's place among those who wait for a person, 1 for the next, or None if not waiting.

        The most urgent open case goes first, then who has waited longest.
        """
        most_urgent = func.coalesce(func.min(cases.c.urgency), LEAST)
        query = (
            select(conversations.c.id)
            .join(cases, and_(cases.c.conversation == conversations.c.id, cases.c.closed_at.is_(None)), isouter=True)
            .where(conversations.c.owner == "waiting")
            .group_by(conversations.c.id, conversations.c.waiting_since)
            .order_by(most_urgent, conversations.c.waiting_since, conversations.c.id)
        )
        with self._reader.connect() as connection:
            queue = list(connection.scalars(query))
        return queue.index(conversation) + 1 if conversation in queue else None


def _require(row: RowMapping, wanted: str, *allowed: str) -> RowMapping:
    if row["owner"] not in allowed:
        raise WrongOwner(row["owner"], wanted, row["clinician"])
    return row


def _require_clinician(row: RowMapping, wanted: str, clinician: str) -> RowMapping:
    if _require(row, wanted, "clinician")["clinician"] != clinician:
        raise WrongOwner("clinician", wanted, row["clinician"])
    return row


def let_go(connection: Connection, seals: Seals, clinician: str, why: str) -> None:
    """Put every conversation of a clinician who is no longer there into the queue, so that nobody waits in vain."""
    mine = and_(conversations.c.owner == "clinician", conversations.c.clinician == clinician)
    for row in connection.execute(select(conversations).where(mine).with_for_update()).mappings().all():
        move(connection, seals, row, "waiting", clinician, why, waiting_since=now())


def move(
    connection: Connection, seals: Seals, row: RowMapping, to: str, by: str, why: str | None, **values: Any
) -> None:
    """Pass a conversation on, within a transaction that holds its lock; ``row`` is the conversation as it was."""
    connection.execute(
        update(conversations)
        .where(conversations.c.id == row["id"])
        .values(**{"owner": to, "clinician": None, "waiting_since": None, **values})
    )
    step = {"from_owner": row["owner"], "to_owner": to, "by": by, "why": why, "at": now()}
    sealed = close_row("transitions", seals.of(connection, row["id"]), step)
    connection.execute(insert(transitions).values(conversation=row["id"], **sealed))
