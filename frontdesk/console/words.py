"""How the console says things: who has a conversation, how long it waits, what a message is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from escalation.titles import case_title
from records import Mark

URGENCY = {
    "U0": "Now",
    "U1": "Within half an hour",
    "U2": "Today",
    "U3": "By the next business day",
    "U4": "For the record",
}
KINDS = {
    "opening": "opening",
    "visitor": "",
    "answer": "answer",
    "clarify": "asked what was meant",
    "decline": "no answer",
    "crisis": "crisis reply",
    "emergency": "emergency reply",
    "advice": "advice",
    "handoff": "handoff",
    "guide": "candidacy guide",
    "smalltalk": "small talk",
    "clinician": "",
    "notice": "notice",
    "unavailable": "could not answer",
}
JUDGEMENTS = {
    "right": "Right",
    "topic": "The right topic is another",
    "decline": "It should have declined",
    "category": "It should have fired a safety category",
    "new_topic": "A new topic is needed",
}
AUTHORS = {"visitor": "Visitor", "bot": "Assistant", "system": "System", "clinician": "Clinician"}
LEARNING = {
    "died": "It stopped before it had ended.",
    "failed": "It did not work. The assistant is as it was.",
    "nothing": "There was nothing to learn.",
    "unsafe": "Not learnt, because something that concerns safety would be worse. What was taught goes on waiting.",
    "learnt": "Learnt. It counts when the assistant is started again.",
    "returned": "Gone back. It counts when the assistant is started again.",
}
STATES = {
    "signed": "Signed",
    "changed": "Changed since it was signed",
    "unsigned": "Not signed",
    "expired": "The signature has run out",
}
OWNERS = {
    "bot": "With the assistant",
    "waiting": "Waits for a person",
    "clinician": "With a clinician",
    "closed": "Closed",
}
GONE = {"erased": "Erased by the visitor", "kept": "Its erasure was asked for; kept for legal reasons"}
ROLES = {
    "viewer": "Viewer: reads conversations",
    "reviewer": "Reviewer: reads, writes notes and tags, and marks what the assistant did",
    "clinician": "Clinician: the same, answers visitors in person, signs answers, and teaches the assistant",
    "manager": "Manager: what reviewers do, teaches the assistant and lets it learn, exports and keeps conversations, "
    "and manages people",
    "auditor": "Auditor: reads who read and did what, exports redacted conversations",
}


def owner_words(owner: str, clinician: str | None) -> str:
    """Say who has a conversation."""
    if owner == "clinician":
        return f"With {clinician}"
    return {**OWNERS, **GONE}.get(owner, owner)


def waited(since: dt.datetime, now: dt.datetime) -> str:
    """Say how long ago ``since`` was; ``console.js`` says the same as time goes on."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"


def day(date: dt.date) -> str:
    """Say a date."""
    return f"{date:%b} {date.day}, {date.year}"


def percent(share: float | None) -> str:
    """Say how sure the assistant was."""
    return "not known" if share is None else f"{share:.0%} sure"


def mark_words(mark: Mark, titles: Mapping[str, str]) -> str:
    """Say what somebody thinks of what the assistant made of a message."""
    if mark.topic:
        return f"The right topic is: {titles.get(mark.topic, mark.topic)}"
    if mark.category:
        return f"It should have fired: {case_title(mark.category)}"
    return JUDGEMENTS[mark.judgement]
