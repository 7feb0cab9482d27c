"""What the candidacy guide says: its questions, the reasons for them, the review, and how it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from actions.guide_course import Course
from actions.replies import Replies
from content.catalogue import Sentence, as_text
from content.guide import Guide, Question
from content.texts import Reply
from safety.templates import CONTACT_FORM

NEXT_TOPICS = ("candidacy/talking_to_provider", "logistics/how_to_start")
RESUMABLE = ("answer", "clarify", "decline", "smalltalk", "advice")  # replies after which the guide can go on


class GuideReplies:
    """Makes the guide's messages from its reviewed words."""

    def __init__(self, replies: Replies) -> None:
        self._replies, self._guide, self._texts = replies, replies.guide, replies.texts

    def question(self, course: Course, asked: Question, did: str) -> Reply:
        """Ask ``asked``, after what the visitor's message ``did``."""
        texts = self._guide.texts
        asks = " ".join([*(sentence.says for sentence in asked.says), asked.asks])
        leads = {
            "started": texts.opening, "resumed": texts.again, "unclear": texts.unclear, "first": texts.first,
            "changed": texts.change,
        }  # fmt: skip
        lead = self._fill(leads.get(did, ""))
        sentences: tuple[Sentence, ...] = asked.says
        if did == "why":
            lead = " ".join([as_text(asked.why), *([asked.not_covered] if asked.not_covered else [])])
            sentences = (*asked.why, *asked.says)
        if did == "so_far":
            lead = self._told(course, texts.review_so_far)
        options = [self._choice(f"answer:{asked.id}:{option.value}") for option in asked.options]
        steer = ["skip", "stop"] if did == "why" else ["skip", "why", "stop"]
        return {
            "kind": "guide",
            "text": "\n\n".join(part for part in (lead, asks) if part),
            "sources": self._replies.shown_sources(sentences),
            "suggestions": [*options, *(self._choice(command) for command in steer)],
            "form": self._form(self._guide.questions.index(asked) + 1, question=asked.id),
        }

    def review(self, course: Course, did: str) -> Reply:
        """Show everything that was said, ask what shall become of it, and end with what to talk through."""
        texts, points = self._guide.texts, course.talk_about()
        parts = [texts.unclear_review] if did == "unclear" else []
        parts += [self._told(course, texts.review), self._fill(texts.offer), texts.talk_lead, _listed(points)]
        changes = [self._choice(f"change:{question.id}") for question in self._guide.questions]
        return {
            "kind": "guide",
            "text": "\n\n".join(parts),
            "sources": self._replies.shown_sources(points),
            "suggestions": [self._choice("send"), self._choice("decline"), *changes],
            "form": self._form(len(self._guide.questions), stage="review"),
        }

    def sent(self, now: dt.datetime, target: dt.datetime | None) -> Reply:
        """Say that the answers were passed on, what happens next, and how to be reached."""
        texts = self._guide.texts
        aim = self._fill(texts.sent_next, target=self._texts.moment(target, now)) if target else texts.sent_no_aim
        return {
            "kind": "handoff",
            "text": self._fill(texts.sent, next=aim, hours_now=self._texts.hours_now(now)),
            "contacts": self._texts.clinic_first(),
            "suggestions": self._topics(),
            "form": {**CONTACT_FORM, "stage": "end"},
        }

    def ended(self, how: str, case_stays: bool = False) -> Reply:
        """Say that the guide is over and nothing of it was kept: ``declined``, ``stopped`` or ``closed``."""
        text = self._fill(getattr(self._guide.texts, how))
        if case_stays:
            text += f" {self._guide.texts.case_stays}"
        again = [] if how == "declined" else [self._choice("start")]
        return {
            "kind": "guide",
            "text": text,
            "suggestions": [*again, *self._topics(), self._texts.person_choice()],
            "contacts": [self._texts.clinic_contact()],
            "form": self._form(len(self._guide.questions), stage="end"),
        }

    def expired(self) -> Reply:
        """Say that the guide's review has run out, so that it is not served."""
        return {
            "kind": "decline",
            "topics": [self._guide.topic],
            "text": self._texts.text("expired"),
            "suggestions": [self._texts.person_choice()],
            "contacts": [self._texts.clinic_contact()],
        }

    def just_in_case(self, reply: Reply, letters: Sequence[str]) -> Reply:
        """Return the guide's next words after what to do if an answer told of more than it seemed."""
        lines = [self._fill(text) for letter, text in self._guide.just_in_case.items() if letter in letters]
        return {**reply, "text": "\n\n".join([*lines, reply["text"]])}

    def after_safety(self, reply: Reply) -> Reply:
        """Return a safety reply with the way back to the guide."""
        suggestions = [self._choice("resume"), self._choice("stop"), *reply.get("suggestions", [])]
        return {**reply, "text": f"{reply['text']}\n\n{self._guide.texts.after_safety}", "suggestions": suggestions}

    def _told(self, course: Course, lead: str) -> str:
        """List the answers after ``lead``. They are the visitor's words: nothing is filled into them."""
        lines = [f"- {question.short}: {shown}" for question, shown in course.told()]
        return "\n".join([lead, "", *lines]) if lines else self._guide.texts.nothing_told

    def _form(self, step: int, **more: Any) -> dict[str, Any]:
        return {"kind": "guide", "step": step, "of": len(self._guide.questions), **more}

    def _choice(self, command: str) -> dict[str, str]:
        value = f"guide:{command}"
        return {"label": self._guide.label_of(value) or "", "value": value}

    def _topics(self) -> list[dict[str, str]]:
        titles = self._replies.catalogue.titles
        return [{"label": titles[topic], "value": f"topic:{topic}"} for topic in NEXT_TOPICS]

    def _fill(self, text: str, **more: str) -> str:
        return self._texts.fill(text, count=str(len(self._guide.questions)), **more)


def with_resume(reply: Reply, guide: Guide) -> Reply:
    """Return an ordinary reply inside the guide: what it suggests first is to go on."""
    if reply["kind"] not in RESUMABLE:
        return reply
    others = [
        choice for choice in reply.get("suggestions", []) if choice["value"] not in ("guide:start", "guide:resume")
    ]
    return {**reply, "suggestions": [{"label": guide.labels.resume, "value": "guide:resume"}, *others]}


def _listed(sentences: list[Sentence]) -> str:
    return "\n".join(f"- {sentence.says}" for sentence in sentences)
