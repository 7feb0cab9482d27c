"""A real frontdesk in this process: its app, its database, and a stand-in for Rasa. It can be killed at any place."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from content.catalogue import Catalogue
from content.guide import load_guide
from frontdesk.app import create_app
from frontdesk.engine import Engine
from frontdesk.settings import Settings
from records import Records
from safety import Screen
from tests.faults.engine import replies
from tests.races.stage import Stage, run_sync

ADDRESS = "http://127.0.0.1:8080"
AT_ENGINE = "engine"  # the place where an answer is under way
_RUNS_IN: contextvars.ContextVar[Frontdesk] = contextvars.ContextVar("runs_in")


def _stage() -> Stage:
    stage = asyncio.get_running_loop()
    assert isinstance(stage, Stage)
    return stage


class Paused(Records):
    """The clinic's database. Before each of its verbs, which are one transaction each, is a place to wait at."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or name in ("url", "dispose"):
            return found

        def verb(*args: Any, **more: Any) -> Any:
            _stage().hold_here(name)
            return found(*args, **more)

        return verb


class StandIn(Engine):
    """The way to Rasa, with something simple at its end, which answers when it is let."""

    def __init__(self, urls: Sequence[str], token: str) -> None:
        super().__init__(urls, token)
        self._client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer), trust_env=False)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            return httpx.Response(200, json={})
        question = json.loads(request.content)
        await _stage().hold(AT_ENGINE)
        asked = question.get("text") or question.get("topic")
        said = [{"kind": "answer", "text": text} for text in replies(asked)]
        understanding = {"intent": "stand-in", "confidence": 1.0, "in_guide": False, "findings": []}
        return httpx.Response(
            200, json={"replies": [] if question["screen_only"] else said, "understanding": understanding}
        )


class Frontdesk:
    """A frontdesk from its start until it is killed.

    Args:
        stage: Where it runs.
        database: Its file.
    """

    def __init__(self, stage: Stage, database: Path) -> None:
        self._stage = stage
        self._context = contextvars.copy_context()
        self._context.run(_RUNS_IN.set, self)
        settings = Settings(database_url=f"sqlite:///{database}", rate_limits="off")
        self._app = create_app(settings)
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url=ADDRESS, trust_env=False)
        self._over = stage.start(self._serve(), self._context)

    async def _serve(self) -> None:
        async with self._app.router.lifespan_context(self._app):
            await asyncio.get_running_loop().create_future()

    def ask(self, method: str, path: str, **more: Any) -> asyncio.Task[httpx.Response]:
        """Send a request; the task is cancelled when the frontdesk is killed."""
        return self._stage.create_task(self._http.request(method, path, **more), context=self._context)

    def kill(self) -> None:
        """End it where it stands: nothing that it was about to do happens."""
        for task in asyncio.all_tasks(self._stage):
            if task.get_context().get(_RUNS_IN) is self:
                task.cancel()
        self._stage.run()
        self._app.state.services.records.dispose()
        with contextlib.suppress(asyncio.CancelledError):
            self._over.result()


@contextmanager
def staged(records: type[Records] = Paused) -> Iterator[Stage]:
    """Let frontdesks run on a stage, with these records."""
    stage = Stage()
    clock = SimpleNamespace(monotonic=stage.time)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("anyio.to_thread.run_sync", run_sync)
        patch.setattr("frontdesk.services.Records", records)
        patch.setattr("frontdesk.services.Engine", StandIn)
        for work in ("Notifier.run", "LateScreen.run", "anchors.keep"):
            patch.setattr(f"frontdesk.services.{work}", _rest)
        for name, make in _ALWAYS_THE_SAME.items():
            patch.setattr(f"frontdesk.services.{name}", make)
        for user in ("frontdesk.turns.time", "frontdesk.answering.time", "frontdesk.engine.time"):
            patch.setattr(user, clock)
        try:
            yield stage
        finally:
            stage.close()


async def _rest(*_: object) -> None:
    """Work in the background that says nothing here: nobody is paged, nothing is found late."""
    await asyncio.get_running_loop().create_future()


# Read from files that do not change: every frontdesk has the same.
_ALWAYS_THE_SAME = {"Catalogue": cache(Catalogue), "Screen": cache(Screen), "load_guide": cache(load_guide)}
