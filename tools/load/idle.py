"""Visitors who have the chat open and wait: memory, how soon they hear something, and all coming back at once."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

from tools.load.frontdesk import Measured
from tools.load.visitor import SECONDS, Failed, Visitor

Found = dict[str, float]

AT_ONCE = 32  # conversations that are begun at the same time
TRIES = 5
SETTLE_SECONDS = 3.0
TALKING = 20  # of those who listen, whose messages are timed
HEARD_SECONDS = 30.0  # how long a message may take to whoever listens
PAUSE_SECONDS = 0.1  # between two of these messages
STORM_SECONDS = 120.0  # longer than the widget waits before it tries again: it is to be seen when all are served


async def measured(frontdesk: Measured, visitors: int, idle_seconds: float, messages: int) -> Found:
    """Let so many visitors listen, and return what was measured by its name."""
    found: Found = {"memory with nobody": frontdesk.memory}
    guests = [Visitor(frontdesk.port) for _ in range(visitors)]
    used, began = frontdesk.seconds, time.perf_counter()
    await _in_turn([guest.begin for guest in guests])
    found["conversations begun a second"] = visitors / (time.perf_counter() - began)
    found["core milliseconds a new conversation"] = 1000 * (frontdesk.seconds - used) / visitors
    await _in_turn([guest.listen for guest in guests])
    await asyncio.sleep(SETTLE_SECONDS)
    used = frontdesk.seconds
    await asyncio.sleep(idle_seconds)
    found["memory with all listening"] = frontdesk.memory
    found["share of a core while they wait"] = (frontdesk.seconds - used) / idle_seconds
    late = await _heard_after(guests[:TALKING], messages)
    found["push p50"], found["push p99"] = percentile(late, 50), percentile(late, 99)
    found |= await _storm(guests, frontdesk)
    found["memory after the storm"] = frontdesk.memory
    for guest in guests:
        await guest.leave()
    return found


def percentile(values: list[float], share: int) -> float:
    """Return the value that ``share`` of a hundred do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


async def _in_turn(work: list[Callable[[], Awaitable[None]]]) -> None:
    """Do what comes before measuring; again what a busy machine did not do in time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(it: Callable[[], Awaitable[None]]) -> None:
        async with places:
            for left in reversed(range(TRIES)):
                try:
                    return await it()
                except (TimeoutError, Failed):
                    if not left:
                        raise

    await asyncio.gather(*map(one, work))


async def _heard_after(guests: list[Visitor], messages: int) -> list[float]:
    """How many milliseconds after the answer went to who asked it has come to who listens, message by message.

    It is stored then, and the listeners are woken: what is left is reading it, and the way.
    """
    late = []
    for number in range(messages):
        guest = guests[number % len(guests)]
        try:
            replies, answered = await guest.say("How does ketamine work?")
        except TimeoutError:  # a machine that is busy with other things
            continue
        with contextlib.suppress(TimeoutError):  # its line has dropped
            async with asyncio.timeout(HEARD_SECONDS):
                while replies[-1] not in guest.heard:
                    await asyncio.sleep(0.0005)
        if replies[-1] not in guest.heard:
            continue
        late.append(max(0.0, 1000 * (guest.heard[replies[-1]] - answered)))
        await asyncio.sleep(PAUSE_SECONDS)
    return late


async def _storm(guests: list[Visitor], frontdesk: Measured) -> Found:
    """All lines drop, and all come back at the same moment."""
    for guest in guests:
        await guest.leave()
    await asyncio.sleep(SETTLE_SECONDS)
    used, began = frontdesk.seconds, time.perf_counter()
    came = [came async for came in _times([guest.listen(STORM_SECONDS) for guest in guests], began)]
    return {
        "storm over after": max(came),
        "share that waited longer than the widget does": sum(at > SECONDS for at in came) / len(guests),
        "errors in a storm": len(guests) - len(came),
        "core milliseconds a reconnect": 1000 * (frontdesk.seconds - used) / len(guests),
    }


async def _times(work: list[Coroutine[Any, Any, None]], began: float) -> AsyncIterator[float]:
    """Do all of it at once; yield after how many seconds each was done, of what did not fail."""
    for done in asyncio.as_completed(work):
        try:
            await done
        except (Failed, OSError):  # refused, or not served at all
            continue
        yield time.perf_counter() - began
