"""Screens a visitor's message for everything that must not get an ordinary answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from safety.rules import FOLDER, load

_IN_TWO_HALVES = ("a", "b", "c", "d", "j")
_SHORT = 80


@dataclass(frozen=True)
class Finding:
    """One category of the safety policy that a message falls under.

    ``kind`` is the chat API's. ``unsure`` marks a message that may be a crisis: the reply then asks.
    """

    category: str
    kind: str
    urgency: str
    unsure: bool = False


class Screen:
    """The rules of ``data/safety/``, ready to be held against messages.

    Raises:
        SafetyRulesError: The rules are missing or malformed.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._rules = load(folder)

    def check(self, text: str, recent: Sequence[str] = ()) -> list[Finding]:
        """Return every category that ``text`` falls under, the highest precedence first; empty when none.

        ``recent`` are the visitor's earlier messages, oldest first. They count only where they change what
        ``text`` means: a crisis written in two halves, "is it safe for me?" after "I am pregnant". What they
        said by themselves was found when they were checked.
        """
        plain = self._rules.normalise(text)
        earlier = [self._rules.normalise(said) for said in recent]
        whole, seam = _joined(earlier, plain)
        findings: list[Finding] = []
        for category in self._rules.categories:
            hit = category.find(plain)
            if hit is None and whole and category.letter in _IN_TWO_HALVES:
                hit = category.find(whole, across=seam)
            if hit is not None:
                findings.append(Finding(category.letter, category.kind, hit.urgency, hit.unsure))
            elif category.follows_on(plain, earlier):
                findings.append(Finding(category.letter, category.kind, category.urgency))
        return _only_what_counts(findings)

    def normalise(self, text: str) -> str:
        """Return the plain form of ``text`` that the rules are held against."""
        return self._rules.normalise(text)


def _joined(earlier: Sequence[str], plain: str) -> tuple[str, int]:
    """Join the last message and this one, when both are short and the last one is no finished sentence."""
    if not earlier or not earlier[-1] or len(earlier[-1]) > _SHORT or len(plain) > _SHORT:
        return "", 0
    if earlier[-1].endswith("?"):
        return "", 0
    return f"{earlier[-1]} {plain}", len(earlier[-1]) + 1


def _only_what_counts(findings: list[Finding]) -> list[Finding]:
    """Weigh the findings together, as the policy does.

    Abuse (o) counts only when nothing else is there. Too much taken (d) is most urgent with intent (a) or symptoms (c).
    """
    if len(findings) < 2:
        return findings
    letters = {finding.category for finding in findings}
    weighed = [finding for finding in findings if finding.category != "o"]
    if letters & {"a", "c"}:
        weighed = [replace(finding, urgency="U0") if finding.category == "d" else finding for finding in weighed]
    return weighed
