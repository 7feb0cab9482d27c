"""Follow-ups that name no topic: more detail, simpler, the sources, yes and no."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rasa_sdk import Tracker

from actions.guarded import GuardedAction
from actions.house import desk
from actions.replies import Replies
from actions.understanding import Understanding, today
from content.texts import Reply
from escalation.desk import Situation


class ActionFollowUp(GuardedAction):
    """Says more, less, or the sources of the answer that was given last."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_follow_up"

    def reply(self, tracker: Tracker) -> Reply:
        """Follow up on the last answer, or ask what the visitor would like to know."""
        understood = Understanding.of(tracker)
        slots = dict(tracker.slots)
        if understood.follow_up == "yes" and slots.get("last_kind") == "decline":  # to the offer of a person
            seq = (tracker.latest_message.get("metadata") or {}).get("seq", 0)
            return desk(tracker.sender_id).hand_off(int(seq), Situation(tracker.sender_id))
        if understood.topics:  # chosen with a button that names its topic
            slots["last_topic"] = understood.topics[0]
        return self._reply(self._replies_in(tracker), understood.follow_up or "", slots, today())

    @staticmethod
    def _reply(replies: Replies, wish: str, slots: dict[str, Any], on: dt.date) -> Reply:
        topic, offered = slots.get("last_topic"), slots.get("offered") or []
        if wish == "yes":
            if slots.get("last_kind") == "answer" and topic:
                return replies.detail(topic, on)
            return replies.say("yes_to_what", offered)
        if wish == "no":
            return replies.say("what_else")
        if wish == "none_of_these":
            return {**replies.say("none_of_these"), "suggestions": [replies.texts.person_choice()]}
        if topic is None:
            return replies.say("nothing_to_explain")
        if wish in ("more_detail", "why"):
            return replies.detail(topic, on)
        if wish == "simpler":
            return replies.simpler(topic, on)
        if wish == "source":
            return replies.sources(topic, on)
        return replies.answer([topic], 1.0, on)
