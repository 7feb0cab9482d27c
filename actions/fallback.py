"""Asks or declines when the question is unclear or not covered."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.guarded import GuardedAction
from actions.understanding import Understanding
from content.texts import Reply


class ActionFallback(GuardedAction):
    """Offers two or three topics when one of them was likely meant; otherwise declines honestly."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_fallback"

    def reply(self, tracker: Tracker) -> Reply:
        """Ask which topic was meant, or say that the sources do not cover the question."""
        understood, replies = Understanding.of(tracker), self._replies_in(tracker)
        if understood.topics:
            return replies.ask(understood.topics, understood.confidence)
        return replies.decline(understood.candidates, understood.confidence)
