"""Answers a question that was understood, or two in one message."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.guarded import GuardedAction
from actions.understanding import Understanding, today
from content.texts import Reply


class ActionAnswer(GuardedAction):
    """Sends the reviewed answer to the topic that was asked about."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_answer"

    def reply(self, tracker: Tracker) -> Reply:
        """Answer the topics of the last message."""
        understood = Understanding.of(tracker)
        return self._replies_in(tracker).answer(understood.topics, understood.confidence, today())
