"""Asks or declines when the question is unclear or not covered."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import load_replies
from actions.understanding import Understanding, remember, send


class ActionFallback(Action):
    """Offers two or three topics when one of them was likely meant; otherwise declines honestly."""

    def __init__(self) -> None:
        self._replies = load_replies()

    def name(self) -> str:
        """The name that rules use."""
        return "action_fallback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Ask which topic was meant, or say that the sources do not cover the question."""
        understood = Understanding.of(tracker)
        if understood.topics:
            reply = self._replies.ask(understood.topics, understood.confidence)
        else:
            reply = self._replies.decline(understood.candidates, understood.confidence)
        send(dispatcher, reply)
        return remember(reply)
