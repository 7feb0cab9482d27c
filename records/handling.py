"""How people handle what needs them, in figures: cases, the queue, crisis flags. See :mod:`records.insights`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, case, distinct, exists, func, or_, select

from records.entries import LOG_ONLY
from records.figures import Escalated, Flagged, Waited
from records.handoff import VISITOR
from records.queue import WITH_PEOPLE
from records.schema import cases, conversations, flags, messages, transitions
from records.times import between, percentiles, ranked, waits_of


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows ``condition`` holds for."""
    return func.count(case((condition, 1)))


def of_conversation(table: Table) -> ColumnElement[bool]:
    """Rows of ``table`` belong to their conversation."""
    same: ColumnElement[bool] = table.c.conversation == conversations.c.id
    return same


def escalated(connection: Connection, within: ColumnElement[bool], at: dt.datetime) -> list[Escalated]:
    """Return the cases of each category: how many, how late, how long until somebody saw them and wrote."""
    first_reply = (
        select(func.min(messages.c.sent_at))
        .where(
            messages.c.conversation == cases.c.conversation,
            messages.c.author == "clinician",
            messages.c.sent_at >= cases.c.opened_at,
        )
        .scalar_subquery()
    )
    is_late = or_(
        cases.c.acknowledged_at > cases.c.target_at,
        and_(cases.c.acknowledged_at.is_(None), cases.c.closed_at.is_(None), cases.c.target_at < at),
    )
    rows = (
        select(
            cases.c.category,
            cases.c.conversation,
            cases.c.closed_at,
            case((is_late, 1)).label("late"),
            between(cases.c.opened_at, cases.c.acknowledged_at).label("acknowledged"),
            between(cases.c.opened_at, first_reply).label("replied"),
        )
        .join(conversations, of_conversation(cases))
        .where(within)
        .subquery()
    )
    found = ranked(rows, ("acknowledged", "replied"), rows.c.category)
    query = (
        select(
            found.c.category,
            func.count().label("cases"),
            func.count(distinct(found.c.conversation)).label("conversations"),
            count_if(found.c.closed_at.is_(None)).label("still_open"),
            func.count(found.c.late).label("late"),
            *percentiles(found, "acknowledged"),
            *percentiles(found, "replied"),
        )
        .group_by(found.c.category)
        .order_by(func.count().desc(), found.c.category)
    )
    return [
        Escalated(
            row["category"],
            row["cases"],
            row["conversations"],
            row["still_open"],
            row["late"],
            waits_of(row, "acknowledged"),
            waits_of(row, "replied"),
        )
        for row in connection.execute(query).mappings()
    ]


def waited(connection: Connection, within: ColumnElement[bool]) -> Waited:
    """Return what came of the wishes for a person."""
    steps = (
        select(
            transitions.c.to_owner,
            transitions.c.at,
            _next(transitions, "to_owner").label("next_owner"),
            _next(transitions, "at").label("next_at"),
        )
        .join(conversations, of_conversation(transitions))
        .where(within)
        .subquery()
    )
    how_long = between(steps.c.at, steps.c.next_at)
    rows = (
        select(
            steps.c.next_owner,
            case((steps.c.next_owner == "clinician", how_long)).label("answered"),
            case((steps.c.next_owner == "bot", how_long)).label("abandoned"),
        )
        .where(steps.c.to_owner == "waiting")
        .subquery()
    )
    found = ranked(rows, ("answered", "abandoned"))
    query = select(
        func.count().label("requests"),
        count_if(found.c.next_owner.is_(None)).label("waiting"),
        *percentiles(found, "answered"),
        *percentiles(found, "abandoned"),
    )
    row = connection.execute(query).mappings().one()
    return Waited(row["requests"], waits_of(row, "answered"), waits_of(row, "abandoned"), row["waiting"])


def flagged(connection: Connection, within: ColumnElement[bool]) -> list[Flagged]:
    """Return how often the crisis flag went up for each category, and who lowered it when."""
    changes = (
        select(
            flags.c.category,
            flags.c.conversation,
            flags.c.raised,
            flags.c.at,
            _next(flags, "by").label("lowered_by"),
            _next(flags, "at").label("lowered_at"),
        )
        .join(conversations, of_conversation(flags))
        .where(within)
        .subquery()
    )
    by_clinician = changes.c.lowered_by != VISITOR
    rows = (
        select(changes, case((by_clinician, between(changes.c.at, changes.c.lowered_at))).label("lowered"))
        .where(changes.c.raised.is_(True))
        .subquery()
    )
    found = ranked(rows, ("lowered",), rows.c.category)
    query = (
        select(
            found.c.category,
            func.count().label("raised_times"),
            func.count(distinct(found.c.conversation)).label("conversations"),
            count_if(found.c.lowered_by == VISITOR).label("taken_back"),
            count_if(found.c.lowered_at.is_(None)).label("still_up"),
            *percentiles(found, "lowered"),
        )
        .group_by(found.c.category)
        .order_by(found.c.category)
    )
    return [
        Flagged(
            row["category"],
            row["raised_times"],
            row["conversations"],
            waits_of(row, "lowered"),
            row["taken_back"],
            row["still_up"],
        )
        for row in connection.execute(query).mappings()
    ]


def _next(table: Table, column: str) -> ColumnElement[Any]:
    """What the conversation's next row says."""
    return func.lead(table.c[column]).over(partition_by=table.c.conversation, order_by=table.c.number)


def to_a_person() -> ColumnElement[bool]:
    """Whether a conversation went to a person: a case of it asks for one, it was in the queue, or it was taken over."""
    return or_(
        exists().where(of_conversation(cases), cases.c.urgency != LOG_ONLY),
        exists().where(of_conversation(transitions), transitions.c.to_owner.in_(WITH_PEOPLE)),
    )
