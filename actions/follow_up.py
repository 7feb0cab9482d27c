"""Follow-ups that name no topic: more detail, simpler, the sources, yes and no."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import Replies, load_replies
from actions.understanding import Understanding, remember, send, today
from content.texts import Reply


class ActionFollowUp(Action):
    """Says more, less, or the sources of the answer that was given last."""

    def __init__(self) -> None:
        self._replies = load_replies()

    def name(self) -> str:
        """The name that rules use."""
        return "action_follow_up"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Follow up on the last answer, or ask what the visitor would like to know."""
        wish = Understanding.of(tracker).follow_up or ""
        reply = self._reply(self._replies, wish, tracker.slots, today())
        send(dispatcher, reply)
        return remember(reply)

    @staticmethod
    def _reply(replies: Replies, wish: str, slots: dict[str, Any], on: dt.date) -> Reply:
        topic, offered = slots.get("last_topic"), slots.get("offered") or []
        if wish == "yes":
            if slots.get("last_kind") == "decline":
                return replies.texts.handoff(dt.datetime.now(dt.UTC))
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
