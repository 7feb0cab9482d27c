"""What a visitor means inside the candidacy guide: a command, an answer, or a question of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from content.guide import Guide, Question

Did = Literal[
    "start", "answer", "skip", "why", "stop", "resume", "back", "change", "review", "send", "decline", "question",
    "unclear",
]  # fmt: skip

WORDS_KEPT = 500  # characters of an answer in the visitor's own words; a clinician reads the rest of the talk anyway
SHORT, VERY_SHORT = 6, 3  # words; what is longer is an answer rather than small talk, and sooner to an open question
ABOUT_IT = ("simpler", "source", "more_detail", "why")  # wishes to hear more about the last reply
ASKED = ("skip", "why", "stop", "resume", "back", "review")  # commands that count at a question
REVIEWED = ("send", "decline", "stop", "resume", "back")  # and at the review

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBERS = {word: n for n, word in enumerate([*_ONES, *_TEENS], 1)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
# What may stand around an age and changes nothing: "I'm 34 years old".
_AROUND_AN_AGE = {
    "i", "im", "am", "my", "age", "is", "aged", "a", "year", "years", "yr", "yrs", "old", "yo", "y", "o", "just",
    "only", "f", "m", "male", "female", "man", "woman",
}  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """What a message does in the guide.

    ``question`` is the question that is answered by a button or to be changed; ``option`` the option that is
    meant; ``words`` the answer in the visitor's own words.
    """

    did: Did
    question: str | None = None
    option: str | None = None
    words: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether the guide's own words say what is meant, with nothing left over."""
        return self.did not in ("question", "unclear") and self.words is None


@dataclass(frozen=True)
class Understood:
    """What the engine made of the words: its intent, the topics it would answer, the follow-up wish.

    ``after_guide``: the last reply was the guide's, so that a follow-up is about it.
    """

    intent: str = ""
    topics: tuple[str, ...] = ()
    follow_up: str | None = None
    after_guide: bool = True


class Listener:
    """Understands messages by the words of ``data/conversation/guide.yml``."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._around = _by_length(guide.around)
        self._change = _by_length(guide.change)
        self._starts = tuple(f"{plain(start)} " for start in guide.question_starts)
        self._commands = {name: frozenset(plain(phrase) for phrase in phrases) for name, phrases in guide.commands}
        self._meanings = {
            question.id: _by_length(phrase for option in question.options for phrase in (option.label, *option.words))
            for question in guide.questions
        }
        self._option_of = {
            question.id: {
                plain(phrase): option.value for option in question.options for phrase in (option.label, *option.words)
            }
            for question in guide.questions
        }

    def command(self, command: str) -> Heard:
        """Return what a button of the guide does, such as ``answer:heart:none``; what is unknown only resumes."""
        name, _, rest = command.partition(":")
        if name == "answer":
            question, _, option = rest.partition(":")
            asked = self._guide.question(question)
            return Heard("answer", question, option) if asked and asked.option(option) else Heard("resume")
        if name == "change" and self._guide.question(rest):
            return Heard("change", rest)
        known: dict[str, Did] = {
            "start": "start", "skip": "skip", "why": "why", "stop": "stop", "resume": "resume",
            "send": "send", "decline": "decline",
        }  # fmt: skip
        return Heard(known.get(name, "resume"))

    def words(self, text: str, asked: Question | None, understood: Understood) -> Heard:
        """Return what ``text`` does after the question ``asked``, or after the review if that is None."""
        said = plain(text)
        if command := self._steering(said, ASKED if asked else REVIEWED):
            return command
        if changed := self._changed(said):
            return Heard("change", changed)
        if asked and (option := self._option(said, asked)):
            return Heard("answer", asked.id, option)
        if not self._without_around(said) and not text.rstrip().endswith("?"):
            return Heard("resume")  # "ok, thanks"
        if understood.after_guide and understood.follow_up in ABOUT_IT and len(said.split()) <= SHORT:
            return Heard("why")
        if self._asks(text, said, asked, understood):
            return Heard("question")
        if understood.intent == "guide" or (understood.follow_up == "repeat" and len(said.split()) <= SHORT):
            return Heard("resume")
        if asked is None or not asked.open:
            return Heard("unclear")
        return Heard("answer", asked.id, words=" ".join(text.split())[:WORDS_KEPT])

    def asks_anything(self, text: str) -> bool:
        """Whether ``text`` asks something, at its beginning or further on."""
        said = f"{plain(text)} "
        return text.rstrip().endswith("?") or any(f" {start}" in f" {said}" for start in self._starts)

    def _steering(self, said: str, names: Sequence[str]) -> Heard | None:
        bare = self._without_around(said)
        for name in names:
            if said in self._commands[name] or (bare and bare in self._commands[name]):
                return Heard(name)  # type: ignore[arg-type]  # the fields of Commands are among the literals
        return None

    def _changed(self, said: str) -> str | None:
        """Return the question that ``said`` asks to change: "change my answer about the heart"."""
        rest = self._without_around(said)
        start = next((phrase for phrase in self._change if rest.startswith(f"{phrase} ")), None)
        if start is None:
            return None
        rest = f" {rest[len(start) :]} "
        found = [
            (rest.find(f" {plain(name)} "), -len(name), question.id)
            for question in self._guide.questions
            for name in (question.short, *question.named)
            if f" {plain(name)} " in rest
        ]
        return min(found)[2] if found else None

    def _option(self, said: str, asked: Question) -> str | None:
        """Return the one option that ``said`` means and nothing else; None when there is more to it."""
        if years := _age(said):
            for option in asked.options:
                if option.years and option.years[0] <= years <= option.years[1]:
                    return option.value
        found, rest = set(), said
        while rest:
            phrase = _first(rest, self._meanings[asked.id])
            if phrase is None:
                around = _first(rest, self._around)
                if around is None:
                    return None
                rest = rest[len(around) :].strip()
            else:
                found.add(self._option_of[asked.id][phrase])
                rest = rest[len(phrase) :].strip()
        return found.pop() if len(found) == 1 else None

    def _asks(self, text: str, said: str, asked: Question | None, understood: Understood) -> bool:
        short = len(said.split()) <= (SHORT if asked is None or not asked.open else VERY_SHORT)
        if text.rstrip().endswith("?"):
            return True
        if understood.intent == "smalltalk" or understood.follow_up in ABOUT_IT:
            return short
        if not understood.topics:
            return False
        bare = f"{self._without_lead(said)} "
        return bare.startswith(self._starts) or asked is None or not asked.open

    def _without_lead(self, said: str) -> str:
        while said and (phrase := _first(said, self._around)) and not f"{said} ".startswith(self._starts):
            said = said[len(phrase) :].strip()
        return said

    def _without_around(self, said: str) -> str:
        """Strip what may stand before and after a command."""
        while said and (phrase := _first(said, self._around)):
            said = said[len(phrase) :].strip()
        while said and (phrase := next((p for p in self._around if said.endswith(f" {p}")), None)):
            said = said[: -len(phrase)].strip()
        return said


def plain(text: str) -> str:
    """Return ``text`` in small letters, without marks and apostrophes."""
    return " ".join(re.sub(r"[^\w\s]", " ", re.sub(r"['’`]", "", text.lower())).replace("_", " ").split())


def _by_length(phrases: Iterable[str]) -> tuple[str, ...]:
    """The longest phrase first, so that "not sure" is found before "not"."""
    return tuple(sorted({plain(phrase) for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase)))


def _first(said: str, phrases: Sequence[str]) -> str | None:
    """Return the longest of ``phrases`` with which ``said`` begins."""
    return next((phrase for phrase in phrases if f"{said} ".startswith(f"{phrase} ")), None)


def _age(said: str) -> int | None:
    """Return the age that ``said`` states, and nothing else: "34", "I'm thirty four years old"."""
    rest = [word for word in said.split() if word not in _AROUND_AN_AGE]
    if len(rest) == 1 and rest[0].isascii() and rest[0].isdecimal():
        return int(rest[0])
    if not rest or any(word not in _NUMBERS for word in rest):
        return None
    if len(rest) == 2 and rest[0] in _TENS and rest[1] in _ONES:
        return _NUMBERS[rest[0]] + _NUMBERS[rest[1]]
    return _NUMBERS[rest[0]] if len(rest) == 1 else None
