"""What a visitor and the assistant say to each other while nobody else is needed."""

from __future__ import annotations

from typing import Any

from tools.demo.draft import Draft
from tools.demo.vocabulary import Vocabulary

MORE = 0.55  # how often another question follows
HELPFUL = 0.8  # of the answers that are rated


class Chat:
    """Questions and answers."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def open(self, draft: Draft) -> None:
        """The assistant says who it is."""
        draft.say("bot", "opening", self._vocabulary.opening())

    def questions(self, draft: Draft) -> None:
        """The visitor asks once or some times, and perhaps says goodbye."""
        if draft.draw.random() < 0.12:
            self._small(draft, "smalltalk/greeting")
        while True:
            self._question(draft)
            if draft.draw.random() > MORE:
                break
        if draft.draw.random() < 0.2:
            self._small(draft, "smalltalk/thanks")

    def _question(self, draft: Draft) -> None:
        draw, vocabulary = draft.draw, self._vocabulary
        english = draft.locale.startswith("en")
        fate = draw.random()
        if fate < (0.09 if english else 0.75):
            return self._declined(draft, english)
        topic = draw.choices(vocabulary.topics, vocabulary.weights)[0]
        if fate > 0.9:
            topic = self._clarified(draft, topic)
            if not topic:
                return
            answered = self._chosen(draft, topic)
        elif fate > 0.82:
            answered = self._chosen(draft, topic)
        else:
            draft.wait(draft.about(35))
            draft.visitor({"text": vocabulary.question(draw, topic)})
            sure = round(min(0.99, draw.betavariate(9, 1.6)), 3)
            answered = draft.bot(vocabulary.answer(topic, sure), _understood(topic, sure, self._near(draft, topic)))
        if draw.random() < 0.17:
            draft.wait(draft.about(12))
            draft.rate(answered, draw.random() < HELPFUL)

    def _declined(self, draft: Draft, english: bool) -> None:
        draft.wait(draft.about(35))
        words, intent = self._vocabulary.off_topic(draft.draw, english)
        draft.visitor({"text": words})
        sure = round(draft.draw.uniform(0.02, 0.35), 3)
        nearest = self._near(draft, None)[: draft.draw.randrange(3)]
        reply = self._vocabulary.replies.decline(nearest, sure)
        seq = draft.bot(reply, {**_understood(intent, sure, nearest), "topics": []})
        if draft.draw.random() < 0.1:
            draft.wait(draft.about(10))
            draft.rate(seq, draft.draw.random() < 0.15)

    def _clarified(self, draft: Draft, topic: str) -> str:
        """The assistant asks which topic was meant; return the one that is chosen, or nothing."""
        draft.wait(draft.about(35))
        draft.visitor({"text": self._vocabulary.question(draft.draw, topic)})
        sure = round(draft.draw.uniform(0.3, 0.6), 3)
        offered = [topic, *self._near(draft, topic)]
        draft.draw.shuffle(offered)
        draft.bot(self._vocabulary.replies.ask(offered, sure), {**_understood(topic, sure, offered), "topics": offered})
        return topic if draft.draw.random() < 0.75 else ""

    def _chosen(self, draft: Draft, topic: str) -> int:
        """The visitor presses the button of a topic."""
        draft.wait(draft.about(8))
        title = self._vocabulary.replies.catalogue.titles[topic]
        draft.visitor({"text": title, "choice": f"topic:{topic}"})
        return draft.bot(self._vocabulary.answer(topic, 1.0), _understood(topic, 1.0, []))

    def _small(self, draft: Draft, intent: str) -> None:
        draft.wait(draft.about(20))
        draft.visitor({"text": self._vocabulary.small(draft.draw, intent)})
        draft.bot(self._vocabulary.small_reply(intent), {**_understood(intent, 0.97, []), "topics": []})

    def _near(self, draft: Draft, topic: str | None) -> list[str]:
        """Two topics that the assistant took into account: of the same area, if there is one."""
        area = topic.split("/", 1)[0] if topic else ""
        near = [one for one in self._vocabulary.topics if one != topic and one.startswith(f"{area}/" if area else "")]
        return draft.draw.sample(near or self._vocabulary.topics, k=min(2, len(near) or 2))


def _understood(chosen: str, sure: float, candidates: list[str]) -> dict[str, Any]:
    return {
        "intent": chosen.split("/", 1)[0], "confidence": sure, "entities": [], "in_guide": False,
        "topics": [chosen], "candidates": list(dict.fromkeys([chosen, *candidates])), "follow_up": None,
    }  # fmt: skip
