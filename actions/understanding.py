"""What an action knows about the turn: the engine's reading of the message, and the conversation so far."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from content.texts import Reply


@dataclass(frozen=True)
class Understanding:
    """The engine's reading of the last message.

    ``topics`` are what to answer (one or two) or to offer; ``candidates`` the most likely topics, best first.
    """

    topics: list[str]
    candidates: list[str]
    confidence: float
    follow_up: str | None

    @classmethod
    def of(cls, tracker: Tracker) -> Understanding:
        """Read the understanding that the topic classifier left on the message."""
        found: dict[str, Any] = tracker.latest_message.get("understanding") or {}
        return cls(
            topics=list(found.get("topics", [])),
            candidates=list(found.get("candidates", [])),
            confidence=float(found.get("confidence", 0.0)),
            follow_up=found.get("follow_up"),
        )


def send(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Send ``reply``: as text with buttons for any channel, and whole for the frontdesk."""
    buttons = [{"title": choice["label"], "payload": choice["value"]} for choice in reply.get("suggestions", [])]
    dispatcher.utter_message(text=reply["text"], buttons=buttons, reply=reply)


def remember(reply: Reply) -> list[EventType]:
    """Return the events that let later messages refer to ``reply``."""
    offered = [c["value"].removeprefix("topic:") for c in reply.get("suggestions", []) if c["value"][:6] == "topic:"]
    events: list[EventType] = [SlotSet("last_kind", reply["kind"]), SlotSet("offered", offered)]
    if reply["kind"] == "answer":
        events.append(SlotSet("last_topic", reply["topics"][0]))
    return events


def today() -> dt.date:
    """The date that reviews are measured against."""
    return dt.datetime.now(dt.UTC).date()
