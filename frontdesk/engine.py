"""The way to Rasa: one question, one answer, within a time limit, from whichever worker answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from prometheus_client import Counter
from pydantic import BaseModel, ConfigDict, ValidationError

from escalation.desk import findings_of
from frontdesk.messages import ReplyBody
from frontdesk.workers import Workers
from safety import Finding

logger = logging.getLogger(__name__)

CHANNEL = "/webhooks/frontdesk"
OTHER_SECONDS = 2.0  # for everything but turns, which bring their own limit
CONNECT_SECONDS = 0.5  # on a private network; a worker whose machine is gone must leave time for another
# Rasa itself says within this time that a turn takes too long; a worker that does not say even that hangs.
HANGS_SECONDS = 1.0
ERRORS = Counter("engine_errors", "Questions without a proper answer from Rasa, by what was the matter.", ["why"])


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
        urls: Where its workers listen; loopback or a private network.
        token: The secret that the channel asks for; without one, none is shown.

    Raises:
        ValueError: No worker is named.
    """

    def __init__(self, urls: Sequence[str], token: str) -> None:
        self._workers = Workers(urls)
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(OTHER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(self, question: Question, seconds: float) -> EngineAnswer:
        """Ask what to reply, within ``seconds``.

        When the conversation's worker is gone, the next one is asked: a turn may be asked twice, since Rasa stores
        nothing and opening a case twice opens one.

        Raises:
            EngineUnavailable: No proper answer came in time.
        """
        try:
            return await self._ask(question, time.monotonic() + seconds)
        except EngineUnavailable as error:
            logger.warning("Rasa gave no answer: %s", error)
            ERRORS.labels(str(error)).inc()
            raise

    async def _ask(self, question: Question, deadline: float) -> EngineAnswer:
        why = "no time left"
        for worker in self._workers.ranked(question.conversation):
            seconds = deadline - time.monotonic()
            if seconds <= 0:
                break
            try:
                response = await self._post(worker, question, seconds)
            except (httpx.HTTPError, TimeoutError) as error:
                why = type(error).__name__
                if not isinstance(error, (TimeoutError, httpx.ReadTimeout)) or seconds >= HANGS_SECONDS:
                    self._workers.rest(worker)
                continue
            self._workers.answered(worker)
            return _answer(response, question)
        raise EngineUnavailable(why)

    async def _post(self, worker: str, question: Question, seconds: float) -> httpx.Response:
        body = {key: value for key, value in asdict(question).items() if value is not None}
        limit = httpx.Timeout(max(seconds, 0.1), connect=CONNECT_SECONDS)
        async with asyncio.timeout(seconds):
            return await self._client.post(f"{worker}{CHANNEL}/turns", json={**body, "seconds": seconds}, timeout=limit)

    async def forget(self, conversation: str) -> None:
        """Make Rasa forget a conversation; a worker that is down has forgotten already, since it keeps no file."""
        for worker in self._workers.all():  # it may have been with several
            try:
                response = await self._client.delete(f"{worker}{CHANNEL}/conversations/{conversation}")
                response.raise_for_status()
            except httpx.HTTPError as error:
                logger.warning("Rasa could not be told to forget: %s", type(error).__name__)

    async def state(self) -> dict[str, Any]:
        """Return Rasa's own report: whether a model is loaded and which; that of a worker with one if there is any.

        Raises:
            EngineUnavailable: No worker answers.
        """
        reports = await asyncio.gather(*map(self._state, self._workers.all()), return_exceptions=True)
        found = [report for report in reports if isinstance(report, dict)]
        if not found:
            raise EngineUnavailable(type(reports[0]).__name__)
        return max(found, key=lambda report: bool(report.get("model")))

    async def _state(self, worker: str) -> dict[str, Any]:
        response = await self._client.get(f"{worker}{CHANNEL}/state")
        response.raise_for_status()
        return dict(response.json())


def _answer(response: httpx.Response, question: Question) -> EngineAnswer:
    """Read what Rasa answers.

    Raises:
        EngineUnavailable: It is not a proper answer.
    """
    if response.is_error:
        raise EngineUnavailable(f"status {response.status_code}", _findings(response))
    try:
        answer = _Answer.model_validate_json(response.content)
    except ValidationError as error:  # the cause may quote the visitor
        raise EngineUnavailable(type(error).__name__, _findings(response)) from None
    if not answer.replies and not question.screen_only:  # Rasa answers 200 with nothing when the action server fails
        raise EngineUnavailable("empty answer")
    replies = [reply.model_dump(mode="json", exclude_unset=True) for reply in answer.replies]
    return EngineAnswer(replies, answer.understanding)


def _findings(response: httpx.Response) -> list[Finding]:
    """Return what the safety screen had found when the turn failed; nothing when the answer is not Rasa's."""
    try:
        body = response.json()
        return findings_of(body) or findings_of(body.get("understanding", {}))
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        return []
