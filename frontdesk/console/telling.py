"""One conversation as staff see it: every entry of its log, and what the assistant made of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalation.titles import case_title
from frontdesk.console.words import owner_words
from records import FlagChange, Message, Transition

IN_GUIDE = "In the candidacy guide. The visitor has not sent this to the clinic, so it is not shown."
NO_COPY = "There is no redacted copy of this yet, so it is not shown."


@dataclass(frozen=True)
class Understood:
    """What the engine made of a visitor's message; it is kept with the reply."""

    intent: str
    confidence: float | None
    topics: list[str]
    runners_up: list[str]
    findings: list[str]
    named: list[str]


@dataclass(frozen=True)
class Entry:
    """One entry of the log."""

    seq: int
    author: str
    name: str | None
    kind: str
    category: str | None
    at: dt.datetime
    text: str
    is_choice: bool
    is_withheld: bool  # the text says why
    can_be_marked: bool  # a visitor's own words
    topics: list[str]
    sources: list[str]
    understood: Understood | None


def entry_of(message: Message, titles: Mapping[str, str], original: bool) -> Entry:
    """Return an entry of the log; what was said in the guide and not sent is kept back.

    Args:
        message: The entry as it is kept.
        titles: Of the topics.
        original: Show what people wrote as they wrote it, not redacted.
    """
    body, kept_back = message.body, message.body.get("guide") is True
    text = str(body.get("text", "")) if original else message.readable
    return Entry(
        seq=message.seq,
        author=message.author,
        name=body.get("author_name"),
        kind=message.kind,
        category=body.get("category"),
        at=message.sent_at,
        text=IN_GUIDE if kept_back else NO_COPY if text is None else text,
        is_choice="choice" in body and not kept_back,
        is_withheld=kept_back or text is None,
        can_be_marked=message.author == "visitor" and "choice" not in body and not isinstance(body.get("guide"), bool),
        topics=[titles.get(topic, topic) for topic in body.get("topics") or []],
        sources=[str(source.get("title", "")) for source in body.get("sources") or []],
        understood=None if kept_back else _understood(message.understanding, titles),
    )


def _understood(found: dict[str, Any] | None, titles: Mapping[str, str]) -> Understood | None:
    if not found or "intent" not in found:
        return None
    topics, candidates = found.get("topics") or [], found.get("candidates") or []
    findings = found.get("findings") or []
    return Understood(
        intent=str(found["intent"] or "none"),
        confidence=found.get("confidence"),
        topics=[titles.get(topic, topic) for topic in topics],
        runners_up=[titles.get(topic, topic) for topic in candidates if topic not in topics],
        findings=[f"{case_title(one['category'], one.get('form'))}, {one['urgency']}" for one in findings],
        # Which kinds of things were named, not the words: those are in the message itself.
        named=sorted({str(entity["entity"]) for entity in found.get("entities") or []}),
    )


def history(transitions: Sequence[Transition], flags: Sequence[FlagChange]) -> list[tuple[dt.datetime, str]]:
    """Return who had the conversation and when its flag went up and down, in the order in which it happened."""
    lines = [(one.at, _passed_on(one)) for one in transitions]
    lines += [(one.at, _flag(one)) for one in flags]
    return sorted(lines, key=lambda line: line[0])


def _passed_on(one: Transition) -> str:
    before, after = (owner_words(owner, "a clinician") for owner in (one.from_owner, one.to_owner))
    why = f" ({one.why})" if one.why else ""
    return f"{before}, then {after[0].lower()}{after[1:]}, by {one.by}{why}"


def _flag(one: FlagChange) -> str:
    by, why = (f", by {one.by}" if one.by else ""), (f" ({one.why})" if one.why else "")
    return f"Crisis flag {'raised' if one.raised else 'lowered'}: {case_title(one.category)}{by}{why}"


def summary_lines(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a guide's summary as lines of a label and a text."""
    return [(str(label).replace("_", " "), _plain(value)) for label, value in summary.items()]


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{str(key).replace('_', ' ')}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(_plain(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not given" if value is None else str(value)
