"""Review: which messages somebody should look at, what people think of them, and what holds.

Messages are drawn by their conversation's id, which is random: the same draw everywhere, for good, with nothing stored.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, or_, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.sql.selectable import NamedFromClause

from records.database import KEPT, Database, lock, now
from records.errors import MessageNotFound
from records.judged import Mark, Outcome, Reviewed, ToReview
from records.listing import kept_back
from records.review_schema import marks
from records.schema import cases, conversations, feedback, messages
from records.seal import Seal
from records.sealed_rows import close_row, open_message, open_row

# The share of the conversations without any sign of trouble that are read all the same. Only they show what goes wrong
# unnoticed; one in twenty finds, in a month of a small clinic, what happens once in a hundred messages.
QUIET_SHARE = 0.05
QUIET_EVERY = 5  # each fifth row of the list is a quiet one, however long the list of the others is
# The share of the conversations that two people mark, each without seeing the other's marks: enough to tell within some
# months whether people mean the same by their marks, without doubling the work.
TWICE_SHARE = 0.2
# Older messages were answered by an older assistant; and the list of a clinic with little time must not grow for ever.
RECENT = dt.timedelta(days=90)
# An answer less sure than this is looked at: of those, up to one in four is wrong by the assistant's own reckoning.
LOW_CONFIDENCE = 0.75

ESCALATED = ("crisis", "emergency", "advice", "handoff")
DECLINED, ASKED, UNSURE, UNHELPFUL, RAISED = "declined", "asked back", "not sure", "not helpful", "escalated"
DIGITS, ID_LENGTH = 4, 24
SEALED = ("seq", "body", "understanding", "sealed")

visitors, reply = messages.alias("visitors"), messages.alias("reply")


class Reviews(Database):
    """Keeps the reviewers' marks and says what waits for one."""

    def mark(self, conversation: str, seq: int, mark: Mark) -> None:
        """Keep a person's mark of a visitor's message. Their latest counts; the earlier ones are history.

        Raises:
            ConversationNotFound: There is none.
            MessageNotFound: ``seq`` is no visitor's message in words, or the visitor has kept it to themselves.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            known = select(messages.c.seq).where(messages.c.conversation == conversation, messages.c.seq == seq)
            if connection.scalar(known.where(in_words(messages.c))) is None:
                raise MessageNotFound(seq)
            row = close_row(
                "marks", self._seals.of(connection, conversation), {**mark.__dict__, "seq": seq, "at": now()}
            )
            connection.execute(insert(marks).values(conversation=conversation, **row))

    def marks_of(self, conversation: str) -> dict[int, list[Mark]]:
        """Return all marks of a conversation by message number, the oldest first."""
        found: dict[int, list[Mark]] = defaultdict(list)
        query = select(marks).where(marks.c.conversation == conversation).order_by(marks.c.number)
        with self._reader.connect() as connection:
            for row in connection.execute(query).mappings().all():
                seal = self._seals.of(connection, conversation)
                found[row["seq"]].append(Mark.of(open_row("marks", seal, row)))
        return found

    def to_review(self, person: str, limit: int) -> list[ToReview]:
        """Return what ``person`` should mark next: the flagged and, every now and then, a quiet one; oldest first."""
        flagged = or_(*_signs().values())
        drawn = visitors.c.conversation < _threshold(QUIET_SHARE)
        with self._reader.connect() as connection:
            parts = [
                connection.execute(_waiting(person, condition, limit)).mappings().all()
                for condition in (flagged, and_(drawn, ~flagged))
            ]
            seals = self._seals.of_all(connection, {row["conversation"] for part in parts for row in part})
        return _mixed(*([_to_review(seals, row) for row in part] for part in parts))[:limit]

    def reviewed(self) -> list[Reviewed]:
        """Return every message that somebody has marked, with what became of it, in the order of the first marks."""
        query = (
            select(
                marks,
                *sealed_of(visitors),
                *sealed_of(reply),
                reply.c.kind.label("reply_kind"),
                visitors.c.redacted,
            )
            .join(visitors, and_(visitors.c.conversation == marks.c.conversation, visitors.c.seq == marks.c.seq))
            .join(reply, answers(), isouter=True)
            .where(in_words(visitors.c))
            .order_by(marks.c.number, reply.c.seq)
        )
        found: dict[tuple[str, int], Reviewed] = {}
        with self._reader.connect() as connection:
            rows = connection.execute(query).mappings().all()
            seals = self._seals.of_all(connection, {row["conversation"] for row in rows})
        for row in rows:
            key, seal = (row["conversation"], row["seq"]), seals.get(row["conversation"])
            if seal is None:  # erased a moment ago
                continue
            mark = Mark.of(open_row("marks", seal, row))
            text = opened_of(visitors, seal, row)["body"]["text"]
            one = found.get(key) or Reviewed(
                *key, text, _outcome(seal, row), (), (), people_for(key[0]), row["redacted"]
            )
            others = tuple(other for other in one.marks if other.by != mark.by)
            is_first = mark.by not in {earlier.by for earlier in one.first}
            found[key] = replace(one, marks=(*others, mark), first=(*one.first, mark) if is_first else one.first)
        return list(found.values())


def people_for(conversation: str) -> int:
    """Return how many people are to mark a conversation's messages."""
    return 2 if conversation[ID_LENGTH - DIGITS :] < _threshold(TWICE_SHARE) else 1


def _threshold(share: float) -> str:
    """The hexadecimal digits below which ``share`` of all random ones lie."""
    return f"{round(share * 16**DIGITS):0{DIGITS}x}"


def in_words(of: Any) -> ColumnElement[bool]:
    """Whether a message, by the columns of its table, is a visitor's own words, sent to the clinic and not erased."""
    kept = select(conversations.c.id).where(conversations.c.owner == KEPT)  # for legal reasons, and for nothing else
    own = and_(of.author == "visitor", of.body["choice"].as_string().is_(None), ~kept_back(of.body))
    return and_(own, of.conversation.not_in(kept))


def answers() -> ColumnElement[bool]:
    """Whether ``reply`` is the assistant's to ``visitors``'s message."""
    return and_(
        reply.c.conversation == visitors.c.conversation,
        reply.c.reply_to == visitors.c.seq,
        reply.c.author == "bot",
        ~kept_back(reply.c.body),
    )


def sealed_of(message: NamedFromClause) -> list[ColumnElement[Any]]:
    """The columns of a message that :func:`opened_of` wants, each with the name of its table before its own."""
    return [message.c[name].label(f"{message.name}_{name}") for name in SEALED]


def opened_of(message: NamedFromClause, seal: Seal, row: RowMapping) -> dict[str, Any]:
    """Body and understanding of a message in a row that has its :func:`sealed_of`; of no message, neither."""
    found = {name: row[f"{message.name}_{name}"] for name in SEALED}
    return found if found["sealed"] is None else open_message(seal, found)


def _signs() -> dict[str, ColumnElement[bool]]:
    """What puts a message into the list, each with its name."""
    of_reply = and_(feedback.c.conversation == reply.c.conversation, feedback.c.seq == reply.c.seq)
    of_message = and_(cases.c.conversation == visitors.c.conversation, cases.c.seq == visitors.c.seq)
    sure = reply.c.understanding["confidence"].as_float()
    return {
        DECLINED: reply.c.kind == "decline",
        ASKED: reply.c.kind == "clarify",
        UNSURE: and_(reply.c.kind == "answer", func.coalesce(sure, 1.0) < LOW_CONFIDENCE),
        UNHELPFUL: exists().where(of_reply, feedback.c.helpful.is_(False)),
        RAISED: or_(reply.c.kind.in_(ESCALATED), exists().where(of_message)),
    }


def _waiting(person: str, condition: ColumnElement[bool], limit: int) -> Select[Any]:
    of_message = and_(marks.c.conversation == visitors.c.conversation, marks.c.seq == visitors.c.seq)
    people = select(func.count(marks.c.by.distinct())).where(of_message).scalar_subquery()
    last_digits = func.substr(visitors.c.conversation, ID_LENGTH - DIGITS + 1, DIGITS)
    wanted = case((last_digits < _threshold(TWICE_SHARE), 2), else_=1)
    signs = [sign.label(name) for name, sign in _signs().items()]
    return (
        select(
            visitors.c.conversation,
            visitors.c.seq,
            visitors.c.sent_at,
            people.label("people"),
            reply.c.kind.label("reply_kind"),
            *sealed_of(reply),
            *signs,
        )
        .join(reply, answers())
        .where(
            in_words(visitors.c),
            condition,
            reply.c.sent_at >= now() - RECENT,
            ~exists().where(of_message, marks.c.by == person),
            people < wanted,
        )
        .order_by(reply.c.sent_at, reply.c.conversation, reply.c.seq)  # as their index is: the first are soon found
        .limit(limit)
    )


def _to_review(seals: Mapping[str, Seal], row: RowMapping) -> ToReview:
    reasons = tuple(name for name in (DECLINED, ASKED, UNSURE, UNHELPFUL, RAISED) if row[name])
    outcome = _outcome(seals[row["conversation"]], row)
    return ToReview(row["conversation"], row["seq"], row["sent_at"], outcome, reasons, row["people"] > 0)


def _outcome(seal: Seal, row: RowMapping) -> Outcome:
    opened = opened_of(reply, seal, row)
    body, understanding = opened["body"] or {}, opened["understanding"] or {}
    topics = tuple(body.get("topics") or ())
    return Outcome(row["reply_kind"] or "", topics, body.get("category"), understanding.get("confidence"))


def _mixed(flagged: Sequence[ToReview], quiet: Sequence[ToReview]) -> list[ToReview]:
    """Put both lists into one, with a quiet one in each place that is one's; each message once."""
    ahead, behind = list(flagged), list(quiet)
    mixed: list[ToReview] = []
    while ahead and behind:
        mixed.append(behind.pop(0) if len(mixed) % QUIET_EVERY == QUIET_EVERY - 1 else ahead.pop(0))
    once: dict[tuple[str, int], ToReview] = {}
    for one in chain(mixed, ahead, behind):  # a message with two replies comes twice
        once.setdefault((one.conversation, one.seq), one)
    return list(once.values())
