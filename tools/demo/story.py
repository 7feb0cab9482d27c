"""What happens in one invented conversation, from its beginning until it is over or the present is reached."""

from __future__ import annotations

import datetime as dt
import random
from contextlib import suppress
from typing import Any

from content.clinic import Clinic
from escalation.response_times import due
from tools.demo.chat import Chat
from tools.demo.draft import Draft, NotYet
from tools.demo.staff import Staff, gives_up
from tools.demo.vocabulary import Vocabulary

SILENT = 0.08  # open the chat and write nothing
SERIOUS = 0.13  # need a person
GIVES_UP = 0.2  # of those who wait for one
ASKED_DIRECTLY = 0.15  # of the first alarms: may be none, so the assistant asks, and the visitor says no
LOCALES = {"en-US": 87, "es-US": 5, "en-GB": 3, "fr-FR": 1, "de-DE": 1, "pt-BR": 1, "zh-CN": 1, "vi-VN": 1}
# How often each category of the safety policy is the reason.
REASONS = {
    "m": 36, "f": 14, "k": 10, "e": 7, "guide": 6, "a": 5, "l": 4, "g": 3.5, "i": 3, "o": 3, "p": 3, "n": 2.5,
    "h": 2, "d": 2, "c": 1.8, "j": 1.2, "unavailable": 1.2, "b": 0.8,
}  # fmt: skip
NAMES = ("Alex", "Sam", "Kim", "Robin", "Jamie", "Noa", "Luca", "Maya", "Ines", "Tom")
SUMMARY = {"asks about": "anxiety", "age": "35 to 44", "treated before": "yes, two medicines", "heart": "nothing known"}


class Story:
    """Tells conversations of one clinic."""

    def __init__(self, clinic: Clinic, vocabulary: Vocabulary) -> None:
        self._clinic, self._vocabulary = clinic, vocabulary
        self._chat, self._staff = Chat(vocabulary), Staff(clinic, vocabulary)

    def tell(self, draw: random.Random, begins: dt.datetime, until: dt.datetime, reason: str | None = None) -> Draft:
        """Return one conversation with all its rows; with a ``reason``, it begins with that."""
        draft = Draft(draw, begins, until, draw.choices(list(LOCALES), list(LOCALES.values()))[0])
        with suppress(NotYet):
            self._chat.open(draft)
            if reason:
                self._needs_a_person(draft, reason)
                return draft
            if draw.random() < SILENT:
                return draft
            serious = draw.random() < SERIOUS
            if not serious or draw.random() < 0.6:
                self._chat.questions(draft)
            if serious:
                self._needs_a_person(draft, draw.choices(list(REASONS), list(REASONS.values()))[0])
        return draft

    def _needs_a_person(self, draft: Draft, category: str) -> None:
        case = self._open_case(draft, category)
        if category == "a" and case["urgency"] != "U0" and draft.draw.random() < ASKED_DIRECTLY:
            draft.wait(draft.about(30))
            draft.visitor({"text": self._vocabulary.small(draft.draw, "follow_up/no")})
            draft.flag("a", raised=False, by="visitor", why="said no to the check-in's question")
            draft.bot(self._vocabulary.said_no())
        elif draft.row["raised"] and draft.draw.random() < 0.5:
            draft.wait(draft.about(60))
            draft.visitor({"text": self._vocabulary.serious(draft.draw, category)})
            draft.bot(self._vocabulary.still_raised(category))
        elif category == "m" and draft.draw.random() < GIVES_UP:
            draft.wait(draft.about(600))
            return gives_up(draft, case, {"kind": "notice", "text": self._vocabulary.texts.text("request_cancelled")})
        elif category in "mkfel" and draft.draw.random() < 0.4:
            self._leaves_contact(draft)
        self._staff.look_after(draft, case)

    def _open_case(self, draft: Draft, category: str) -> dict[str, Any]:
        """The message that needs a person, its case and flag, and the fixed reply."""
        draft.wait(draft.about(40))
        finding = self._vocabulary.finding(draft.draw, category)
        target = due(finding.urgency, draft.at, self._clinic)
        if category == "guide":
            seq = draft.visitor({"text": "Send it to the clinic", "choice": "guide:send"})
            case = draft.case(finding, seq, target, SUMMARY)
            draft.bot({"kind": "handoff", "text": self._vocabulary.texts.text("note_taken")}, {"intent": "guide"})
            return case
        if category == "unavailable":
            topic = draft.draw.choices(self._vocabulary.topics, self._vocabulary.weights)[0]
            seq = draft.visitor({"text": self._vocabulary.question(draft.draw, topic)})
            case = draft.case(finding, seq, target)
            draft.bot({"kind": "unavailable", "text": self._vocabulary.texts.text("unavailable")})
            return case
        seq = draft.visitor({"text": self._vocabulary.serious(draft.draw, category)})
        case = draft.case(finding, seq, target)
        if category in ("a", "b"):
            draft.flag(category, raised=True)
        if category == "m":
            draft.pass_on("waiting", why="asked for a person")
        found = {"category": category, "urgency": finding.urgency, "teams": list(finding.teams)}
        draft.bot(self._vocabulary.fixed(finding, draft.at), {"intent": "escalate", "findings": [found]})
        return case

    def _leaves_contact(self, draft: Draft) -> None:
        draft.wait(draft.about(45))
        name = draft.draw.choice(NAMES)
        if draft.draw.random() < 0.6:
            draft.contact(name=name, phone=f"+1 555 010 {draft.draw.randrange(100, 200):04d}", best_time="after 5 pm")
        else:
            draft.contact(name=name, email=f"{name.lower()}@visitor.example")
