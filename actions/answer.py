"""Answers a question that was understood, or two in one message."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import load_replies
from actions.understanding import Understanding, remember, send, today


class ActionAnswer(Action):
    """Sends the reviewed answer to the topic that was asked about."""

    def __init__(self) -> None:
        self._replies = load_replies()

    def name(self) -> str:
        """The name that rules use."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answer the topics of the last message."""
        understood = Understanding.of(tracker)
        reply = self._replies.answer(understood.topics, understood.confidence, today())
        send(dispatcher, reply)
        return remember(reply)
