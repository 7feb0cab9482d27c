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
        understood = Understanding.of(tracker)
        if understood.topics:
            return self._replies.ask(understood.topics, understood.confidence)
        return self._replies.decline(understood.candidates, understood.confidence)
