"""Which examples the reviewers' marks make, and which not, and why."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from records import Mark, Reviewed
from review.scrub import scrubbed

OUT_OF_SCOPE = "out_of_scope/unclear"  # where the topic classifier learns what to decline
TAUGHT = ("topic", "decline", "category")  # "right" is known already, and for a new topic there is no answer yet
NO_COPY = "it has no redacted copy yet"
NAMES, EMPTY, TOO_LONG = "somebody may be named in it", "nothing is left of its words", "it is too long to be typical"
LONGEST = 300
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Example:
    """Words that the assistant is to learn from, kept out of ``repr``.

    ``label`` is an intent, or the letter of a safety category. ``origin`` stands for conversation and number, and leads
    back to them only for who has the conversation.
    """

    label: str
    origin: str
    text: str = field(repr=False)

    @property
    def is_safety(self) -> bool:
        """Whether the safety model learns it, and not the topic classifier."""
        return len(self.label) == 1

    @property
    def block(self) -> str:
        """Exactly what is written."""
        if self.is_safety:
            words = json.dumps(self.text, ensure_ascii=False)
            return f"# {self.origin}\n- {{category: {self.label}, text: {words}}}\n"
        return f"# {self.origin}\n- intent: {self.label}\n  examples: |\n    - {self.text}\n"

    @property
    def digest(self) -> str:
        """Stands for exactly what is written: what was confirmed under it is what was shown."""
        return hashlib.sha256(self.block.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Proposal:
    """A marked message, and what it would teach; or why it teaches nothing."""

    conversation: str
    seq: int
    example: Example | None
    why_not: str = ""


def origin_of(conversation: str, seq: int) -> str:
    """Return what stands for a message in a file: a hash of a random id, which leads nowhere by itself."""
    return hashlib.sha256(f"{conversation}/{seq}".encode()).hexdigest()[:12]


def plain(text: str) -> str:
    """Return the words of a text: texts with the same words are the same example."""
    return " ".join(_WORDS.findall(text.lower()))


def proposals(reviewed: Sequence[Reviewed], known: Mapping[str, str], region: str) -> list[Proposal]:
    """Return what the marks that hold would teach, in order, each text once.

    Args:
        reviewed: The marked messages.
        known: The words of every example that there is, by :func:`plain`, and its label.
        region: Two letters, for telephone numbers.
    """
    settled = [(one, mark) for one in reviewed if (mark := one.settled) and mark.judgement in TAUGHT]
    texts = {one: scrubbed(one.redacted or "", region) for one, _ in settled}
    labels: dict[str, set[str]] = defaultdict(set)
    for one, mark in settled:
        labels[plain(texts[one] or "")].add(_label(mark))
    found: list[Proposal] = []
    seen: set[str] = set()
    for one, mark in settled:
        text, label = texts[one], _label(mark)
        words = plain(text or "")
        if known.get(words) == label or words in seen:
            continue
        if why_not := NO_COPY if one.redacted is None else _why_not(text, words, label, labels[words], known):
            found.append(Proposal(one.conversation, one.seq, None, why_not))
            continue
        seen.add(words)
        example = Example(label, origin_of(one.conversation, one.seq), str(text))
        found.append(Proposal(one.conversation, one.seq, example))
    return found


def _label(mark: Mark) -> str:
    return mark.topic or mark.category or OUT_OF_SCOPE


def _why_not(text: str | None, words: str, label: str, labels: set[str], known: Mapping[str, str]) -> str:
    if text is None:
        return NAMES
    if not words:
        return EMPTY
    if len(text) > LONGEST:
        return TOO_LONG
    if len(labels) > 1:
        return "the same words are marked in another way elsewhere"
    # What a safety category learns goes before what a topic does, but not before what another category does.
    if words in known and (len(label) > 1 or len(known[words]) == 1):
        return f"the same words are an example of {known[words]}: change it there"
    return ""
