"""What the clinic's people do with a conversation that needs them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from content.clinic import Clinic
from frontdesk.console.conversation import OUTCOMES
from records.entries import CANNOT_WAIT, LOG_ONLY
from records.handoff import VISITOR
from tools.demo.draft import Draft
from tools.demo.vocabulary import Vocabulary

ON_CALL = "Dr. Ada Example"
# Name, sign-in name and roles. Nobody can sign in as one of them until a manager makes a link for them.
PEOPLE = (
    (ON_CALL, "demo-ada", ("clinician",)),
    ("Noor Sample, RN", "demo-noor", ("clinician",)),
    ("Jo Placeholder, RN", "demo-jo", ("clinician",)),
    ("Robin Invented", "demo-robin", ("reviewer",)),
)
# Minutes until somebody acknowledges and how far that varies, in opening hours or at any hour if it cannot wait.
ACKNOWLEDGED = {"U0": (2.5, 0.6), "U1": (11.0, 0.7), "U2": (25.0, 0.9), "U3": (45.0, 1.0)}
WISH = (6.0, 0.8)  # somebody sits and waits
TAKEN_AFTER = 5.0  # minutes
LATE = 0.06  # so often the first person does not answer, and the next is told
IN_CHAT = {  # how often the clinician writes, rather than telephones
    "a": 0.8, "b": 0.7, "c": 0.35, "d": 0.6, "e": 0.6, "f": 0.45, "g": 0.6, "j": 0.75, "k": 0.35, "l": 0.3, "m": 0.75,
}  # fmt: skip
LOWERED = (
    "Spoke by phone: safe tonight, somebody is with them",
    "Safety plan made together, appointment tomorrow",
    "Meant it as a figure of speech, confirmed in the chat",
    "Handed to the crisis team, confirmed by phone",
)
NOTES = (
    "Called back, no answer. Try again tomorrow morning.",
    "Has a first visit next week. Told the front desk.",
    "Asked to be called after 5 pm only.",
    "Good question: we should have an answer to it.",
    "Spoke with the pharmacy.",
)
TAGS = ("call back", "first visit", "billing", "good question", "follow up", "medication", "language")


class Staff:
    """Acknowledges, takes over, writes or telephones, lowers the flag, closes."""

    def __init__(self, clinic: Clinic, vocabulary: Vocabulary) -> None:
        self._clinic, self._vocabulary = clinic, vocabulary

    def look_after(self, draft: Draft, case: dict[str, Any]) -> None:
        """Do what the case asks for. One of which nobody is told stays in the list."""
        if case["urgency"] == LOG_ONLY or not case["teams"]:
            return
        if case["urgency"] == "U3" and draft.draw.random() < 0.008:
            return  # forgotten: it happens
        self._acknowledge(draft, case)
        by = self._who(draft)
        draft.wait(draft.about(60 * TAKEN_AFTER))
        draft.pass_on("clinician", by)
        wrote = draft.draw.random() < IN_CHAT.get(case["category"], 0.4)
        if wrote:
            self._talk(draft, by, case["category"])
        if draft.row["raised"]:
            draft.wait(draft.about(420))
            draft.flag(draft.row["raised"], raised=False, by=by, why=draft.draw.choice(LOWERED))
        self._put_aside(draft, by)
        draft.wait(draft.about(240))
        if wrote and draft.draw.random() < 0.12:
            draft.pass_on("bot", by)
            draft.wait(draft.about(3600))  # and looks again later
            draft.pass_on("clinician", by)
        draft.pass_on("closed", by, draft.draw.choice(OUTCOMES[:3] if wrote else OUTCOMES[1:]))
        for one in draft.rows["cases"]:
            one["closed_at"] = draft.at

    def _acknowledge(self, draft: Draft, case: dict[str, Any]) -> None:
        if case["urgency"] not in CANNOT_WAIT:
            self._wait_for_opening(draft)
        late = draft.draw.random() < LATE
        median, spread = WISH if case["category"] == "m" else ACKNOWLEDGED[case["urgency"]]
        draft.wait(draft.about(60 * median, spread) + (360 if late else 0))
        for team in case["teams"]:
            for step in range(late + 1):
                draft.page(case, team, step, answered=step == late)
        case.update(acknowledged_at=draft.at, acknowledged_by=case["teams"][0])

    def _wait_for_opening(self, draft: Draft) -> None:
        if not self._clinic.is_open(draft.at) and (opens := self._clinic.opens_next(draft.at)):
            draft.wait_until(opens.astimezone(dt.UTC))

    def _who(self, draft: Draft) -> str:
        clinicians = [name for name, _, roles in PEOPLE if "clinician" in roles]
        return draft.draw.choice(clinicians) if self._clinic.is_open(draft.at) else ON_CALL

    def _talk(self, draft: Draft, by: str, category: str) -> None:
        draw, words = draft.draw, self._vocabulary
        ids = ["safe-now"] if category in "abcdj" else ["hello", "moment"]
        for turn in range(draw.randrange(1, 4)):
            draft.wait(draft.about(90))
            text = words.ready_words(draw, by, *ids)
            draft.say("clinician", "clinician", {"text": text, "author_name": by}, client_id=draft.unique())
            if draw.random() < 0.25:
                return
            draft.wait(draft.about(60))
            draft.visitor({"text": words.small(draw, "follow_up/yes" if turn == 0 else "smalltalk/thanks")})
            ids = ["more", "call-you", "not-here", "visit"] if turn == 0 else ["goodbye"]

    def _put_aside(self, draft: Draft, by: str) -> None:
        if draft.draw.random() < 0.25:
            draft.note(by, draft.draw.choice(NOTES))
        for tag in draft.draw.sample(TAGS, k=draft.draw.choices((0, 1, 2), (6, 3, 1))[0]):
            draft.tag(by, tag)


def gives_up(draft: Draft, case: dict[str, Any], cancelled: dict[str, Any]) -> None:
    """The visitor no longer waits for a person."""
    draft.visitor({"text": "Cancel my request", "choice": "cancel_request"})
    draft.pass_on("bot", VISITOR)
    case["closed_at"] = draft.at
    draft.bot(cancelled)
