"""The candidacy guide as Rasa runs it: what a message does in the form, the asking, and the end.

Three actions a turn at most. ``validate_candidacy_guide`` says in the slot ``guide_turn`` what the message did:

- ``started``, ``asked``, ``resumed``, ``changed``, ``why``, ``so_far``, ``first``, ``unclear``: the asking action asks;
- ``safety``: an answer falls under a category of the safety policy, and its fixed reply comes instead;
- ``interrupted``: the message is for the rest of the assistant, and the asking action stays silent;
- ``held``: so too, because safety goes first; the pending question is shown again before words answer it;
- ``sent``, ``declined``, ``stopped``, ``closed``, ``expired``, ``minor``: it is over; ``action_guide_end`` says so.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.guarded import GuardedAction
from actions.guide_course import DECISION, FORM, SKIPPED, TURN, Course, forgotten, slot_of
from actions.guide_listening import Heard, Listener, Understood
from actions.guide_replies import GuideReplies
from actions.house import desk, records, screen
from actions.replies import load_replies
from actions.understanding import remember, send, today
from content.guide import Guide
from content.texts import Reply
from escalation.desk import Situation, findings_of
from escalation.response_times import due
from records import Cause
from safety import Finding

logger = logging.getLogger(__name__)

REQUESTED = "requested_slot"
NOWHERE = "guide_fault"  # a slot that nothing asks for: the turn then ends without a reply, which is a fault
MINOR = "h"  # the safety category of those under 18
# Words of the present: what the model hears beside them is never set aside.
_NOW = re.compile(
    r"\b(?:now|tonight|today|just|currently|still|this (?:morning|evening|minute)|last night|since)\b", re.I
)
ENDS = ("send", "decline", "stop")
CAUSE, URGENCY, TEAM = "guide", "U3", "front_desk"


class ValidateCandidacyGuide(Action):
    """Decides what a message does in the guide. Says nothing."""

    def __init__(self) -> None:
        self._guide: Guide = load_replies().guide
        self._listener = Listener(self._guide)

    def name(self) -> str:
        """The name under which Rasa's form calls it."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Return the events that move the form on. A failure is logged by its type, and nothing is said."""
        try:
            return await asyncio.to_thread(self._events, tracker)
        except Exception as error:
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            return [SlotSet(REQUESTED, NOWHERE)]

    def _events(self, tracker: Tracker) -> list[EventType]:
        now = _since_message(tracker)
        if any(event.get("event") == "slot" and event.get("name") == TURN for event in now):
            return []  # asked again, after an interruption
        course = Course.of(self._guide, tracker.slots)
        has_just_started = any(event.get("event") == "active_loop" for event in now)
        if has_just_started or (tracker.active_loop or {}).get("name") != FORM:
            return self._begin(tracker, course)
        if records().raised(tracker.sender_id):  # nothing ordinary goes on, and no word of it is an answer
            return [_did("held"), ActionExecutionRejected(FORM)]
        heard = self._heard(tracker, course)
        escalated = tracker.latest_message.get("intent", {}).get("name") == "escalate"
        if escalated and not self._is_for_the_guide(tracker, course, heard):
            return self._give_way(tracker, course, heard)
        if _command(tracker) is None and _is_about_another(course, heard):
            heard = Heard("resume")
        if heard.words and (letters := _letters(tracker)):
            return [*self._answer(heard)[:-1], _did("asked", just_in_case=sorted(letters))]
        return self._go_on(course, heard)

    def _begin(self, tracker: Tracker, course: Course) -> list[EventType]:
        command = _command(tracker)
        if command is None or command == "start":
            if not self._guide.is_current(today()):
                return _over("expired")
            records().forget_guide(tracker.sender_id, self._guide.texts.forgotten)  # an earlier run, left unfinished
            return [*forgotten(self._guide), _did("started")]
        if command in ENDS and course.pending is None and tracker.slots.get(DECISION):
            return _over({"send": "sent", "decline": "declined", "stop": "stopped"}[command])  # the first try failed
        records().forget_guide(tracker.sender_id, self._guide.texts.forgotten)
        return _over("closed")

    def _give_way(self, tracker: Tracker, course: Course, heard: Heard) -> list[EventType]:
        """A safety category goes first. A minor's guide ends there, and so does one whose data is to be deleted."""
        letters = _letters(tracker)
        if MINOR in letters or heard.did in ("stop", "decline"):
            records().forget_guide(tracker.sender_id, self._guide.texts.forgotten)
            return [*forgotten(self._guide), ActiveLoop(None), _did("interrupted"), ActionExecutionRejected(FORM)]
        events: list[EventType] = [_did("held"), ActionExecutionRejected(FORM)]
        if course.pending and (option := next((o for o in course.pending.options if o.category in letters), None)):
            events.insert(0, SlotSet(slot_of(course.pending.id), {"option": option.value}))
        return events

    def _is_for_the_guide(self, tracker: Tracker, course: Course, heard: Heard) -> bool:
        """Whether words in which the screen heard something are a command or a plain answer all the same.

        "Change my age" is no minor's then, "I am bipolar" no request for advice, and "zoloft and xanax" no overdose.
        Only what the learnt model heard is set aside so; what the rules find never is.
        """
        text, asked = tracker.latest_message.get("text") or "", course.pending
        if screen().check(text) or _NOW.search(text):
            return False
        if heard.is_known:
            return True
        if asked is None or heard.words is None or self._listener.asks_anything(text):
            return False
        findings = findings_of(tracker.latest_message.get("understanding") or {})
        usual = all(finding.urgency == screen().finding(finding.category).urgency for finding in findings)
        return usual and all(finding.category in asked.sounds_like for finding in findings)

    def _heard(self, tracker: Tracker, course: Course) -> Heard:
        command, text = _command(tracker), tracker.latest_message.get("text") or ""
        if command is not None:
            return self._listener.command(command)
        if not text:  # a topic, chosen with its button
            return Heard("question")
        understanding = tracker.latest_message.get("understanding") or {}
        understood = Understood(
            tracker.latest_message.get("intent", {}).get("name") or "",
            tuple(understanding.get("topics", [])),
            understanding.get("follow_up"),
            after_guide=tracker.slots.get("last_kind") == "guide",
        )
        return self._listener.words(text, course.pending, understood)

    def _go_on(self, course: Course, heard: Heard) -> list[EventType]:
        pending = course.pending
        if heard.did == "question":
            return [_did("interrupted"), ActionExecutionRejected(FORM)]
        if heard.did == "stop":
            return _over("stopped")
        if heard.did in ("send", "decline") and pending is None:
            how = "sent" if heard.did == "send" else "declined"
            return [SlotSet(DECISION, heard.did), *_over(how)]
        if heard.did == "answer" and heard.question:
            return self._answer(heard)
        if heard.did == "skip" and pending:
            return [SlotSet(slot_of(pending.id), SKIPPED), _did("asked")]
        if heard.did == "why" and pending:
            return [_did("why")]
        if heard.did == "back":
            return self._change(course.last_answered.id) if course.last_answered else [_did("first")]
        if heard.did == "change" and heard.question in course.answers:
            return self._change(heard.question)
        if heard.did == "review":
            return [_did("so_far")]
        return [_did("unclear" if heard.did in ("unclear", "why", "skip") else "resumed")]

    def _answer(self, heard: Heard) -> list[EventType]:
        question = self._guide.question(heard.question or "")
        assert question is not None
        answer = {key: value for key, value in (("option", heard.option), ("words", heard.words)) if value}
        option = question.option(heard.option) if heard.option else None
        if option and option.category == MINOR:
            return _over("minor")
        did = _did("safety", category=option.category) if option and option.category else _did("asked")
        return [SlotSet(slot_of(question.id), answer), did]

    @staticmethod
    def _change(question: str | None) -> list[EventType]:
        return [SlotSet(slot_of(str(question)), None), _did("changed")]


class _Speaking(GuardedAction):
    """What the guide's speaking actions share."""

    def __init__(self) -> None:
        super().__init__()
        self._guide = self._replies.guide

    def _says_in(self, tracker: Tracker) -> GuideReplies:
        return GuideReplies(self._replies_in(tracker))

    def _safety_reply(self, tracker: Tracker, category: str) -> Reply:
        """Open the case of a category that an answer falls under, and return its fixed reply."""
        findings: list[Finding] = [screen().finding(category)]
        about = tracker.latest_message.get("metadata") or {}
        there = desk(tracker.sender_id)
        there.open(tracker.sender_id, int(about.get("seq", 0)), findings)
        text = tracker.latest_message.get("text") or ""
        return there.reply(findings, Situation(tracker.sender_id, text, str(about.get("locale", ""))))


class ActionAsk(_Speaking):
    """Asks one question, or shows the review. There is one class a slot: see the end of this file."""

    slot: str

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Ask, unless somebody else answers this message."""
        if (tracker.slots.get(TURN) or {}).get("did") in ("interrupted", "held"):
            return []
        return await super().run(dispatcher, tracker, domain)

    def reply(self, tracker: Tracker) -> Reply:
        """Make the question, after what the visitor's message did."""
        course, turn = Course.of(self._guide, tracker.slots), tracker.slots.get(TURN) or {}
        says = self._says_in(tracker)
        if turn.get("did") == "safety":
            return says.after_safety(self._safety_reply(tracker, turn["category"]))
        asked = next((question for question in self._guide.questions if slot_of(question.id) == self.slot), None)
        reply = says.question(course, asked, course.did) if asked else says.review(course, course.did)
        return says.just_in_case(reply, turn.get("just_in_case") or [])


class ActionGuideEnd(_Speaking):
    """Passes the answers on or forgets them, and says which."""

    def name(self) -> str:
        """The name that the rule uses."""
        return "action_guide_end"

    def reply(self, tracker: Tracker) -> Reply:
        """Do what the visitor decided, then say so."""
        how = str((tracker.slots.get(TURN) or {}).get("did", "closed"))
        if how == "expired":
            return self._says_in(tracker).expired()
        if how == "sent":
            return self._send(tracker)
        records().forget_guide(tracker.sender_id, self._guide.texts.forgotten)
        if how == "minor":
            return self._safety_reply(tracker, MINOR)
        case_stays = any(case.closed_at is None for case in records().cases_of(tracker.sender_id))
        return self._says_in(tracker).ended(how, case_stays=case_stays and how != "closed")

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Speak, and empty the slots once it is done; what failed can be tried again."""
        try:
            reply = await asyncio.to_thread(self.reply, tracker)
        except Exception as error:
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            return []
        send(dispatcher, reply)
        return [*remember(reply), *forgotten(self._guide), SlotSet(TURN, None)]

    def _send(self, tracker: Tracker) -> Reply:
        now = dt.datetime.now(dt.UTC)
        target = due(URGENCY, now, self._replies_in(tracker).clinic)
        seq = int((tracker.latest_message.get("metadata") or {}).get("seq", 0))
        summary = Course.of(self._guide, tracker.slots).summary()
        cause = Cause(CAUSE, URGENCY, (TEAM,), target)
        records().escalate(tracker.sender_id, seq, [cause], summary=summary)
        records().keep_guide(tracker.sender_id)
        return self._says_in(tracker).sent(now, target)


def _did(did: str, **more: Any) -> EventType:
    return SlotSet(TURN, {"did": did, **more})


def _over(how: str) -> list[EventType]:
    """End the form."""
    return [_did(how), SlotSet(REQUESTED, None)]


def _is_about_another(course: Course, heard: Heard) -> bool:
    """Whether words come before the visitor has seen what they would answer.

    After a safety reply the pending question was not shown yet; and after an answer to a question of their own, "yes"
    and "no" may be about that, so that the review is shown again before anything is sent or forgotten.
    """
    if course.did in ("safety", "held"):
        return heard.did in ("answer", "unclear", "send", "decline")
    return course.did == "interrupted" and heard.did in ("send", "decline")


def _letters(tracker: Tracker) -> set[str]:
    """Return the safety categories that the screen heard in the last message."""
    return {finding.category for finding in findings_of(tracker.latest_message.get("understanding") or {})}


def _command(tracker: Tracker) -> str | None:
    """Return the guide's command that a button sent, or None."""
    found: str | None = (tracker.latest_message.get("understanding") or {}).get("guide")
    return found


def _since_message(tracker: Tracker) -> list[dict[str, Any]]:
    """Return what has happened since the visitor's last message."""
    last = max((n for n, event in enumerate(tracker.events) if event.get("event") == "user"), default=-1)
    return list(tracker.events[last + 1 :])


def _asking(slot: str) -> type[ActionAsk]:
    """Make the action that asks for ``slot``: Rasa's form looks for it by this name."""
    body = {"slot": slot, "name": lambda self: f"action_ask_{slot}", "__module__": __name__}
    return type(f"ActionAsk_{slot}", (ActionAsk,), body)


# By name in this module: the action server pickles its actions.
for _slot in (*(slot_of(question.id) for question in load_replies().guide.questions), DECISION):
    globals()[f"ActionAsk_{_slot}"] = _asking(_slot)
