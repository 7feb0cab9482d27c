"""Who has a conversation: the assistant, the queue, a clinician, or nobody any more.

::

    bot ──request_person──▶ waiting ──take_over──▶ clinician ──hand_back──▶ bot
     ▲ ◀──cancel_request───┘                          ▲   └──close──▶ closed ──reopen──▶ bot
     └────────────────────take_over───────────────────┘

Every step is a row of history. A step that the present owner does not allow is refused, never queued.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update
from sqlalchemy.engine import RowMapping

from records.database import Database, lock, now
from records.entries import Case, Transition
from records.errors import ConversationNotFound, WrongOwner
from records.outbox import cancel_pages, end_chains
from records.schema import cases, conversations, messages, transitions

VISITOR = "visitor"
WISH = "m"  # the category of a wish for a person
NO_CASE = "U9"  # sorts after every urgency


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
            _move(connection, row, "waiting", VISITOR, why, waiting_since=now())

    def cancel_request(self, conversation: str) -> None:
        """The visitor no longer waits for a person: from waiting to bot.

        The open case of that wish is closed, and nobody is told of it any more.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: The visitor is not waiting.
        """
        with self._engine.begin() as connection:
            row = _require(lock(connection, conversation), "bot", "waiting")
            _move(connection, row, "bot", VISITOR, None, note_next=False)
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
            _move(
                connection,
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
            _move(connection, row, "bot", clinician, None)

    def close(self, conversation: str, clinician: str, outcome: str) -> None:
        """The clinician who has the conversation ends it, and with it its open cases.

        Nobody further down a chain is asked any more. The safety flag stays as it is.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: This clinician does not have it.
        """
        with self._engine.begin() as connection:
            row = _require_clinician(lock(connection, conversation), "closed", clinician)
            _move(connection, row, "closed", clinician, outcome)
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
            _move(connection, _require(lock(connection, conversation), "bot", "closed"), "bot", VISITOR, None)

    def transitions_of(self, conversation: str) -> list[Transition]:
        """Return how the conversation was passed on, in order."""
        query = select(transitions).where(transitions.c.conversation == conversation).order_by(transitions.c.number)
        with self._reader.connect() as connection:
            return [
                Transition(row["from_owner"], row["to_owner"], row["by"], row["why"], row["at"])
                for row in connection.execute(query).mappings()
            ]

    def queue_place(self, conversation: str) -> int | None:
        """Return the visitor's place among those who wait for a person, 1 for the next, or None if not waiting.

        The most urgent open case goes first, then who has waited longest.
        """
        most_urgent = func.coalesce(func.min(cases.c.urgency), NO_CASE)
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
        raise WrongOwner(row["owner"], wanted)
    return row


def _require_clinician(row: RowMapping, wanted: str, clinician: str) -> RowMapping:
    if _require(row, wanted, "clinician")["clinician"] != clinician:
        raise WrongOwner("clinician", wanted)
    return row


def _move(connection: Connection, row: RowMapping, to: str, by: str, why: str | None, **values: Any) -> None:
    connection.execute(
        update(conversations)
        .where(conversations.c.id == row["id"])
        .values(**{"owner": to, "clinician": None, "waiting_since": None, **values})
    )
    connection.execute(
        insert(transitions).values(
            conversation=row["id"], from_owner=row["owner"], to_owner=to, by=by, why=why, at=now()
        )
    )
