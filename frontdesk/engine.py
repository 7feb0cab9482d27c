"""The way to Rasa: one question, one answer, within a time limit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from escalation.desk import findings_of
from frontdesk.messages import ReplyBody
from safety import Finding

logger = logging.getLogger(__name__)

OTHER_SECONDS = 2.0  # for everything but turns, which bring their own limit


class EngineUnavailable(Exception):
    """Rasa or the action server did not answer in time, or not properly. Says which, not what was asked.

    ``findings`` are what the safety screen in Rasa had found by then.
    """

    def __init__(self, why: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(why)
        self.findings = list(findings)


@dataclass(frozen=True)
class Question:
    """What a visitor said or chose: words, a topic (with a follow-up wish), or a command of the guide.

    ``recent`` are earlier words, for the safety screen alone. ``seq`` is the message's number. With ``screen_only`` the
    words are screened and nothing else is done with them: the answer has findings and no replies.
    """

    conversation: str
    seq: int
    locale: str
    text: str | None = None
    topic: str | None = None
    follow_up: str | None = None
    guide: str | None = None
    recent: tuple[str, ...] = ()
    screen_only: bool = False


@dataclass(frozen=True)
class EngineAnswer:
    """Replies in the chat API's fields, and what the engine made of the message."""

    replies: list[dict[str, Any]]
    understanding: dict[str, Any]


class _Answer(BaseModel):
    """What the channel answers; a reply that the chat API could not show is refused before it is stored."""

    model_config = ConfigDict(hide_input_in_errors=True)

    replies: list[ReplyBody]
    understanding: dict[str, Any]


class Engine:
    """Talks to the frontdesk channel of the Rasa server.

    Args:
        url: Where Rasa listens; loopback or a private network.
        token: The secret that the channel asks for.
    """

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{url}/webhooks/frontdesk",
            headers={"Authorization": f"Bearer {token}"},
            timeout=OTHER_SECONDS,
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(self, question: Question, seconds: float) -> EngineAnswer:
        """Ask what to reply, within ``seconds``.

        Raises:
            EngineUnavailable: No proper answer came in time.
        """
        body = {key: value for key, value in asdict(question).items() if value is not None}
        body["seconds"] = seconds
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                response = await self._client.post("/turns", json=body, timeout=max(seconds, 0.1))
            if response.is_error:
                logger.warning("Rasa gave no answer: status %s", response.status_code)
                raise EngineUnavailable(f"status {response.status_code}", _findings(response))
            answer = _Answer.model_validate_json(response.content)
        except ValidationError as error:  # the cause may quote the visitor
            logger.warning("Rasa gave an answer that cannot be shown: %s", type(error).__name__)
            raise EngineUnavailable(type(error).__name__, _findings(response)) from None
        except (httpx.HTTPError, TimeoutError) as error:
            logger.warning("Rasa gave no answer: %s", type(error).__name__)
            raise EngineUnavailable(type(error).__name__) from None
        if (
            not answer.replies and not question.screen_only
        ):  # Rasa answers 200 with nothing when the action server fails
            logger.warning("Rasa gave an empty answer")
            raise EngineUnavailable("empty answer")
        replies = [reply.model_dump(mode="json", exclude_unset=True) for reply in answer.replies]
        return EngineAnswer(replies, answer.understanding)

    async def forget(self, conversation: str) -> None:
        """Make Rasa forget a conversation; if Rasa is down it has forgotten already, since it keeps no file."""
        try:
            (await self._client.delete(f"/conversations/{conversation}")).raise_for_status()
        except httpx.HTTPError as error:
            logger.warning("Rasa could not be told to forget: %s", type(error).__name__)

    async def state(self) -> dict[str, Any]:
        """Return Rasa's own report: whether a model is loaded and which.

        Raises:
            EngineUnavailable: Rasa does not answer.
        """
        try:
            response = await self._client.get("/state")
            response.raise_for_status()
            return dict(response.json())
        except (httpx.HTTPError, ValueError) as error:
            raise EngineUnavailable(type(error).__name__) from error


def _findings(response: httpx.Response) -> list[Finding]:
    """Return what the safety screen had found when the turn failed; nothing when the answer is not Rasa's."""
    try:
        body = response.json()
        return findings_of(body) or findings_of(body.get("understanding", {}))
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        return []
