"""The candidacy guide's words, read from ``data/conversation/guide.yml`` into checked, typed objects.

The guide asks a few questions that prepare a talk with a clinician. Everything it says is data; this module
reads it, refuses what is malformed, and answers what a choice is called and which safety category it falls under.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from content.catalogue import ROOT, CatalogueError, Review, Sentence, read_yaml

FILE = Path("data") / "conversation" / "guide.yml"
PREFIX = "guide:"
SIMPLE_COMMANDS = ("start", "skip", "why", "stop", "resume", "send", "decline")

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Letter = Annotated[str, Field(pattern=r"^[a-p]$")]


class GuideError(ValueError):
    """The guide's words cannot be used; the message names the file, the place and the fix."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Strict):
    """One answer that can be chosen.

    ``words`` are other ways to say it; ``years`` the first and last age it stands for; ``category`` a category
    of the safety policy that choosing it falls under; ``talk_about`` what to raise with a clinician then.
    """

    value: Name
    label: str
    words: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    category: Letter | None = None
    talk_about: tuple[Sentence, ...] = ()


class Question(_Strict):
    """One question of the guide.

    ``says`` is what the visitor must know before ``asks``; ``not_covered`` what the sources leave open. To an
    ``open`` question any words are an answer, and ``talk_about`` is then what to raise with a clinician. What the
    learnt safety screen takes for one of ``sounds_like`` is an answer too, unless the rules find the same.
    """

    id: Name
    short: str
    says: tuple[Sentence, ...] = ()
    asks: str
    why: tuple[Sentence, ...] = Field(min_length=1)
    not_covered: str | None = None
    named: tuple[str, ...] = Field(min_length=1)
    open: bool = False
    sounds_like: tuple[Letter, ...] = ()
    talk_about: tuple[Sentence, ...] = ()
    options: tuple[Option, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _is_whole(self) -> Question:
        if self.open and not self.talk_about:
            raise ValueError(f"the question '{self.id}' is open: say under 'talk_about' what to raise with a clinician")
        values = [option.value for option in self.options]
        if twice := {value for value in values if values.count(value) > 1}:
            raise ValueError(f"the question '{self.id}' has two options '{twice.pop()}': rename one")
        said = [word for option in self.options for word in {option.label.lower(), *option.words}]
        if twice := {word for word in said if said.count(word) > 1}:
            raise ValueError(f"'{twice.pop()}' means two options of the question '{self.id}': keep it under one")
        return self

    def option(self, value: str) -> Option | None:
        """Return the option of that value, or None."""
        return next((option for option in self.options if option.value == value), None)


class Labels(_Strict):
    """The labels of the guide's buttons. ``change`` holds ``{short}``."""

    start: str
    resume: str
    skip: str
    why: str
    stop: str
    change: str
    send: str
    decline: str
    skipped: str


class Wordings(_Strict):
    """What the guide says around its questions."""

    opening: str
    again: str
    unclear: str
    unclear_review: str
    first: str
    change: str
    after_safety: str
    review: str
    review_so_far: str
    nothing_told: str
    offer: str
    talk_lead: str
    sent: str
    sent_next: str
    sent_no_aim: str
    declined: str
    stopped: str
    case_stays: str
    closed: str
    forgotten: str


class Commands(_Strict):
    """Words that steer the guide. ``send`` and ``decline`` count only once everything was asked."""

    skip: tuple[str, ...]
    why: tuple[str, ...]
    stop: tuple[str, ...]
    resume: tuple[str, ...]
    back: tuple[str, ...]
    review: tuple[str, ...]
    send: tuple[str, ...]
    decline: tuple[str, ...]


class Guide(_Strict):
    """All words of the guide, and what they rest on."""

    topic: str
    review: Review
    labels: Labels
    texts: Wordings
    just_in_case: dict[Letter, str]
    talk_about: tuple[Sentence, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = Field(min_length=1)
    commands: Commands
    change: tuple[str, ...]
    around: tuple[str, ...]
    question_starts: tuple[str, ...]

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    @model_validator(mode="after")
    def _has_unique_questions(self) -> Guide:
        names = [question.id for question in self.questions]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"there are two questions '{twice.pop()}': rename one")
        return self

    @cached_property
    def choices(self) -> dict[str, tuple[str, str | None]]:
        """Everything that can be chosen: its label and its safety category."""
        found: dict[str, tuple[str, str | None]] = {
            f"{PREFIX}{command}": (getattr(self.labels, command), None) for command in SIMPLE_COMMANDS
        }
        for question in self.questions:
            found[f"{PREFIX}change:{question.id}"] = (self.labels.change.format(short=question.short), None)
            for option in question.options:
                found[f"{PREFIX}answer:{question.id}:{option.value}"] = (option.label, option.category)
        return found

    def label_of(self, choice: str) -> str | None:
        """Return what the button of ``choice`` says, such as ``guide:skip``; None when there is no such choice."""
        return self.choices.get(choice, (None, None))[0]

    def category_of(self, choice: str) -> str | None:
        """Return the safety category that ``choice`` falls under, or None."""
        return self.choices.get(choice, (None, None))[1]

    def question(self, name: str) -> Question | None:
        """Return the question of that id, or None."""
        return next((question for question in self.questions if question.id == name), None)

    def is_current(self, today: dt.date) -> bool:
        """Whether the review of the guide's words still holds on ``today``."""
        return today <= self.review.expires

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence that rests on something."""
        yield from self.talk_about
        for question in self.questions:
            yield from (*question.says, *question.why, *question.talk_about)
            for option in question.options:
                yield from option.talk_about


def load_guide(root: Path = ROOT) -> Guide:
    """Read and check the guide's words.

    Raises:
        GuideError: The file is missing, is not YAML, or a field is wrong, missing or unknown.
    """
    path = root / FILE
    try:
        content: Any = read_yaml(path)
        return Guide(**content["guide"])
    except CatalogueError as error:
        raise GuideError(str(error)) from error
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, item['loc'])) or 'guide'}: {item['msg']}" for item in error.errors()]
        raise GuideError(f"{path} needs mending:\n" + "\n".join(lines)) from error
    except (KeyError, TypeError) as error:
        raise GuideError(f"{path} should hold everything under 'guide:'.") from error
