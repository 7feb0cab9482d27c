"""Builds the messages that actions send: answers, choices to pick from, honest declines."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import lru_cache

from actions.house import latest_signature
from content.catalogue import Answer, Catalogue, Sentence, as_text
from content.clinic import Clinic, load_clinic
from content.guide import Guide, load_guide
from content.standing import SignedOnly
from content.texts import Reply, Texts

OFFERED = 3
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Replies:
    """Replies from the reviewed answers and the clinic's own facts; answers to the guide's topic lead to the guide.

    ``serves`` says whether an answer may be shown on a day: by default, while the review in its file holds.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        clinic: Clinic,
        guide: Guide,
        serves: Callable[[Answer, dt.date], bool] = Answer.is_current,
    ) -> None:
        self.catalogue = catalogue
        self.clinic = clinic
        self.guide = guide
        self._serves = serves
        self.texts = Texts(clinic)

    def at(self, location: str | None) -> Replies:
        """Return the same replies with the facts of a location."""
        there = copy(self)
        there.clinic, there.texts = self.clinic.at(location), self.texts.at(location)
        return there

    def answer(self, topics: Sequence[str], confidence: float, today: dt.date) -> Reply:
        """Answer one topic or two. What is empty, may not be shown or is unknown is declined, never guessed."""
        parts = [self._short(self.catalogue.answers[topic], today) for topic in topics]
        served = [part for part in parts if part["kind"] == "answer"]
        reply: Reply = {
            "kind": "answer" if served else "decline",
            "topics": [topic for part in (served or parts) for topic in part["topics"]],
            "text": "\n\n".join(part["text"] for part in parts),
            "sources": _unique([source for part in parts for source in part["sources"]]),
            "suggestions": [],
            "confidence": confidence,
        }
        if served:
            reply["suggestions"] = self._follow_ups(reply["topics"])
        if len(served) < len(parts):
            reply["suggestions"].append(self.texts.person_choice())
            reply["contacts"] = [self.texts.clinic_contact()]
        return reply

    def detail(self, topic: str, today: dt.date) -> Reply:
        """Say more about ``topic``."""
        answer = self.catalogue.answers[topic]
        if not self._serves(answer, today) or not answer.detail:
            reply = self.answer([topic], 1.0, today)
            if reply["kind"] == "answer":
                reply["text"] = f"{self.texts.text('no_more_detail')}\n\n{reply['text']}"
            return reply
        return self._part(answer, answer.detail)

    def simpler(self, topic: str, today: dt.date) -> Reply:
        """Say the answer to ``topic`` in its fewest words."""
        answer = self.catalogue.answers[topic]
        if not self._serves(answer, today) or answer.needs:
            return self.answer([topic], 1.0, today)
        reply = self._part(answer, answer.short[:1] if len(answer.short[0].says) > 40 else answer.short[:2])
        reply["text"] = f"{self.texts.text('in_short')} {reply['text']}"
        return reply

    def sources(self, topic: str, today: dt.date) -> Reply:
        """Say where the answer to ``topic`` comes from."""
        answer = self.catalogue.answers[topic]
        if not self._serves(answer, today):
            return self.answer([topic], 1.0, today)
        reply = self._part(answer, (*answer.short, *answer.detail))
        lines = [
            f"- {source['title']}" + (f": {source['heading']}" if source["heading"] else "")
            for source in reply["sources"]
        ]
        reply["text"] = "\n".join([self.texts.text("sources_lead"), "", *lines])
        return reply

    def ask(self, topics: Sequence[str], confidence: float) -> Reply:
        """Ask which of ``topics`` was meant."""
        return {
            "kind": "clarify",
            "topics": list(topics[:OFFERED]),
            "text": self.texts.text("ask"),
            "suggestions": [*self._choices(topics[:OFFERED]), self.texts.person_choice("none_of_these")],
            "confidence": confidence,
        }

    def decline(self, nearest: Sequence[str], confidence: float) -> Reply:
        """Say that the sources do not cover the question; offer a clinician and what is nearest."""
        text = self.texts.text("decline")
        if nearest:
            text += f"\n\n{self.texts.text('decline_nearest')}"
        return {
            "kind": "decline",
            "text": text,
            "suggestions": [*self._choices(nearest[:OFFERED]), self.texts.person_choice()],
            "contacts": [self.texts.clinic_contact()],
            "confidence": confidence,
        }

    def say(self, key: str, topics: Sequence[str] = ()) -> Reply:
        """Say one of the fixed texts, with ``topics`` to choose from."""
        choices = self._choices(topics) or self._choices(self.texts.starters)
        return {"kind": "smalltalk", "text": self.texts.text(key), "suggestions": choices}

    def _short(self, answer: Answer, today: dt.date) -> Reply:
        if not self._serves(answer, today):
            return {"kind": "decline", "topics": [answer.topic], "text": self.texts.text("expired"), "sources": []}
        if any(self.clinic.text_of(field) is None for field in answer.needs):
            text = self.texts.text("decline_clinic")
            return {"kind": "decline", "topics": [answer.topic], "text": text, "sources": []}
        return self._part(answer, answer.short)

    def _part(self, answer: Answer, sentences: tuple[Sentence, ...]) -> Reply:
        filled = [sentence for sentence in map(self._fill, sentences) if sentence]
        text = as_text(filled)
        return {
            "kind": "answer",
            "topics": [answer.topic],
            "text": text,
            "sources": self.shown_sources(sentences),
            "suggestions": self._follow_ups([answer.topic]),
            "confidence": 1.0,
        }

    def shown_sources(self, sentences: Iterable[Sentence]) -> list[dict[str, str | None]]:
        """Return the sources behind ``sentences`` as a visitor sees them."""
        return _unique([source.model_dump() for source in self.catalogue.knowledge.sources(sentences)])

    def _fill(self, sentence: Sentence) -> Sentence | None:
        """Fill the clinic's facts in; None when one of them is empty."""
        says = sentence.says
        for field in _PLACEHOLDER.findall(says):
            fact = self.clinic.text_of(field)
            if fact is None:
                return None
            says = says.replace(f"{{{field}}}", f"\n\n{fact}" if fact.startswith("- ") else fact)
        return sentence.model_copy(update={"says": says.replace(": \n", ":\n")})

    def _follow_ups(self, topics: Sequence[str]) -> list[dict[str, str]]:
        first = self.catalogue.answers[topics[0]]
        more = [{"label": self.texts.label("detail"), "value": f"detail:{first.topic}"}] if first.detail else []
        if self.guide.topic in topics:
            more.insert(0, {"label": self.guide.labels.start, "value": "guide:start"})
        return more + self._choices([topic for topic in first.follow_ups if topic not in topics])

    def _choices(self, topics: Sequence[str]) -> list[dict[str, str]]:
        titles = self.catalogue.titles
        return [{"label": titles[topic], "value": f"topic:{topic}"} for topic in topics if topic in titles]


@lru_cache(maxsize=1)
def load_replies() -> Replies:
    """Read answers, clinic facts and the guide from the project's folder, once a process."""
    catalogue, clinic = Catalogue(), load_clinic()
    if clinic.answers == "signed-only":
        return Replies(catalogue, clinic, load_guide(), SignedOnly(catalogue, latest_signature).serves)
    return Replies(catalogue, clinic, load_guide())


def _unique(sources: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    seen: dict[tuple[str | None, str | None], dict[str, str | None]] = {}
    for source in sources:
        key = (source["id"], source["heading"])
        if key not in seen or (source["corrected"] and not seen[key]["corrected"]):
            seen[key] = source
    told: set[str | None] = set()
    for source in seen.values():  # several sources may correct one claim, which is said once
        source["corrected"] = None if source["corrected"] in told else source["corrected"]
        told.add(source["corrected"])
    # 000 and 001 are two rewrites of one article: a heading that both have is one source, not two.
    return [s for s in seen.values() if not (s["id"] == "001" and ("000", s["heading"]) in seen)]
