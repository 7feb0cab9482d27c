"""Loads the model that redacts while the frontdesk runs already, and makes the copies that are missing by then."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import threading
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from records import Records
from redaction import redact

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
# The assistant's actions store what visitors send from the guide without a copy; a guide is forgotten within a day.
RECENT = dt.timedelta(days=2)


class Redaction:
    """Redacts as soon as its model is loaded, which takes seconds and a few hundred MB; nobody waits for that."""

    def __init__(self) -> None:
        self.is_ready = False

    def start(self) -> None:
        """Load the model in a thread of its own, which does not keep the process from stopping."""
        threading.Thread(target=self._load, daemon=True, name="redaction").start()

    def __call__(self, text: str) -> str | None:
        """Return the redacted ``text``; None while the model is being loaded."""
        return redact(text) if self.is_ready else None

    def _load(self) -> None:
        try:
            redact("")
        except Exception:
            logger.exception("The model that redacts cannot be loaded: staff can neither search nor read new messages.")
            return
        self.is_ready = True


async def make_copies(redaction: Redaction, records: Records, every: float) -> None:
    """Make missing copies until cancelled: of all messages at first, then of the recent ones.

    Args:
        redaction: What makes them.
        records: The clinic's database.
        every: Seconds between two looks.
    """
    redaction.start()
    while not redaction.is_ready:
        await asyncio.sleep(LOOK_SECONDS)
    since = None
    while True:
        try:
            work = records.make_readable(since)
            while await run_in_threadpool(_one_step, work):
                await asyncio.sleep(LOOK_SECONDS)  # visitors go first
            since = dt.datetime.now(dt.UTC) - RECENT
        except SQLAlchemyError as error:  # its text may quote a row
            logger.error("Redacted copies could not be made: %s. It is tried again.", type(error).__name__)
        await asyncio.sleep(every)


def _one_step(work: Iterator[int]) -> bool:
    return next(work, None) is not None
