"""Sends what the outbox holds, again when it fails, and to the next person when nobody acknowledges in time.

Runs as one background task beside the chat. The outbox is the truth: whatever happens here, what was not
marked as sent is sent later.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from content.clinic import PAST_STAFF, Clinic
from escalation.notices import Notices
from escalation.paging import NotDelivered, deliver, page_text, unreachable
from escalation.response_times import AT_ANY_HOUR, due
from records import Page, Records, RecordsError

logger = logging.getLogger(__name__)

SENDERS = 4  # how many pages are on their way at once
GRACE_SECONDS = 2.0  # what a service may take beyond its time limit before it is left alone
CLAIM_MARGIN = 10.0
FORGET_GUIDE_AFTER = dt.timedelta(hours=24)
LAST_PAUSES = 144  # how often the last pause is repeated: a day, in which most services are mended
NOBODY_PAST_STAFF = (
    "Nobody is told of a report about staff: name people under 'compliance' or 'medical_director' in clinic.yml. "
    "Until then such cases are only in the list that 'python -m frontdesk cases' prints."
)


@dataclass(frozen=True)
class Pace:
    """How fast the notifier works, in seconds. Tests are in a hurry."""

    every: float = 1.0
    send: float = 12.0
    tidy: float = 60.0
    retain: bool = False  # delete old conversations once a day
    retries: tuple[float, ...] = (1.0, 5.0, 30.0, 120.0, 600.0)
    acknowledge: Mapping[str, float] = field(
        default_factory=lambda: {urgency: time.total_seconds() for urgency, time in AT_ANY_HOUR.items()}
    )


class Notifier:
    """Takes pages from the outbox to people.

    Args:
        records: Where the outbox is.
        clinic: Whose teams are told.
        notices: Tells the visitor when nobody was reached.
        forgotten: What stands in place of what was said in a guide that was left a day ago.
        public_url: Where staff reach this service; the links in pages start with it.
        wake: Called with a conversation whose log has grown.
        pace: How fast.
    """

    def __init__(
        self,
        records: Records,
        clinic: Clinic,
        notices: Notices,
        forgotten: str,
        public_url: str,
        wake: Callable[[str], None],
        pace: Pace | None = None,
    ) -> None:
        self._records, self._clinic, self._notices, self._forgotten = records, clinic, notices, forgotten
        self._url, self._wake, self._pace = public_url.rstrip("/"), wake, pace or Pace()
        # Threads of their own: a service that hangs must not keep anything but pages waiting.
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="page")
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until cancelled. Whatever fails is logged and tried again."""
        warned, tidy_at = False, time.monotonic()
        try:
            while True:
                try:
                    if not warned:
                        warned = True
                        await self._warn()
                    await self.turn()
                    if time.monotonic() >= tidy_at:
                        tidy_at = time.monotonic() + self._pace.tidy
                        await self.tidy()
                except Exception as error:  # the database is away, for one: it will be back
                    logger.error("Pages wait: %s", type(error).__name__)
                await asyncio.sleep(self._pace.every)
        finally:
            await self._stop()

    async def _warn(self) -> None:
        """Say once who cannot be notified, and what to do about it."""
        for place, clinic in (("", self._clinic), *self._clinic.places.items()):
            for team, faults in (await asyncio.to_thread(unreachable, clinic)).items():
                where = f" of location {place}" if place else ""
                logger.warning("Team %s%s cannot be notified in full: %s", team, where, "; ".join(faults))
        if not any(self._clinic.team(team) for team in PAST_STAFF):
            logger.warning(NOBODY_PAST_STAFF)

    async def _stop(self) -> None:
        if self._sending:  # what is on its way may arrive and be marked
            await asyncio.wait(self._sending, timeout=GRACE_SECONDS)
        for sending in self._sending:
            sending.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        self._senders.shutdown(wait=False, cancel_futures=True)

    async def turn(self) -> None:
        """Begin to send what is due, and pass on what nobody acknowledged in time."""
        if free := SENDERS - len(self._sending):
            claim = 2 * self._pace.send + CLAIM_MARGIN  # longer than sending can take
            longest = max(self._pace.retries)
            for page in await asyncio.to_thread(self._records.due_pages, _now(), free, claim, longest):
                sending = asyncio.create_task(self._send(page))
                self._sending.add(sending)
                sending.add_done_callback(self._sending.discard)
        for page in await asyncio.to_thread(self._records.overdue_pages, _now()):
            logger.warning("Page %s was not acknowledged in time", page.id)
            await self._move_on(page)

    async def tidy(self) -> None:
        """Forget what nobody wants kept: guides that were left, seen pages about erased chats, and what is old."""
        for step in (self._forget_guides, self._forget_erased, self._retain):
            try:
                await step()
            except Exception as error:  # nothing to keep pages, or the other steps, waiting for
                logger.error("What is to be forgotten waits: %s", type(error).__name__)

    async def _forget_guides(self) -> None:
        old = _now() - FORGET_GUIDE_AFTER
        for conversation in await asyncio.to_thread(self._records.forget_guides_before, old, self._forgotten):
            self._wake(conversation)

    async def _forget_erased(self) -> None:
        seen = _now() - dt.timedelta(seconds=self._pace.tidy)
        await asyncio.to_thread(self._records.forget_erased, seen)

    async def _retain(self) -> None:
        if self._pace.retain:
            await asyncio.to_thread(self._records.retain_daily, self._clinic.retention.times, "frontdesk")

    async def _send(self, page: Page) -> None:
        try:
            await self._try(page)
        except Exception as error:  # the claim runs out, and the page is due again
            logger.error("Page %s waits: %s", page.id, type(error).__name__)

    async def _try(self, page: Page) -> None:
        clinic = await self._clinic_of(page)
        people = clinic.team(page.team)
        address = people[page.step].address() if page.step < len(people) else None
        if address is None:
            logger.warning("Page %s: person %s of team %s cannot be notified", page.id, page.step + 1, page.team)
            return await self._give_up(page, "NobodyToNotify")
        now = _now()
        acknowledge_by = self._acknowledge_by(page, clinic, now)
        text = page_text(page, clinic, f"{self._url}/pages/{page.token}", acknowledge_by, now)
        try:
            sending = asyncio.get_running_loop().run_in_executor(self._senders, deliver, address, text, self._pace.send)
            failed = await asyncio.wait_for(sending, self._pace.send + GRACE_SECONDS)
        except (NotDelivered, TimeoutError) as error:
            return await self._failed(page, str(error) or type(error).__name__)
        except Exception as error:  # whatever a service's code may raise; its text may hold an address
            return await self._failed(page, type(error).__name__)
        if failed:
            logger.warning("Page %s was sent, but %s of the ways to this person failed", page.id, failed)
        # Whoever is killed between sending and this line sends the page again after the restart: a person may be told
        # twice, never not at all.
        await asyncio.to_thread(self._records.page_sent, page, now, acknowledge_by)

    async def _failed(self, page: Page, why: str) -> None:
        """Try again after a pause; and when the pauses grow too long, tell the next person as well."""
        logger.warning("Page %s was not sent: %s", page.id, why)
        pauses, number = self._pace.retries, page.attempts
        if number > len(pauses) + LAST_PAUSES:
            return await self._give_up(page, why)
        pause = pauses[min(number, len(pauses)) - 1]
        await asyncio.to_thread(self._records.page_failed, page, _now() + dt.timedelta(seconds=pause), why)
        too_long = self._pace.acknowledge.get(page.urgency, float("inf"))
        if number >= len(pauses) or sum(pauses[:number]) > too_long:
            await self._move_on(page)

    async def _give_up(self, page: Page, why: str) -> None:
        # In this order: a page that failed for good is looked at by nobody, so the next one must be there already.
        await self._move_on(page)
        await asyncio.to_thread(self._records.page_failed, page, None, why)

    async def _move_on(self, page: Page) -> None:
        """Turn to the next person; when there is none, tell the visitor first, who must not wait in vain."""
        length = len((await self._clinic_of(page)).team(page.team))
        try:
            if page.step + 1 >= length and await asyncio.to_thread(self._notices.not_seen, page):
                self._wake(page.conversation)
        except RecordsError as error:  # the conversation cannot be opened: its page goes on all the same
            logger.error("The visitor of page %s was not told: %s", page.id, type(error).__name__)
        await asyncio.to_thread(self._records.next_in_chain, page, _now(), length)

    async def _clinic_of(self, page: Page) -> Clinic:
        """The clinic at the location that a page's conversation is about: whose people are told."""
        return self._clinic.at(await asyncio.to_thread(self._records.location, page.conversation))

    def _acknowledge_by(self, page: Page, clinic: Clinic, now: dt.datetime) -> dt.datetime | None:
        if page.urgency in self._pace.acknowledge:
            return now + dt.timedelta(seconds=self._pace.acknowledge[page.urgency])
        return due(page.urgency, now, clinic)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
