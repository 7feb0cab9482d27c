"""What is kept of an erased conversation: that somebody may need help, until a clinician has seen it.

An erasure must not call off the pages about a crisis. So they go on from a conversation with another id and
without words, contact or token, which only pages can write to. Nothing leads from it back to the visitor.
"""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from records.answer_schema import asked
from records.console_schema import notes, tags
from records.database import ERASED, KEPT, Database, lock, now
from records.entries import CANNOT_WAIT, Case
from records.errors import ConversationNotFound
from records.outbox import LIVE, pages_about
from records.review_schema import gaps, marks
from records.schema import (
    cases,
    contacts,
    conversations,
    data_keys,
    feedback,
    flags,
    messages,
    pages,
    transitions,
    words,
)

# What belongs to a conversation, in an order in which it can be deleted.
BELONGINGS = (
    data_keys, asked, feedback, contacts, notes, tags, marks, gaps, pages, flags, transitions, cases, words, messages,
)  # fmt: skip


class Erased(Database):
    """Lets go of what was kept."""

    def forget_erased(self, seen_before: dt.datetime) -> int:
        """Delete what was kept of erased conversations and is of no more use; return of how many.

        That is when every case was acknowledged before ``seen_before``, or when nobody is left to be told. Of those
        that a legal hold keeps, the cases are closed then, as nobody can write to their visitors.
        """
        gone = 0
        is_open = exists().where(cases.c.conversation == conversations.c.id, cases.c.closed_at.is_(None))
        wanted = or_(conversations.c.owner == ERASED, and_(conversations.c.owner == KEPT, is_open))
        with self._reader.connect() as connection:
            found = list(connection.scalars(select(conversations.c.id).where(wanted)))
        for conversation in found:
            with self._engine.begin() as connection:
                try:
                    row = lock(connection, conversation, erased=True)
                except ConversationNotFound:  # another process was first
                    continue
                if _is_of_use(connection, conversation, seen_before):
                    continue
                if row["owner"] == KEPT:
                    ended = (cases.c.conversation == conversation, cases.c.closed_at.is_(None))
                    connection.execute(update(cases).where(*ended).values(closed_at=now()))
                else:
                    for table in BELONGINGS:
                        connection.execute(delete(table).where(table.c.conversation == conversation))
                    connection.execute(delete(conversations).where(conversations.c.id == conversation))
                    gone += 1
        return gone


def set_aside(connection: Connection, conversation: RowMapping) -> bool:
    """Move what urgent pages need out of a conversation that is about to be erased; return whether there was any.

    The transaction must hold the conversation's lock.
    """
    urgent = select(cases).where(
        cases.c.conversation == conversation["id"],
        cases.c.urgency.in_(CANNOT_WAIT),
        cases.c.closed_at.is_(None),
        cases.c.acknowledged_at.is_(None),
    )
    moving: dict[str, str] = {}  # a page, and the case it goes with
    kept = []
    for case in [Case.of(row) for row in connection.execute(urgent).mappings()]:
        chain = [page for page in pages_about(connection, case) if page.state != "acknowledged"]
        if any(page.state in LIVE for page in chain):
            kept.append(case.id)
            moving.update({page.id: case.id for page in chain if moving.get(page.id) != page.case})
    if not kept:
        return False
    stub = secrets.token_hex(12)
    connection.execute(
        insert(conversations).values(
            id=stub,
            token_hash="",
            origin="",
            locale="",
            location=conversation["location"],  # whose people the pages are for
            owner=ERASED,
            last_seq=0,
            created_at=now(),
        )
    )
    connection.execute(update(cases).where(cases.c.id.in_(kept)).values(conversation=stub, seq=0, sealed=None))
    for page_id, case_id in moving.items():
        connection.execute(update(pages).where(pages.c.id == page_id).values(conversation=stub, case=case_id))
    return True


def _is_of_use(connection: Connection, conversation: str, seen_before: dt.datetime) -> bool:
    is_open = (cases.c.conversation == conversation, cases.c.closed_at.is_(None))
    seen = list(connection.scalars(select(cases.c.acknowledged_at).where(*is_open)))
    if any(at is not None and at >= seen_before for at in seen):
        return True  # whoever acknowledged it just now still looks at the page
    live = select(pages.c.id).where(pages.c.conversation == conversation, pages.c.state.in_(LIVE)).limit(1)
    return None in seen and connection.scalar(live) is not None
