"""The frontdesk's way in: one question, one typed answer. Private: asks every caller for a shared secret."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Optional

import yaml
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse

from nlu.safety_screen import FINDINGS
from nlu.topic_model import GUIDE, area

logger = logging.getLogger(__name__)

TURN_SECONDS = 3.5  # below the frontdesk's own limit, so that it hears why
MARGIN_SECONDS = 0.3
TEXT_LIMIT = 4000
SMALL_TALK = "smalltalk"
GUIDE_FORM = "candidacy_guide"
GUIDE_WORDS = Path(__file__).resolve().parent.parent / "data" / "conversation" / "guide.yml"
_COMMAND = re.compile(r"^[\s/]+")


class TurnReplies(OutputChannel):
    """Collects the replies of one turn.

    An action's reply is a whole message. Of Rasa's own responses only small talk is shown; the others name
    what was understood, and an action's reply follows.
    """

    def __init__(self) -> None:
        """Start with no reply."""
        self.replies: List[Dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa."""
        return "frontdesk"

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        """Take a message that an action or a response sends."""
        if message.get("reply"):
            self.replies.append(message["reply"])
        elif message.get("text") and message.get("utter_action", "").startswith(f"utter_{SMALL_TALK}/"):
            topics = (message.get("metadata") or {}).get("topics", [])
            self.replies.append({"kind": "smalltalk", "text": message["text"], "topics": topics})


class FrontdeskChannel(InputChannel):
    """Takes turns for the frontdesk at ``/webhooks/frontdesk/turns``.

    Args:
        token: The shared secret that callers send as a bearer token.

    Raises:
        ValueError: The token is empty.
    """

    def __init__(self, token: str) -> None:
        if not token or token.startswith("${"):
            raise ValueError("The frontdesk channel has no token. Set RASA_CHANNEL_TOKEN, as 'make run' does.")
        self._token = token
        labels = yaml.safe_load(GUIDE_WORDS.read_text(encoding="utf-8"))["guide"]["labels"]
        self._resume = {"label": labels["resume"], "value": "guide:resume"}

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa and in its address."""
        return "frontdesk"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> FrontdeskChannel:
        """Create the channel from ``credentials.yml``."""
        return cls(str((credentials or {}).get("token", "")))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the channel's two addresses."""
        blueprint = Blueprint("frontdesk_channel", "frontdesk_channel")

        @blueprint.get("/state")
        async def state(request: Request) -> HTTPResponse:
            if not self._admits(request):
                return _problem(401, "The token is missing or wrong.")
            agent = request.app.ctx.agent
            return response.json({"model": agent.model_id if agent and agent.is_ready() else None})

        @blueprint.post("/turns")
        async def turns(request: Request) -> HTTPResponse:
            if not self._admits(request):
                return _problem(401, "The token is missing or wrong.")
            message, problem = _message(request.json)
            if message is None:
                return _problem(422, problem)
            seconds = _seconds(request.json)
            try:
                if request.json.get("screen_only"):
                    await asyncio.wait_for(request.app.ctx.agent.processor.parse_message(message), seconds)
                    return response.json({"replies": [], "understanding": {FINDINGS: _found(message)}})
                await asyncio.wait_for(on_new_message(message), seconds)
            except asyncio.TimeoutError:
                logger.warning("A turn took longer than %s s and was given up", seconds)
                return _problem(504, "The turn took too long.", message)
            except Exception as error:
                logger.error("A turn failed: %s", type(error).__name__)
                return _problem(500, "The turn failed.", message)
            replies = message.output_channel.replies  # type: ignore[union-attr]
            if not replies:  # Rasa swallows a failing action and answers nothing
                return _problem(502, "No action replied.", message)
            tracker = await request.app.ctx.agent.tracker_store.retrieve(message.sender_id)
            in_guide = tracker is not None and tracker.active_loop_name == GUIDE_FORM
            for reply in replies if in_guide else []:
                if reply["kind"] == SMALL_TALK:  # a response of Rasa's own, which no action could give its buttons
                    reply.setdefault("suggestions", [self._resume])
            return response.json({"replies": replies, "understanding": _understood(tracker, replies, in_guide)})

        @blueprint.delete("/conversations/<conversation>")
        async def forget(request: Request, conversation: str) -> HTTPResponse:
            if not self._admits(request):
                return _problem(401, "The token is missing or wrong.")
            store = request.app.ctx.agent.tracker_store
            getattr(store, "_tracker_store", store).forget(conversation)  # Rasa wraps ours in a fail-safe one
            return response.empty()

        return blueprint

    def _admits(self, request: Request) -> bool:
        return hmac.compare_digest((request.token or "").encode(), self._token.encode())


def _seconds(body: Dict[str, Any]) -> float:
    """How long a turn may take: a little less than its caller waits, so that the caller hears why."""
    given = body.get("seconds")
    return min(TURN_SECONDS, max(0.1, given - MARGIN_SECONDS)) if isinstance(given, (int, float)) else TURN_SECONDS


def _found(message: UserMessage) -> List[Dict[str, Any]]:
    """What the safety screen found in a message, whatever became of its turn."""
    found: List[Dict[str, Any]] = (message.metadata or {}).get(FINDINGS, [])
    return found


def _message(body: Any) -> tuple[Optional[UserMessage], str]:
    """Return the turn's message, or None and what is wrong with the request."""
    if not isinstance(body, dict) or not isinstance(body.get("conversation"), str) or not body["conversation"]:
        return None, "Send a JSON object with 'conversation'."
    text, topic, follow_up, guide = (body.get(key) for key in ("text", "topic", "follow_up", "guide"))
    # What actions and the safety screen need besides the words.
    about = {key: body[key] for key in ("seq", "locale", "recent") if body.get(key) is not None}
    channel, conversation = TurnReplies(), body["conversation"]
    if isinstance(topic, str) and "/" in topic:
        return UserMessage(None, channel, conversation, parse_data=_chosen(topic, follow_up), metadata=about), ""
    if isinstance(guide, str) and guide:
        return UserMessage(None, channel, conversation, parse_data=_steered(guide), metadata=about), ""
    if not isinstance(text, str) or not text.strip() or len(text) > TEXT_LIMIT:
        return None, f"Send 'text' of 1 to {TEXT_LIMIT} characters, 'topic' or 'guide'."
    # A leading slash would be a command to Rasa; a visitor's words are only ever words.
    words = _COMMAND.sub("", text) or "?"
    return UserMessage(words, channel, conversation, input_channel=channel.name(), metadata=about), ""


def _chosen(topic: str, follow_up: Optional[str]) -> Dict[str, Any]:
    """What a chosen topic means, in the form of a parsed message: no words, no guessing."""
    understanding = {"topics": [topic], "candidates": [topic], "confidence": 1.0, "follow_up": follow_up}
    chosen = f"follow_up/{follow_up}" if follow_up else topic
    response = {"confidence": 1.0, "intent_response_key": chosen, "utter_action": f"utter_{chosen}"}
    return {
        "text": "",
        "intent": {"name": area(chosen), "confidence": 1.0},
        "entities": [],
        "response_selector": {area(chosen): {"response": response}},
        "understanding": understanding,
    }


def _steered(command: str) -> Dict[str, Any]:
    """What a button of the candidacy guide means, such as ``answer:heart:none``, in the form of a parsed message."""
    understanding = {"topics": [], "candidates": [], "confidence": 1.0, "follow_up": None, "guide": command}
    return {
        "text": "",
        "intent": {"name": GUIDE, "confidence": 1.0},
        "entities": [],
        "response_selector": {},
        "understanding": understanding,
    }


def _understood(
    tracker: Optional[DialogueStateTracker], replies: List[Dict[str, Any]], in_guide: bool
) -> Dict[str, Any]:
    """What the engine made of the message: for staff and tests, without the words.

    Of an answer in the candidacy guide nothing is said: it would tell the answer, which is kept only if it is sent.
    """
    if tracker is None or tracker.latest_message is None:
        return {}
    parsed = tracker.latest_message.parse_data
    name = parsed["intent"].get("name")
    if name == GUIDE or any((reply.get("form") or {}).get("kind") == GUIDE for reply in replies):
        return {"intent": GUIDE, "in_guide": in_guide}
    return {
        "intent": name,
        "confidence": parsed["intent"].get("confidence"),
        "entities": [{"entity": e["entity"], "value": e["value"]} for e in parsed.get("entities", [])],
        "in_guide": in_guide,
        **{key: value for key, value in (parsed.get("understanding") or {}).items() if key != "confidence"},
    }


def _problem(status: int, title: str, message: Optional[UserMessage] = None) -> HTTPResponse:
    """Say what is wrong; with what the safety screen found in ``message``, which must not be lost with the turn."""
    body = {"title": title, "status": status, **({FINDINGS: _found(message)} if message else {})}
    return response.json(body, status, content_type="application/problem+json")
