"""What is said in invented conversations: the visitors' words are the assistant's own training examples.

So nothing is invented sentence by sentence, and no real person's words can be among them.
"""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from typing import Any

from actions.replies import Replies
from content.catalogue import ROOT, Catalogue, examples_of, read_yaml
from content.clinic import Clinic
from content.guide import load_guide
from content.texts import Reply
from escalation.desk import CLINICIANS, FRONT_DESK
from escalation.response_times import due
from frontdesk.console.canned import filled, load_canned
from safety import Finding, Region, Templates
from safety.rules import category_files

LONGEST = 240  # letters of a visitor's message
# How often people ask about each area; what is missing counts 1.
INTEREST = {
    "safety": 16, "logistics": 12, "practical": 11, "treatment": 14, "candidacy": 9, "mechanism": 6, "anxiety": 8,
    "conditions": 7, "therapies": 4, "comparison": 4, "alternatives": 2, "evidence": 3, "future": 1,
}  # fmt: skip


class Vocabulary:
    """Words and replies for one clinic.

    Raises:
        content.catalogue.CatalogueError: The answers cannot be read.
        safety.SafetyRulesError: The examples of the safety categories cannot be read.
    """

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.replies = Replies(Catalogue(), clinic, load_guide())
        self.texts = self.replies.texts
        self._templates = Templates(clinic.name, clinic.phone, clinic.phone_link, Region(clinic.region))
        self._questions = self.replies.catalogue.examples
        self.topics = [topic for topic in self.replies.catalogue.answers if self._questions.get(topic)]
        self.weights = _popularity(self.topics)
        self._others: dict[str, list[str]] = {}
        self._small: dict[str, str] = {}
        for name in ("out_of_scope", "small_conversation"):
            content = read_yaml(ROOT / "data" / "conversation" / f"{name}.yml")
            for entry in content["nlu"]:
                self._others[entry["intent"]] = examples_of(entry)
            for key, variations in content.get("responses", {}).items():
                self._small[key.removeprefix("utter_")] = variations[0]["text"]
        self.safety: dict[str, dict[str, Any]] = {one["category"]: one for _, one in category_files()}
        self._canned = load_canned()
        self._ready = cache(self._reply_to)

    def question(self, draw: random.Random, topic: str) -> str:
        """A visitor's question about ``topic``."""
        return _short(draw, self._questions[topic])

    def small(self, draw: random.Random, intent: str) -> str:
        """What a visitor says besides, such as ``smalltalk/thanks``."""
        return _short(draw, self._others[intent])

    def small_reply(self, intent: str) -> Reply:
        """What the assistant says to it."""
        return {"kind": "smalltalk", "text": self.texts.fill(self._small[intent])}

    def off_topic(self, draw: random.Random, english: bool) -> tuple[str, str]:
        """A question that is declined, and its intent; in another language unless ``english``."""
        every = [intent for intent in self._others if intent.startswith("out_of_scope/")]
        other = "out_of_scope/other_language"
        intent = draw.choice([one for one in every if one != other]) if english else other
        return _short(draw, self._others[intent]), intent

    def serious(self, draw: random.Random, category: str) -> str:
        """What brings a message into a safety category."""
        return _short(draw, self.safety[category]["fires"])

    def answer(self, topic: str, confidence: float) -> Reply:
        """The assistant's answer; the same for the same topic."""
        return {**self._ready(topic), "confidence": confidence}

    def _reply_to(self, topic: str) -> Reply:
        return self.replies.answer([topic], 1.0, self.replies.catalogue.answers[topic].review.date)

    def opening(self) -> Reply:
        """The first message of a conversation."""
        titles = self.replies.catalogue.titles
        return {
            "text": self.texts.text("opening"),
            "suggestions": [{"label": titles[topic], "value": f"topic:{topic}"} for topic in self.texts.starters],
        }

    def finding(self, draw: random.Random, category: str) -> Finding:
        """What the screen finds in a message of a category."""
        if category == "guide":
            return Finding(category, "U3", teams=(FRONT_DESK,))
        if category == "unavailable":
            return Finding(category, "U2", teams=(CLINICIANS,))
        one = self.safety[category]
        urgency = "U0" if category in ("a", "d") and draw.random() < 0.15 else str(one["urgency"])
        return Finding(category, urgency, teams=tuple(one.get("teams") or ()))

    def fixed(self, finding: Finding, at: dt.datetime) -> Reply:
        """The fixed reply to what the screen found."""
        target = due(finding.urgency, at, self.clinic)
        if finding.category == "m":
            return self.texts.handoff(at, 1, target)
        moment = self.texts.moment(target, at) if target else ""
        return self._templates.reply([finding], hours_now=self.texts.hours_now(at), target=moment)

    def still_raised(self, category: str) -> Reply:
        """What is said to everything while a flag is up."""
        return self._templates.still_raised(category)

    def said_no(self) -> Reply:
        """What is said to a plain no after the assistant's own question."""
        return {"kind": "advice", "category": "a", **self._templates.say("check_in_no")}

    def ready_words(self, draw: random.Random, name: str, *ids: str) -> str:
        """One of the clinicians' ready words."""
        words = {one.id: one.text for one in filled(self._canned, name, self.clinic.name)}
        return words[draw.choice(ids)]


def _short(draw: random.Random, examples: list[str]) -> str:
    return draw.choice([one for one in examples if len(one) <= LONGEST] or examples)


def _popularity(topics: list[str]) -> list[float]:
    """How often each topic is asked: by its area, and within it the first ones far more than the last."""
    place: dict[str, int] = {}
    weights = []
    for topic in topics:
        area = topic.split("/", 1)[0]
        place[area] = place.get(area, 0) + 1
        weights.append(INTEREST.get(area, 1) / place[area] ** 0.8)
    return weights
