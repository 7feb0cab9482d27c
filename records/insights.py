"""What the conversations of a span of time come to, worked out by the database: no message is loaded here.

A conversation belongs to the time in which it began, whatever comes of it later; so all figures of a span are about the
same conversations. What is left of erased ones is in none of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from sqlalchemy import (
    ColumnElement,
    Connection,
    TableValuedAlias,
    and_,
    case,
    distinct,
    exists,
    func,
    select,
)

from records.database import ERASED, Database, now
from records.figures import Asked, Figures, Outcomes, Quarter, Ratings, Said, Span
from records.handling import count_if, escalated, flagged, of_conversation, to_a_person, waited
from records.schema import conversations, feedback, messages
from records.times import epoch

QUARTER = 900  # seconds
NOT_THE_ASSISTANTS = ("visitor", "clinician", "opening")  # by the kind, not the author: the index holds the kind


class Insights(Database):
    """Counts."""

    def figures(self, span: Span) -> Figures:
        """Return all figures about the conversations that began in ``span``, as they are at one moment."""
        within = and_(
            conversations.c.created_at >= span.start,
            conversations.c.created_at < span.end,
            conversations.c.owner != ERASED,
        )
        with self._reader.connect() as connection:
            quarters, outcomes = _became(connection, within)
            return Figures(
                quarters=quarters,
                outcomes=outcomes,
                said=_said(connection, within),
                asked=_asked(connection, within),
                ratings=_ratings(connection, within),
                escalated=escalated(connection, within, now()),
                waited=waited(connection, within),
                flagged=flagged(connection, within),
            )


def _has(kind: str) -> ColumnElement[bool]:
    return exists().where(of_conversation(messages), messages.c.kind == kind)


def _became(connection: Connection, within: ColumnElement[bool]) -> tuple[list[Quarter], Outcomes]:
    """Return when conversations began and what became of them: one walk through them for both."""
    later = messages.alias("later")
    answered_later = exists().where(
        later.c.conversation == messages.c.conversation, later.c.seq > messages.c.seq, later.c.kind == "answer"
    )
    ended_at_decline = exists().where(of_conversation(messages), messages.c.kind == "decline", ~answered_later)

    def rated(helpful: bool) -> ColumnElement[bool]:
        return exists().where(of_conversation(feedback), feedback.c.helpful.is_(helpful))

    # The database looks no further than the first that is true.
    outcome = case(
        (~_has("visitor"), "silent"),
        (to_a_person(), "person"),
        (ended_at_decline, "declined"),
        (~_has("answer"), "other"),
        (rated(False), "not_helpful"),
        (rated(True), "helpful"),
        else_="unrated",
    ).label("outcome")
    quarter = (epoch(conversations.c.created_at) // QUARTER).label("quarter")
    # In a query of its own: PostgreSQL does not take an expression with a parameter for the same one twice.
    rows = (
        select(
            quarter,
            outcome,
            case((_has("decline"), 1)).label("declined"),
            case((_has("clarify"), 1)).label("clarified"),
        )
        .where(within)
        .subquery()
    )
    of = (rows.c.quarter, rows.c.outcome)
    query = select(*of, func.count(), func.count(rows.c.declined), func.count(rows.c.clarified)).group_by(*of)
    quarters: dict[int, Counter[str]] = defaultdict(Counter)
    outcomes = Counter(dict.fromkeys(Outcomes.__dataclass_fields__, 0))
    for number, name, count, declined, clarified in connection.execute(query):
        escalated = count if name == "person" else 0
        quarters[number].update(conversations=count, declined=declined, clarified=clarified, escalated=escalated)
        outcomes[name] += count
    found = [
        Quarter(dt.datetime.fromtimestamp(number * QUARTER, dt.UTC), **counts)
        for number, counts in sorted(quarters.items())
    ]
    return found, Outcomes(**outcomes)


def _said(connection: Connection, within: ColumnElement[bool]) -> list[Said]:
    query = (
        select(messages.c.kind, func.count().label("times"), func.count(distinct(messages.c.conversation)))
        .join(conversations, of_conversation(messages))
        .where(within, messages.c.kind.not_in(NOT_THE_ASSISTANTS))
        .group_by(messages.c.kind)
        .order_by(func.count().desc(), messages.c.kind)
    )
    return [Said(*row) for row in connection.execute(query)]


def _asked(connection: Connection, within: ColumnElement[bool]) -> list[Asked]:
    topic = _topics(connection).c.value
    conversation = messages.c.conversation
    query = (
        select(
            topic,
            func.count().label("answers"),
            func.count(distinct(conversation)),
            count_if(feedback.c.helpful.is_(True)),
            count_if(feedback.c.helpful.is_(False)),
        )
        .select_from(
            conversations.join(messages, of_conversation(messages)).join(
                feedback, and_(feedback.c.conversation == conversation, feedback.c.seq == messages.c.seq), isouter=True
            )
        )
        .where(within, messages.c.kind == "answer")
        .group_by(topic)
        .order_by(func.count().desc(), topic)
    )
    return [Asked(*row) for row in connection.execute(query)]


def _topics(connection: Connection) -> TableValuedAlias:
    """The topics of a message, one a row."""
    if connection.dialect.name == "sqlite":
        return func.json_each(messages.c.body, "$.topics").table_valued("value", joins_implicitly=True)
    every = func.json_array_elements_text(messages.c.body["topics"])
    return every.table_valued("value", joins_implicitly=True).render_derived()


def _ratings(connection: Connection, within: ColumnElement[bool]) -> Ratings:
    def conversations_if(helpful: bool) -> ColumnElement[int]:
        return func.count(distinct(case((feedback.c.helpful.is_(helpful), feedback.c.conversation))))

    query = (
        select(
            count_if(feedback.c.helpful.is_(True)),
            count_if(feedback.c.helpful.is_(False)),
            conversations_if(True),
            conversations_if(False),
        )
        .join(conversations, of_conversation(feedback))
        .where(within)
    )
    return Ratings(*connection.execute(query).one())
