"""The list of conversations: which there were, what became of them, and where the words are that somebody looks for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, and_, cast, exists, func, not_, select, tuple_
from sqlalchemy.engine import RowMapping

from records.console_schema import tags
from records.database import ERASED, KEPT, Database
from records.handling import to_a_person
from records.judged import Hit, Listed, Wanted
from records.review_schema import marks
from records.schema import cases, conversations, feedback, messages
from records.words import excerpt, messages_with

SILENT = ("opening", "notice")  # kinds that answer nothing


class Listing(Database):
    """Lists conversations."""

    def conversations_like(
        self, wanted: Wanted, limit: int, before: tuple[dt.datetime, str] | None = None
    ) -> list[Listed]:
        """Return conversations, the newest first; ``before``: those older than one, by its beginning and id."""
        query = _with(select(conversations).where(conversations.c.owner != ERASED), wanted)
        order = tuple_(conversations.c.created_at, conversations.c.id)
        if before is not None:
            query = query.where(order < tuple_(*before))
        query = query.order_by(conversations.c.created_at.desc(), conversations.c.id.desc()).limit(limit)
        with self._reader.connect() as connection:
            found = list(connection.execute(query).mappings())
            hits = _hits(connection, wanted.words, [row["id"] for row in found]) if wanted.words else {}
            return [replace(one, hit=hits.get(one.conversation)) for one in _listed(connection, found)]

    def last_words(self, conversations: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return number and redacted words of the last message that each visitor wrote and may be shown, if any."""
        theirs = and_(
            messages.c.conversation.in_(conversations),
            messages.c.author == "visitor",
            messages.c.redacted.is_not(None),
            ~kept_back(messages.c.body),
        )
        last = select(messages.c.conversation, func.max(messages.c.seq).label("seq")).where(theirs)
        last_ones = last.group_by(messages.c.conversation).subquery()
        same = and_(messages.c.conversation == last_ones.c.conversation, messages.c.seq == last_ones.c.seq)
        query = select(messages.c.conversation, messages.c.seq, messages.c.redacted).join(last_ones, same)
        with self._reader.connect() as connection:
            return {conversation: (seq, words) for conversation, seq, words in connection.execute(query)}


def kept_back(body: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a message was said in the candidacy guide and not sent to the clinic, or deleted: it may not be told."""
    said = func.coalesce(cast(body["guide"].as_string(), String), "")
    return said.in_(("true", "1", "false", "0"))  # as PostgreSQL and SQLite write it


def _with(query: Select[Any], wanted: Wanted) -> Select[Any]:
    here = conversations.c.id
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(conversations.c.created_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(conversations.c.created_at < wanted.until)
    if wanted.owner is not None:
        conditions.append(conversations.c.owner == wanted.owner)
    if wanted.category is not None:
        conditions.append(exists().where(cases.c.conversation == here, cases.c.category == wanted.category))
    if wanted.tag is not None:
        conditions.append(exists().where(tags.c.conversation == here, tags.c.tag == wanted.tag))
    if wanted.helpful is not None:
        conditions.append(exists().where(feedback.c.conversation == here, feedback.c.helpful.is_(wanted.helpful)))
    has_marks = exists().where(marks.c.conversation == here)
    for asked, there in ((wanted.escalated, to_a_person()), (wanted.reviewed, has_marks)):
        if asked is not None:
            conditions.append(there if asked else not_(there))
    if wanted.words is not None:
        conditions.append(conversations.c.owner != KEPT)  # what is kept for legal reasons is read for nothing else
        conditions.append(here.in_(select(messages_with(wanted.words).subquery().c.conversation)))
    if replies := _replies(wanted):
        conditions.append(exists().where(messages.c.conversation == here, *replies))
    return query.where(*conditions)


def _replies(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What one reply must be like; empty when nothing is asked of it."""
    sure = messages.c.understanding["confidence"].as_float()
    asked: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        asked.append(messages.c.kind == wanted.kind)
    if wanted.topic is not None:
        named = messages.c.body["topics"].as_string().contains(f'"{wanted.topic}"', autoescape=True)
        asked.append(and_(named, ~kept_back(messages.c.body)))
    if wanted.least_sure is not None:
        asked.append(sure >= wanted.least_sure)
    if wanted.most_sure is not None:
        asked.append(sure <= wanted.most_sure)
    return asked


def _hits(connection: Connection, query: str, ids: list[str]) -> dict[str, Hit]:
    found: dict[str, Hit] = {}
    having = messages_with(query).subquery()
    same = and_(messages.c.conversation == having.c.conversation, messages.c.seq == having.c.seq)
    rows = select(messages.c.conversation, messages.c.seq, messages.c.redacted).join(having, same)
    for row in connection.execute(rows.where(having.c.conversation.in_(ids)).order_by(messages.c.seq)).mappings():
        if row["conversation"] not in found:
            found[row["conversation"]] = Hit(row["seq"], tuple(excerpt(row["redacted"], query)))
    return found


def _listed(connection: Connection, found: Sequence[RowMapping]) -> list[Listed]:
    ids = [row["id"] for row in found]
    kinds, topics = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    replies = select(messages.c.conversation, messages.c.kind, messages.c.body).where(
        messages.c.conversation.in_(ids), messages.c.author != "visitor", messages.c.kind.not_in(SILENT)
    )
    for row in connection.execute(replies.order_by(messages.c.conversation, messages.c.seq)).mappings():
        kinds[row["conversation"]].append(row["kind"])
        if row["body"].get("guide") is not True:
            topics[row["conversation"]] += row["body"].get("topics") or []
    categories = _by_conversation(connection, select(cases.c.conversation, cases.c.category), ids)
    tagged = _by_conversation(connection, select(tags.c.conversation, tags.c.tag).order_by(tags.c.tag), ids)
    unhelpful = _by_conversation(connection, select(feedback.c.conversation, feedback.c.helpful), ids)
    reviewed = _by_conversation(connection, select(marks.c.conversation, marks.c.seq), ids)
    return [
        Listed(
            conversation=row["id"],
            created_at=row["created_at"],
            owner=row["owner"],
            clinician=row["clinician"],
            raised=row["raised"],
            kinds=tuple(dict.fromkeys(kinds[row["id"]])),
            topics=tuple(dict.fromkeys(topics[row["id"]])),
            categories=tuple(sorted(set(categories[row["id"]]))),
            unhelpful=False in unhelpful[row["id"]],
            reviewed=bool(reviewed[row["id"]]),
            tags=tuple(tagged[row["id"]]),
        )
        for row in found
    ]


def _by_conversation(connection: Connection, query: Select[Any], ids: list[str]) -> dict[str, list[Any]]:
    found = defaultdict[str, list[Any]](list)
    for conversation, value in connection.execute(query.where(query.selected_columns.conversation.in_(ids))):
        found[conversation].append(value)
    return found
