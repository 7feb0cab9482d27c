"""The way to Rasa: one question, one answer, within a time limit."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import httpx

logger = logging.getLogger(__name__)


class EngineUnavailable(Exception):
    """Rasa or the action server did not answer in time, or not properly. Says which, not what was asked."""


@dataclass(frozen=True)
class EngineAnswer:
    """Replies in the chat API's fields, and what the engine made of the message."""

    replies: list[dict[str, Any]]
    understanding: dict[str, Any]


class Engine:
    """Talks to the frontdesk channel of the Rasa server.

    Args:
        url: Where Rasa listens; loopback or a private network.
        token: The secret that the channel asks for.
        seconds: How long one turn may take in all.
    """

    def __init__(self, url: str, token: str, seconds: float) -> None:
        self._seconds = seconds
        self._client = httpx.AsyncClient(
            base_url=f"{url}/webhooks/frontdesk",
            headers={"Authorization": f"Bearer {token}"},
            timeout=seconds,
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(
        self, conversation: str, *, text: str | None = None, topic: str | None = None, follow_up: str | None = None
    ) -> EngineAnswer:
        """Ask what to reply to words, to a chosen topic, or to a follow-up wish.

        Raises:
            EngineUnavailable: No proper answer came in time.
        """
        said = {"text": text, "topic": topic, "follow_up": follow_up}
        body = {"conversation": conversation, **{key: value for key, value in said.items() if value is not None}}
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._client.post("/turns", json=body)
            response.raise_for_status()
            content = response.json()
            replies = content["replies"]
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError) as error:
            logger.warning("Rasa gave no answer: %s", type(error).__name__)
            raise EngineUnavailable(type(error).__name__) from error
        if not replies:  # Rasa answers 200 with nothing when the action server fails
            logger.warning("Rasa gave an empty answer")
            raise EngineUnavailable("empty answer")
        return EngineAnswer(replies, content["understanding"])

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
            response = await self._client.get("/state", timeout=2.0)
            response.raise_for_status()
            return dict(response.json())
        except (httpx.HTTPError, ValueError) as error:
            raise EngineUnavailable(type(error).__name__) from error
