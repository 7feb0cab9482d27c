"""The other frontdesk processes: told through Redis which conversation has changed, so that they look at its log.

Redis carries no word of a conversation and keeps nothing. When it is away, the log is read again every
``recheck_seconds`` all the same: what was said comes later, and nothing is lost.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

CHANNEL = "frontdesk:woken"
WAITING = 1000  # signals that wait for Redis; what does not fit is found when the log is read again
REDIS_SECONDS = 2.0
AGAIN_SECONDS = 1.0


class Others:
    """Tells the other processes what has changed here, and hears what has changed there.

    Args:
        url: Redis, such as ``redis://:password@redis:6379/0``.
    """

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            health_check_interval=REDIS_SECONDS,
            protocol=2,
        )
        self._me = secrets.token_hex(8)
        self._to_tell: asyncio.Queue[str] = asyncio.Queue(WAITING)

    def tell(self, conversation: str, typing: str | None = None) -> None:
        """Tell the others that ``conversation`` has changed, or that ``typing`` is writing in it. Never waits."""
        try:
            self._to_tell.put_nowait(json.dumps([self._me, conversation, typing]))
        except asyncio.QueueFull:
            logger.warning("Redis does not keep up: other processes see some messages later.")

    async def run(self, heard: Callable[[str | None, str | None], None]) -> None:
        """Work until cancelled. Calls ``heard`` with what others tell, or with two Nones: some may have been missed."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._again_and_again(self._tell_all))
                group.create_task(self._again_and_again(lambda: self._hear_all(heard)))
        finally:
            await self._redis.aclose()

    async def _again_and_again(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        told = False
        while True:
            try:
                await work()
            except (RedisError, OSError, TimeoutError) as error:
                if not told:  # once an outage is enough
                    logger.warning("Redis is away (%s): other processes see messages later.", type(error).__name__)
                told = True
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                told = False

    async def _tell_all(self) -> None:
        """Tell until Redis fails, then start again: a signal that failed is not worth another try."""
        await self._redis.publish(CHANNEL, await self._to_tell.get())

    async def _hear_all(self, heard: Callable[[str | None, str | None], None]) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(CHANNEL)
            heard(None, None)
            while True:
                message = await pubsub.get_message(timeout=REDIS_SECONDS)
                if message is None:
                    continue
                sender, conversation, typing = json.loads(message["data"])
                if sender != self._me:
                    heard(conversation, typing)
