"""The outbox: who is to be told of a case, who was, and who answered.

A page goes to one person of a team. When nobody acknowledges it in time, the next person gets one: the pages
that follow from one another are a chain. Whoever sends pages may die at any moment, so a page is claimed for a
while only.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from records.database import AHEAD, Database, lock
from records.entries import Case, Page
from records.errors import ConversationNotFound
from records.schema import cases, pages

CLAIM_SECONDS = 120.0
LONGEST_PAUSE = 600.0  # seconds until a page is sent again
LIVE = ("due", "sent")
OVER = ("acknowledged", "cancelled")


class Outbox(Database):
    """Hands out pages to send, and remembers what became of them."""

    def due_pages(
        self,
        now: dt.datetime,
        limit: int,
        claim_seconds: float = CLAIM_SECONDS,
        longest_pause: float = LONGEST_PAUSE,
    ) -> list[Page]:
        """Claim up to ``limit`` pages that are to be sent, the most urgent first.

        Nobody else gets them for ``claim_seconds``; after that, a page of which nothing was heard is due again. So is
        one that would be due in more than ``longest_pause`` seconds: the clock has been set back.
        """
        claim = dt.timedelta(seconds=claim_seconds)
        due = and_(
            pages.c.state == "due",
            _come(pages.c.due_at, now, dt.timedelta(seconds=longest_pause)),
            or_(pages.c.claimed_until.is_(None), _come(pages.c.claimed_until, now, claim)),
        )
        with self._reader.connect() as connection:  # mostly there is nothing, and nobody need wait for that
            if connection.scalar(select(pages.c.id).where(due).limit(1)) is None:
                return []
        with self._engine.begin() as connection:
            query = select(pages.c.id).where(due).order_by(pages.c.urgency, pages.c.due_at).limit(limit)
            claimed = connection.scalars(query.with_for_update(skip_locked=True)).all()
            connection.execute(
                update(pages)
                .where(pages.c.id.in_(claimed))
                .values(claimed_until=now + claim, attempts=pages.c.attempts + 1)
            )
            return _read(connection, pages.c.id.in_(claimed))

    def pages_waiting(self, now: dt.datetime) -> int:
        """Return how many pages should have gone out by ``now`` and have not."""
        with self._reader.connect() as connection:
            query = select(func.count()).where(pages.c.state == "due", pages.c.due_at <= now)
            return connection.scalar(query) or 0

    def page_sent(self, page: Page, at: dt.datetime, ack_by: dt.datetime | None = None) -> None:
        """Remember that a page went out, and by when it should be acknowledged (None: no hurry)."""
        self._settle(page, state="sent", sent_at=at, ack_by=ack_by, last_error=None)

    def page_failed(self, page: Page, retry_at: dt.datetime | None, why: str) -> None:
        """Remember that a page could not be sent; it is due again at ``retry_at``, or ``failed`` for good if None.

        Args:
            page: The page.
            retry_at: When to try again.
            why: The type of the error; never text, which may hold secrets.
        """
        values: dict[str, Any] = {"state": "failed"} if retry_at is None else {"due_at": retry_at}
        self._settle(page, last_error=why, **values)

    def _settle(self, page: Page, **values: Any) -> None:
        # Only while it is due: meanwhile another process may have sent it, or its reader acknowledged it.
        with self._engine.begin() as connection:
            connection.execute(
                update(pages).where(pages.c.id == page.id, pages.c.state == "due").values(claimed_until=None, **values)
            )

    def acknowledge(self, token: str, at: dt.datetime) -> Page | None:
        """Mark the page that ``token`` belongs to as seen; return it, or None if there is no such page.

        With it, the team's other pages and open cases in this conversation are acknowledged, and the chain
        ends; not those more urgent than this page, of which it did not tell. A second time changes nothing.
        """
        with self._engine.begin() as connection:
            page = _locked(connection, pages.c.token == token)
            if page is None or page.state in OVER:
                return page
            connection.execute(
                update(pages)
                .where(
                    pages.c.conversation == page.conversation,
                    pages.c.team == page.team,
                    pages.c.urgency >= page.urgency,
                    pages.c.state != "acknowledged",
                )
                .values(state="acknowledged", acknowledged_at=at, claimed_until=None)
            )
            waiting = connection.execute(
                select(cases.c.id, cases.c.teams).where(
                    cases.c.conversation == page.conversation,
                    cases.c.urgency >= page.urgency,
                    cases.c.closed_at.is_(None),
                    cases.c.acknowledged_at.is_(None),
                )
            )
            seen = [case for case, teams in waiting if page.team in teams]
            connection.execute(
                update(cases).where(cases.c.id.in_(seen)).values(acknowledged_at=at, acknowledged_by=page.team)
            )
            return _one(connection, pages.c.id == page.id)

    def overdue_pages(self, now: dt.datetime) -> list[Page]:
        """Return the pages that were sent and not acknowledged in time; pass them to :meth:`next_in_chain`.

        When the clock has been set back nobody knows how long ago they were sent: rather early than never.
        """
        overdue = or_(pages.c.ack_by <= now, and_(pages.c.ack_by.is_not(None), pages.c.sent_at > now + AHEAD))
        with self._reader.connect() as connection:
            return _read(connection, and_(pages.c.state == "sent", overdue))

    def next_in_chain(self, page: Page, at: dt.datetime, length: int) -> Page | None:
        """Turn to the next person of the team, and return the page for them, due ``at`` once.

        Args:
            page: The page that nobody acknowledged, or that could not be sent.
            at: When the next one is due.
            length: How many people the team has.

        Returns:
            The next page, the same one when asked again. None when meanwhile somebody acknowledged or the
            visitor cancelled, or when there is nobody left: then the page is ``unanswered`` (and still sent
            again while it is ``due``).
        """
        with self._engine.begin() as connection:
            current = _locked(connection, pages.c.id == page.id)
            if current is None or current.state in OVER:
                return None
            following = _one(connection, _follows(current))
            if following is None and current.step + 1 < length:
                following = _put(
                    connection,
                    current.conversation,
                    current.case,
                    current.team,
                    current.urgency,
                    at,
                    current.chain,
                    current.step + 1,
                )
            given_up = ("sent",) if following else ("sent", "failed")
            connection.execute(
                update(pages).where(pages.c.id == page.id, pages.c.state.in_(given_up)).values(state="unanswered")
            )
            return following

    def page_of(self, token: str) -> Page | None:
        """Return the page that ``token`` belongs to, or None; looking at it acknowledges nothing."""
        with self._reader.connect() as connection:
            return _one(connection, pages.c.token == token)

    def pages_of(self, conversation: str) -> list[Page]:
        """Return all pages about a conversation, in the order in which they were due."""
        with self._reader.connect() as connection:
            found = _read(connection, pages.c.conversation == conversation)
        return sorted(found, key=lambda page: (page.due_at, page.step))


def start_chain(connection: Connection, conversation: str, case: str, team: str, urgency: str, at: dt.datetime) -> None:
    """Put a page to the first person of ``team`` into the outbox, unless one as urgent is on its way.

    The transaction must hold the conversation's lock.
    """
    live = and_(
        pages.c.conversation == conversation,
        pages.c.team == team,
        pages.c.urgency == urgency,
        pages.c.state.in_(LIVE),
    )
    if _one(connection, live) is None:
        _put(connection, conversation, case, team, urgency, at, secrets.token_hex(8), 0)


def end_chains(connection: Connection, ended: list[str], at: dt.datetime) -> None:
    """Let nobody else be asked about these cases; pages that are not out yet still go out."""
    connection.execute(
        update(pages)
        .where(pages.c.case.in_(ended), pages.c.state.in_(("sent", "unanswered")))
        .values(state="acknowledged", acknowledged_at=at)
    )


def cancel_pages(connection: Connection, cancelled: str, others: list[Case]) -> None:
    """Stop the pages about a case that the visitor no longer asks for.

    A page that also tells of one of the ``others``, the conversation's open cases, goes on about that one.
    """
    for page in _read(connection, and_(pages.c.case == cancelled, pages.c.state.in_((*LIVE, "unanswered")))):
        also = [one.id for one in others if _tells_of(page, one) and not one.acknowledged_at]
        values: dict[str, Any] = {"case": also[0]} if also else {"state": "cancelled", "claimed_until": None}
        connection.execute(update(pages).where(pages.c.id == page.id).values(**values))


def pages_about(connection: Connection, case: Case) -> list[Page]:
    """Return the pages that tell of a case: those of its teams that are at least as urgent."""
    found = _read(connection, pages.c.conversation == case.conversation)
    return [page for page in found if _tells_of(page, case) and page.state != "cancelled"]


def _tells_of(page: Page, case: Case) -> bool:
    return page.team in case.teams and page.urgency <= case.urgency


def _follows(page: Page) -> ColumnElement[bool]:
    """The page to the next person, of this chain or of another one that is as urgent and still open."""
    return and_(
        pages.c.conversation == page.conversation,
        pages.c.team == page.team,
        pages.c.urgency == page.urgency,
        pages.c.step == page.step + 1,
        or_(pages.c.chain == page.chain, pages.c.state.in_(LIVE)),
    )


def _put(
    connection: Connection,
    conversation: str,
    case: str,
    team: str,
    urgency: str,
    at: dt.datetime,
    chain: str,
    step: int,
) -> Page:
    page = Page(
        secrets.token_hex(8), conversation, case, chain, team, step, urgency, secrets.token_urlsafe(24), "due", at
    )
    connection.execute(insert(pages).values(**page.__dict__))
    return page


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Page]:
    query = select(pages).where(condition).order_by(pages.c.urgency, pages.c.due_at, pages.c.step)
    return [Page.of(row) for row in connection.execute(query).mappings()]


def _locked(connection: Connection, condition: ColumnElement[bool]) -> Page | None:
    """Return a page with its conversation locked, erased or not; None when it is gone."""
    page = _one(connection, condition)
    if page is None:
        return None
    try:
        lock(connection, page.conversation, erased=True)
    except ConversationNotFound:  # erased since we looked
        return None
    return _one(connection, pages.c.id == page.id)


def _one(connection: Connection, condition: ColumnElement[bool]) -> Page | None:
    found = _read(connection, condition)
    return found[0] if found else None


def _come(column: ColumnElement[dt.datetime], now: dt.datetime, most: dt.timedelta) -> ColumnElement[bool]:
    """Whether a time has come, or lies further ahead than ``most``: a clock that was set back since has said so."""
    return or_(column <= now, column > now + most + AHEAD)
