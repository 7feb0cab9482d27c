"""Screens a visitor's message for everything that must not get an ordinary answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from safety.rules import FOLDER, KINDS, Category, Hit, load

FIXED = ("c", "d", "a", "b", "j")  # fixed templates only, and at once (safety policy, rule 3)
_SHORT = 80


@dataclass(frozen=True)
class Finding:
    """One category of the safety policy that a message falls under.

    ``unsure`` marks a message that may be a crisis: the reply then asks. ``form`` names a form of the reply other than
    the usual one. ``teams`` are told of the case.
    """

    category: str
    urgency: str
    unsure: bool = False
    form: str | None = None
    teams: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of reply in the chat API."""
        return KINDS.get(self.category, "advice")


class Screen:
    """The rules of ``data/safety/``, ready to be held against messages.

    Raises:
        SafetyRulesError: The rules are missing or malformed.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._rules = load(folder)
        self._candidates = lru_cache(maxsize=256)(self._rules.prefilter.candidates)

    def check(
        self,
        text: str,
        recent: Sequence[str] = (),
        learnt: Mapping[str, bool] | None = None,
        known: Collection[str] = (),
    ) -> list[Finding]:
        """Return every category that ``text`` falls under, the highest precedence first; empty when none.

        Args:
            text: The visitor's message.
            recent: Their earlier messages, oldest first. They count only where they change what ``text`` means: a
                crisis written in two halves, "is it safe for me?" after "I am pregnant". What they said by themselves
                was found when they were checked.
            learnt: Categories that a classifier found, each with whether it is unsure; what the rules find by
                themselves is never unsure because of it.
            known: Categories that this conversation fell under before, however long ago and however it was found.
        """
        plain = self._rules.normalise(text)
        earlier = [self._rules.normalise(said) for said in recent]
        whole, seam = _joined(earlier, plain)
        candidates, across = self._candidates(plain), self._candidates(whole) if whole else set()
        findings: list[Finding] = []
        for category in self._rules.categories:
            hit = category.find(plain, candidates)
            if hit is None and whole and category.letter in FIXED:
                hit = category.find(whole, across, across=seam)
            if hit is None and self._follows_on(category, plain, earlier, known):
                hit = Hit(category.urgency, unsure=False)
            if (hit is None or hit.unsure) and learnt is not None and category.letter in learnt:
                hit = Hit(hit.urgency if hit else category.urgency, learnt[category.letter])
            if hit is not None:
                findings.append(self._adjusted(category, hit, plain, earlier))
        return _only_what_counts(findings)

    def mentions_suicide(self, text: str) -> bool:
        """Whether an ordinary message speaks of suicide all the same: its answer then offers help in one soft line."""
        return self._rules.soft.search(self._rules.normalise(text)) is not None

    def is_plain_no(self, text: str) -> bool:
        """Whether ``text`` is a plain no to the check-in's question."""
        return self._rules.plain_no.fullmatch(self._rules.normalise(text)) is not None

    def is_plain_yes(self, text: str) -> bool:
        """Whether ``text`` is a yes, or no clear no, to the check-in's question."""
        return self._rules.plain_yes.fullmatch(self._rules.normalise(text)) is not None

    def normalise(self, text: str) -> str:
        """Return the plain form of ``text`` that the rules are held against."""
        return self._rules.normalise(text)

    def title(self, category: str) -> str:
        """Return how staff read a category."""
        return self._category(category).title

    def finding(self, category: str) -> Finding:
        """Return the finding of a category by itself, as when a visitor chooses a button that says so."""
        found = self._category(category)
        return Finding(category, found.urgency, teams=found.teams)

    def general_topics(self, category: str) -> tuple[str, ...]:
        """Return the topics, or whole areas, whose reviewed answer may stand beside the category's reply."""
        return self._category(category).general

    def _fires(self, category: Category, plain: str) -> bool:
        return category.find(plain, self._candidates(plain)) is not None

    def _follows_on(self, category: Category, plain: str, earlier: Sequence[str], known: Collection[str]) -> bool:
        """Whether ``plain`` means this category because of what was said earlier."""
        if category.follow_on is None or not category.follow_on.search(plain):
            return False
        if category.letter in known:
            return True
        if category.earlier is None:
            return any(self._fires(category, said) for said in earlier)
        return any(category.earlier.search(said) for said in earlier)

    def _adjusted(self, category: Category, hit: Hit, plain: str, earlier: Sequence[str]) -> Finding:
        """Make the finding of a hit, as its wording and how often it came ask for."""
        urgency, form, teams = hit.urgency, None, category.teams
        for change in category.adjustments:
            if change.when.search(plain):
                urgency = min(urgency, change.urgency or urgency)  # U0 is the most urgent
                form, teams = change.form or form, change.teams or teams
        again = category.repeated
        if again and sum(self._fires(category, said) for said in earlier) >= again.times - 1:
            urgency = min(urgency, again.urgency or urgency)
            form, teams = again.form or form, again.teams or teams
        return Finding(category.letter, urgency, hit.unsure, form, teams)

    def _category(self, letter: str) -> Category:
        return next(category for category in self._rules.categories if category.letter == letter)


def joined(recent: Sequence[str], text: str) -> str:
    """Return the last message and this one as one, when both are short and the last asked nothing; else nothing."""
    return _joined(list(recent), text)[0]


def _joined(earlier: Sequence[str], plain: str) -> tuple[str, int]:
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
