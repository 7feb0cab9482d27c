"""Visitors who have the chat open and wait: memory, how soon they hear something, and all coming back at once."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

from tools.load.frontdesk import Measured
from tools.load.visitor import Failed, Visitor

AT_ONCE = 32  # conversations that are begun at the same time
TRIES = 5
SETTLE_SECONDS = 3.0
TALKING = 20  # of those who listen, whose messages are timed
PAUSE_SECONDS = 0.1  # between two of these messages
STORMS = 3


async def measured(frontdesk: Measured, visitors: int, idle_seconds: float, messages: int) -> dict[str, float]:
    """Let so many visitors listen, and return what was measured by its name."""
    found: dict[str, float] = {"memory with nobody": frontdesk.memory}
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
    storms = [await _storm(guests, frontdesk) for _ in range(STORMS)]
    found["storm over after"] = statistics.median(took for took, _, _ in storms)
    found["core milliseconds a reconnect"] = statistics.median(1000 * core / visitors for _, _, core in storms)
    found["errors in all storms"] = sum(errors for _, errors, _ in storms)
    found["memory after the storms"] = frontdesk.memory
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
        while replies[-1] not in guest.heard:
            await asyncio.sleep(0.0005)
        late.append(max(0.0, 1000 * (guest.heard[replies[-1]] - answered)))
        await asyncio.sleep(PAUSE_SECONDS)
    return late


async def _storm(guests: list[Visitor], frontdesk: Measured) -> tuple[float, int, float]:
    """All lines drop, and all come back at the same moment. Return seconds until the last is served, errors, core."""
    for guest in guests:
        await guest.leave()
    await asyncio.sleep(SETTLE_SECONDS)
    used, began = frontdesk.seconds, time.perf_counter()
    came = await asyncio.gather(*(guest.listen() for guest in guests), return_exceptions=True)
    took = time.perf_counter() - began
    if other := [one for one in came if one is not None and not isinstance(one, (Failed, OSError))]:  # a fault in here
        raise other[0]
    return took, sum(one is not None for one in came), frontdesk.seconds - used
