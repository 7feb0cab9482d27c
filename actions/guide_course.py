"""Where a visitor is in the candidacy guide, as the form's slots hold it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from content.catalogue import Sentence
from content.guide import Guide, Option, Question

FORM = "candidacy_guide"
DECISION = "guide_decision"  # what becomes of the answers: send, decline, stop, or why the guide ended
TURN = "guide_turn"  # what the last message did, for the action that speaks next
SKIPPED = {"skipped": True}
# What the pipeline found in the visitor's words; it goes when the answers go.
NAMED = ("condition", "route", "therapy", "medicine")


def slot_of(question: str) -> str:
    """Return the slot that holds the answer to a question."""
    return f"guide_{question}"


@dataclass(frozen=True)
class Course:
    """The answers so far, in the order of the questions.

    An answer is ``{"option": value}``, ``{"words": text}`` with perhaps the option that they mean, or ``SKIPPED``.
    """

    guide: Guide
    answers: dict[str, dict[str, Any]]
    did: str  # what the last message did: see actions.guide

    @classmethod
    def of(cls, guide: Guide, slots: dict[str, Any]) -> Course:
        """Read the course from the form's slots."""
        given = {question.id: slots.get(slot_of(question.id)) for question in guide.questions}
        answers = {name: answer for name, answer in given.items() if answer}
        return cls(guide, answers, str((slots.get(TURN) or {}).get("did", "")))

    @property
    def pending(self) -> Question | None:
        """The question that is to be asked next; None when all are answered."""
        return next((question for question in self.guide.questions if question.id not in self.answers), None)

    @property
    def last_answered(self) -> Question | None:
        """The answered question before the pending one."""
        pending = self.pending
        before = self.guide.questions[: self.guide.questions.index(pending)] if pending else self.guide.questions
        return before[-1] if before else None

    def told(self) -> Iterator[tuple[Question, str]]:
        """Yield what was answered, as it is shown."""
        for question in self.guide.questions:
            answer = self.answers.get(question.id)
            if answer is None:
                continue
            option = self._option(question)
            shown = answer.get("words") or (option.label if option else self.guide.labels.skipped)
            yield question, str(shown)

    def talk_about(self) -> list[Sentence]:
        """What to talk through with a clinician: each point once, what everybody should raise last."""
        found: dict[str, Sentence] = {}
        for question in self.guide.questions:
            option, words = self._option(question), self.answers.get(question.id, {}).get("words")
            points = option.talk_about if option else (question.talk_about if words else ())
            found.update((sentence.says, sentence) for sentence in points if sentence.says not in found)
        found.update((sentence.says, sentence) for sentence in self.guide.talk_about)
        return list(found.values())

    def summary(self) -> dict[str, Any]:
        """What the clinic gets: every answer, and what the visitor was told to talk through."""
        return {
            "answers": [
                {"question": question.id, "title": question.short, "answer": shown} for question, shown in self.told()
            ],
            "talk_about": [sentence.says for sentence in self.talk_about()],
        }

    def _option(self, question: Question) -> Option | None:
        value = self.answers.get(question.id, {}).get("option")
        return question.option(value) if value else None


def forgotten(guide: Guide) -> list[EventType]:
    """Return the events that empty everything the guide holds."""
    names = [slot_of(question.id) for question in guide.questions]
    return [SlotSet(name, None) for name in (*names, DECISION, *NAMED)]
