"""Conversations that are played again whenever the assistant is tested: their form, and how replies are compared.

A case holds the visitor's turns up to the last one that a mark has settled, scrubbed, and what is expected of the
reply to each of those. It says nothing of the words of replies, which may be improved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from records import Mark, Message, Outcome, Reviewed
from review.examples import origin_of
from review.files import CASE
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
    expected = _expectations(reviewed)
    if not expected:
        raise NoCase("None of its messages has a mark that holds. Mark one first; where two people are wanted, both.")
    told = [message for message in _told(log) if message.seq <= max(expected)]
    return _block(origin_of(conversation, 0), [_expecting(_turn(one, region), expected.get(one.seq)) for one in told])


def renewed(saved: str, reviewed: Sequence[Reviewed]) -> str:
    """Return the block of a saved case with what is expected by now.

    Its turns stay, but for those that somebody has taken out: who saved it has looked them through, and nobody has
    those of later messages.

    Args:
        saved: The block as it was saved.
        reviewed: The marked messages of its conversation.
    """
    (case,), expected = yaml.safe_load(saved), _expectations(reviewed)
    return _block(case["origin"], [_expecting(turn, expected.get(turn.get("seq"))) for turn in case["turns"] or ()])


def differences(expected: Mapping[str, Any], reply: Mapping[str, Any]) -> list[str]:
    """Return in what a reply is not as expected, without words."""
    found = []
    for name in ("kind", "category"):
        if name in expected and reply.get(name) != expected[name]:
            found.append(f"{name} is {reply.get(name)}, not {expected[name]}")
    if missing := set(expected.get("topics", ())) - set(reply.get("topics") or ()):
        found.append(f"topics lack {', '.join(sorted(missing))}")
    return found


def _block(origin: str, turns: Sequence[dict[str, Any]]) -> str:
    return f"{CASE}{origin}\n  turns:\n" + "".join(f"  - {json.dumps(one, ensure_ascii=False)}\n" for one in turns)


def _told(log: Sequence[Message]) -> list[Message]:
    """The visitor's messages, without what they told the guide and did not send."""
    return [one for one in log if one.author == "visitor" and not isinstance(one.body.get("guide"), bool)]


def _expectations(reviewed: Sequence[Reviewed]) -> dict[int, dict[str, Any]]:
    """What is expected of the replies, by the numbers of the messages whose marks hold."""
    return {one.seq: found for one in reviewed if one.settled and (found := _expected(one.settled, one.outcome))}


def _expecting(turn: Mapping[str, Any], expected: dict[str, Any] | None) -> dict[str, Any]:
    words = {name: value for name, value in turn.items() if name != "expect"}
    return {**words, "expect": expected} if expected else words


def _turn(message: Message, region: str) -> dict[str, Any]:
    if "choice" in message.body:
        return {"seq": message.seq, "choose": message.body["choice"]}
    if message.redacted is None:
        raise NoCase(f"Message {message.seq} has no redacted copy yet. Try again in a minute.")
    text = scrubbed(message.redacted, region)
    if not text:
        raise NoCase(f"Somebody may be named in message {message.seq}, so it is not written to a file.")
    return {"seq": message.seq, "say": text}


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
