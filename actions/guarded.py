"""What every action shares: it answers, or fails without a word of the visitor's in any log."""

from __future__ import annotations

import abc
import asyncio
import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.guide_course import FORM
from actions.guide_replies import with_resume
from actions.house import location_of
from actions.replies import Replies, load_replies
from actions.understanding import remember, send
from content.texts import Reply

logger = logging.getLogger(__name__)


class GuardedAction(Action, abc.ABC):
    """An action that makes one reply.

    When it fails, the SDK would answer with the whole request, the visitor's words in it, and Rasa would log
    that. So a failure is logged by its type alone; no reply is sent, which the frontdesk takes for a fault.
    """

    def __init__(self) -> None:
        self._replies: Replies = load_replies()

    def _replies_in(self, tracker: Tracker) -> Replies:
        """The replies with the facts of the location that this conversation is about."""
        return self._replies.at(location_of(tracker.sender_id))

    @abc.abstractmethod
    def name(self) -> str:
        """The name that rules use."""

    @abc.abstractmethod
    def reply(self, tracker: Tracker) -> Reply:
        """Make the reply to the last message."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Send the reply and remember what later messages may refer to."""
        try:
            reply = await asyncio.to_thread(self.reply, tracker)  # it may wait for the records
        except Exception as error:
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            return []
        if (tracker.active_loop or {}).get("name") == FORM:
            reply = with_resume(reply, self._replies.guide)
        send(dispatcher, reply)
        return remember(reply)
