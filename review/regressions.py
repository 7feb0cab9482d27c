"""Conversations that are played again whenever the assistant is tested: their form, and how replies are compared.

A case holds the visitor's turns up to the last one that a mark has settled, scrubbed, and what is expected of the
reply to each of those. It says nothing of the words of replies, which may be improved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from records import Mark, Message, Outcome, Reviewed
from review.examples import origin_of
from review.scrub import scrubbed


class NoCase(Exception):
    """A conversation cannot be made a case; the message says why, without a word of it."""


def case_of(conversation: str, log: Sequence[Message], reviewed: Sequence[Reviewed], region: str) -> str:
    """Return the block of a case, exactly as it is written.

    Args:
        conversation: Its id.
        log: All its messages.
        reviewed: Its marked messages.
        region: Two letters, for telephone numbers.

    Raises:
        NoCase: Nothing is settled in it, or somebody may be named.
    """
    expected = {one.seq: found for one in reviewed if one.settled and (found := _expected(one.settled, one.outcome))}
    if not expected:
        raise NoCase("None of its messages has a mark that holds. Mark one first; where two people are wanted, both.")
    lines = [f"- origin: {origin_of(conversation, 0)}\n  turns:\n"]
    for message in log:
        if message.author != "visitor" or isinstance(message.body.get("guide"), bool) or message.seq > max(expected):
            continue
        turn: dict[str, Any] = _turn(message, region)
        if message.seq in expected:
            turn["expect"] = expected[message.seq]
        lines.append(f"  - {json.dumps(turn, ensure_ascii=False)}\n")
    return "".join(lines)


def differences(expected: Mapping[str, Any], reply: Mapping[str, Any]) -> list[str]:
    """Return in what a reply is not as expected, without words."""
    found = []
    for name in ("kind", "category"):
        if name in expected and reply.get(name) != expected[name]:
            found.append(f"{name} is {reply.get(name)}, not {expected[name]}")
    if missing := set(expected.get("topics", ())) - set(reply.get("topics") or ()):
        found.append(f"topics lack {', '.join(sorted(missing))}")
    return found


def _turn(message: Message, region: str) -> dict[str, Any]:
    if "choice" in message.body:
        return {"choose": message.body["choice"]}
    if message.redacted is None:
        raise NoCase(f"Message {message.seq} has no redacted copy yet. Try again in a minute.")
    text = scrubbed(message.redacted, region)
    if not text:
        raise NoCase(f"Somebody may be named in message {message.seq}, so it is not written to a file.")
    return {"say": text}


def _expected(mark: Mark, outcome: Outcome) -> dict[str, Any]:
    if mark.topic:
        return {"kind": "answer", "topics": [mark.topic]}
    if mark.category:
        return {"category": mark.category}
    if mark.judgement == "decline":
        return {"kind": "decline"}
    if mark.judgement != "right" or not outcome.kind:
        return {}
    return {
        "kind": outcome.kind,
        **({"topics": list(outcome.topics)} if outcome.topics else {}),
        **({"category": outcome.category} if outcome.category else {}),
    }
