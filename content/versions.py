"""The version of an answer that a clinician reads and signs: its words and what each sentence rests on, as one text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from content.catalogue import Answer, Catalogue, Knowledge, Sentence, Source


@dataclass(frozen=True)
class Ground:
    """What a sentence rests on: a statement, where it comes from, and the claim of a document that it corrects."""

    id: str
    says: str
    sources: tuple[Source, ...]
    corrects: str | None


def grounds(sentence: Sentence, knowledge: Knowledge) -> list[Ground]:
    """Return what ``sentence`` rests on, in the order in which it names it.

    Raises:
        CatalogueError: It rests on something that is not in ``knowledge/``.
    """
    return [_ground(rests_on, knowledge) for rests_on in sentence.rests_on]


def content_of(answer: Answer, knowledge: Knowledge) -> str:
    """Return an answer's words and what they rest on as canonical JSON: the same characters for the same answer.

    What else the file says of it, such as follow-ups and review dates, is not in it; nor are the addresses of sources,
    which may move.

    Raises:
        CatalogueError: A sentence rests on something that is not in ``knowledge/``.
    """
    content = {
        "question": answer.title,
        "short": [_sentence(one, knowledge) for one in answer.short],
        "detail": [_sentence(one, knowledge) for one in answer.detail],
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1)
def contents(catalogue: Catalogue) -> dict[str, str]:
    """Return the content of every answer by topic, worked out once: it takes a moment for all of them."""
    return {topic: content_of(answer, catalogue.knowledge) for topic, answer in catalogue.answers.items()}


def digest_of(content: str) -> str:
    """Return the SHA-256 by which a version is known."""
    return hashlib.sha256(content.encode()).hexdigest()


def lines_of(content: str) -> list[str]:
    """Return a version as lines to read: one a sentence, and one for each statement that it rests on."""
    read: dict[str, Any] = json.loads(content)
    lines = [f"Question: {read['question']}"]
    for part in ("short", "detail"):
        lines.append(f"{part.capitalize()}:")
        for sentence in read[part]:
            lines.append(sentence["says"])
            lines += [_line(ground) for ground in sentence["rests_on"]]
    return lines


def source_name(source: Source) -> str:
    """Return a document with its heading, or an authority."""
    return f"{source.title}: {source.heading}" if source.heading else source.title


def _ground(rests_on: str, knowledge: Knowledge) -> Ground:
    sources = tuple(knowledge.sources([Sentence(says="", rests_on=(rests_on,))]))
    if fact := knowledge.facts.get(rests_on):
        return Ground(rests_on, fact["fact"], sources, None)
    if entry := knowledge.corrections.get(rests_on):
        corrects = entry["claim"] if entry["kind"] == "document_claim" and entry["verdict"] != "correct" else None
        return Ground(rests_on, entry["say_instead"], sources, corrects)
    return Ground(rests_on, f"What clinic.yml says under {rests_on.removeprefix('clinic.')}", sources, None)


def _sentence(sentence: Sentence, knowledge: Knowledge) -> dict[str, Any]:
    rests_on = [
        {"id": one.id, "says": one.says, "sources": list(map(source_name, one.sources)), "corrects": one.corrects}
        for one in grounds(sentence, knowledge)
    ]
    return {"says": sentence.says, "rests_on": rests_on}


def _line(ground: dict[str, Any]) -> str:
    corrects = f" Corrects: {ground['corrects']}" if ground["corrects"] else ""
    return f"  rests on: {ground['says']} ({'; '.join(ground['sources']) or 'no outside source'}){corrects}"
