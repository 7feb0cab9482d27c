"""Screens, once Rasa is back, what came while it was down and only the rules had looked at."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

from starlette.concurrency import run_in_threadpool

from frontdesk.engine import EngineUnavailable
from frontdesk.turns import Turns
from records import Records, RecordsError

logger = logging.getLogger(__name__)

SINCE = dt.timedelta(days=1)  # later, a clinician has read it: its case is due the same day
FAILURES = 3  # in a row: then Rasa is taken to be down


class LateScreen:
    """Looks again and again for messages that nothing but the rules has screened.

    Args:
        records: The clinic's database.
        turns: Who screens them and tells the visitor what is found.
        every: Seconds between two looks.
    """

    def __init__(self, records: Records, turns: Turns, every: float) -> None:
        self._records, self._turns, self._every = records, turns, every
        self._done: set[tuple[str, int]] = set()  # of this process; what was found is not looked for twice anyway

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self._look()
            except Exception as error:  # the database is away, for one: it will be back. Its text may quote a row
                logger.error("What Rasa missed could not be looked for: %s. It is tried again.", type(error).__name__)
            await asyncio.sleep(self._every)

    async def _look(self) -> None:
        left = await run_in_threadpool(self._records.unscreened, dt.datetime.now(dt.UTC) - SINCE)
        keys = {(conversation.id, message.seq) for conversation, message in left}
        self._done &= keys
        failed = 0
        for conversation, message in left:
            if (key := (conversation.id, message.seq)) in self._done:
                continue
            try:
                await self._turns.screen_late(conversation, message)
            except EngineUnavailable:  # said by the engine already: for this message alone, or still for all
                failed += 1
                if failed == FAILURES:
                    return
                continue
            except RecordsError as error:  # erased meanwhile, or it cannot be opened
                logger.warning("Nothing more is looked for in %s: %s", conversation.id, type(error).__name__)
            self._done.add(key)
            failed = 0
