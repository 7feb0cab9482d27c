"""The reviewed answers, read from ``data/faq/`` and joined with what they rest on.

An answer is data: sentences that each name the facts or corrections behind them. This module
reads them, refuses what is malformed, and works out from the sentences which sources to show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

ROOT = Path(__file__).resolve().parent.parent


class CatalogueError(ValueError):
    """The answers or what they rest on cannot be read; the message names the file and the fix."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Sentence(_Strict):
    """One sentence of an answer and the ids of the facts or corrections it rests on."""

    says: str
    rests_on: tuple[str, ...] = Field(alias="from", min_length=1)


class Review(_Strict):
    """Who looked at an answer, when, and until when that holds."""

    status: Literal["editorial", "clinical"]
    reviewer: str | None
    date: dt.date
    expires: dt.date


class Source(_Strict):
    """Where a statement comes from, as a visitor sees it."""

    id: str
    title: str
    heading: str | None = None
    url: str | None = None
    corrected: str | None = None


class Answer(_Strict):
    """The reviewed answer to one topic.

    ``it`` is the noun that "it" or "that" means right after this answer. ``needs`` names the
    fields of ``clinic.yml`` that the answer is made of.
    """

    topic: str
    title: str
    it: str
    short: tuple[Sentence, ...] = Field(min_length=1)
    detail: tuple[Sentence, ...] = ()
    follow_ups: tuple[str, ...]
    review: Review
    needs: tuple[str, ...] = ()

    @property
    def short_text(self) -> str:
        """The short form as plain text."""
        return as_text(self.short)

    @property
    def detail_text(self) -> str:
        """The longer form as plain text; empty when the short form says everything."""
        return as_text(self.detail)

    def is_current(self, today: dt.date) -> bool:
        """Whether the review still holds on ``today``."""
        return today <= self.review.expires


def as_text(sentences: Iterable[Sentence]) -> str:
    """Join sentences to plain text: list items on lines of their own, the rest in paragraphs."""
    blocks: list[str] = []
    previous_is_item = False
    for sentence in sentences:
        is_item = sentence.says.startswith("- ")
        if not blocks:
            blocks.append(sentence.says)
        elif is_item:
            blocks[-1] += ("\n" if previous_is_item else "\n\n") + sentence.says
        elif previous_is_item:
            blocks.append(sentence.says)
        else:
            blocks[-1] += " " + sentence.says
        previous_is_item = is_item
    return "\n\n".join(blocks)


class Knowledge:
    """The facts, corrections, documents and authorities that answers rest on."""

    def __init__(self, root: Path = ROOT) -> None:
        folder = root / "knowledge"
        self.topics: dict[str, dict[str, Any]] = {}
        for path in sorted((folder / "facts").glob("*.yml")):
            self.topics.update(read_yaml(path))
        self.facts: dict[str, dict[str, Any]] = {
            fact_id: fact for topic in self.topics.values() for fact_id, fact in topic.get("facts", {}).items()
        }
        self.corrections = {entry["id"]: entry for entry in read_yaml(folder / "corrections.yml")}
        self.documents = {entry["id"]: entry for entry in read_yaml(folder / "documents.yml")}
        self.authorities = {entry["id"]: entry for entry in read_yaml(folder / "authorities.yml")}

    def knows(self, rests_on: str) -> bool:
        """Whether ``rests_on`` is a fact, a correction, or a field of ``clinic.yml``."""
        return rests_on in self.facts or rests_on in self.corrections or rests_on.startswith("clinic.")

    def sources(self, sentences: Iterable[Sentence]) -> list[Source]:
        """Return the sources behind ``sentences``, each once, in the order in which they are used.

        Raises:
            CatalogueError: A sentence rests on something that is not in ``knowledge/``.
        """
        found: dict[tuple[str, str | None], Source] = {}
        for rests_on in (ref for sentence in sentences for ref in sentence.rests_on):
            for source in self._sources_of(rests_on):
                key = (source.id, source.heading)
                if key not in found or (source.corrected and not found[key].corrected):
                    found[key] = source
        return list(found.values())

    def _sources_of(self, rests_on: str) -> list[Source]:
        if rests_on in self.facts:
            sources = []
            for reference in self.facts[rests_on]["sources"]:
                document, heading = reference.split("#", 1)
                sources.append(Source(id=document, title=self.documents[document]["title"], heading=heading))
            return sources
        if rests_on in self.corrections:
            entry = self.corrections[rests_on]
            corrected = entry["claim"] if entry["kind"] == "document_claim" and entry["verdict"] != "correct" else None
            return [
                Source(
                    id=authority,
                    title=self.authorities[authority]["name"],
                    url=self.authorities[authority]["url"],
                    corrected=corrected,
                )
                for authority in entry["authorities"]
            ]
        if rests_on.startswith("clinic."):
            return [Source(id="clinic", title="This clinic's own information")]
        raise CatalogueError(
            f"An answer rests on '{rests_on}', which is neither a fact in knowledge/facts/ nor a correction in "
            "knowledge/corrections.yml. Name an id that exists there."
        )


class Catalogue:
    """All answers by topic id, and the example questions that lead to them."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.knowledge = Knowledge(root)
        self.answers: dict[str, Answer] = {}
        self.examples: dict[str, list[str]] = {}
        for path in sorted((root / "data" / "faq").glob("*.yml")):
            content = read_yaml(path)
            for entry in content.get("nlu", []):
                self.examples[entry["intent"]] = examples_of(entry)
            for key, variations in content.get("responses", {}).items():
                answer = _answer(path, key, variations)
                self.answers[answer.topic] = answer

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of every topic, as shown on buttons."""
        return {topic: answer.title for topic, answer in self.answers.items()}


def examples_of(entry: dict[str, Any]) -> list[str]:
    """Return the example messages of one intent of a Rasa NLU file, without their bullets."""
    return [line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- ")]


def read_yaml(path: Path) -> Any:
    """Read one YAML file.

    Raises:
        CatalogueError: The file is missing or is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  safe, and in C
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path} cannot be read: {error}") from error


def _answer(path: Path, key: str, variations: list[dict[str, Any]]) -> Answer:
    topic = key.removeprefix("utter_")
    try:
        return Answer(topic=topic, title=variations[0]["text"], **variations[0]["metadata"])
    except (ValidationError, KeyError, IndexError, TypeError) as error:
        raise CatalogueError(f"{path}: the answer '{key}' is malformed: {error}") from error
