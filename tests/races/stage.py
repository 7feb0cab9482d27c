"""An event loop in which nothing goes on by itself: whoever directs it says what goes on next, and time is made up.

What is to be interleaved waits at named places (:meth:`Stage.hold`) until it is let go. What blocks elsewhere runs here
too, as a greenlet: a database verb waits at a place of its own like any coroutine, and no thread chooses the order.
"""

from __future__ import annotations

import asyncio
import contextvars
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.util import await_only, greenlet_spawn

T = TypeVar("T")


@dataclass(frozen=True)
class Held:
    """Something that waits at a place until it is let go on."""

    place: str
    future: asyncio.Future[None]


class Stage(asyncio.SelectorEventLoop):
    """The loop. :meth:`run` returns when nothing can go on without being let."""

    def __init__(self) -> None:
        super().__init__(_Selector(self))
        self._clock = 0.0
        self._wait: float | None = None
        self._held: list[Held] = []

    def time(self) -> float:
        """The made-up time, in seconds."""
        return self._clock

    def run(self) -> None:
        """Run until everything waits: at a place, for the time, or for somebody who does."""
        self.run_forever()

    def idle(self, timeout: float | None) -> None:
        """Nothing is ready; the first timer rings in ``timeout`` seconds, if there is one."""
        self._wait = timeout
        self.stop()

    @property
    def held(self) -> list[Held]:
        """What waits at places, in the order in which it came."""
        self._held = [one for one in self._held if not one.future.done()]
        return self._held

    def let(self, one: Held) -> None:
        """Let it go on, and run."""
        one.future.set_result(None)
        self.run()

    def pass_time(self) -> None:
        """Let the time pass until the next timer rings, and run."""
        self._clock += self._wait or 0.0
        self.run()

    def settle(self) -> None:
        """Let everything go on to its end."""
        while self.held:
            self.let(self.held[0])

    async def hold(self, place: str) -> None:
        """Wait at ``place`` until let go on."""
        one = Held(place, self.create_future())
        self._held.append(one)
        await one.future

    def hold_here(self, place: str) -> None:
        """The same for what blocks."""
        await_only(self.hold(place))

    def start(self, work: Coroutine[Any, Any, T], context: contextvars.Context | None = None) -> asyncio.Task[T]:
        """Start something, up to where it waits first."""
        task = self.create_task(work, context=context)
        self.run()
        return task


async def run_sync(func: Callable[..., T], *args: Any, **_: Any) -> T:
    """Run what blocks here: in place of ``anyio.to_thread.run_sync``."""
    return await greenlet_spawn(func, *args)


class _Selector(selectors.SelectSelector):
    """Instead of sleeping it says that nothing is ready."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout != 0:
            self._stage.idle(timeout)
        return ready
