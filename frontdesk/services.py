"""What the routes work with: made once when the frontdesk starts, closed when it stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI, Request

from content.catalogue import Catalogue
from content.clinic import Clinic, load_clinic
from content.guide import load_guide
from content.texts import Texts
from escalation.desk import EscalationDesk
from escalation.notices import Notices
from escalation.notifier import Notifier, Pace
from frontdesk.console import anchors
from frontdesk.console.canned import Canned, load_canned
from frontdesk.engine import Engine
from frontdesk.late_screen import LateScreen
from frontdesk.live import Live
from frontdesk.others import Others
from frontdesk.redacting import Redaction, make_copies
from frontdesk.settings import Settings
from frontdesk.turns import Turns
from records import Records
from safety import Screen

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Services:
    """The parts of a running frontdesk."""

    settings: Settings
    clinic: Clinic
    catalogue: Catalogue
    records: Records
    engine: Engine
    live: Live
    turns: Turns
    texts: Texts
    desk: EscalationDesk
    screen: Screen
    notices: Notices
    canned: list[Canned]


def services(request: Request) -> Services:
    """Return the running frontdesk's parts."""
    found: Services = request.app.state.services
    return found


@asynccontextmanager
async def running(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Make the parts, hang them on ``app``, and close them at the end. The records are in their newest form already."""
    clinic, catalogue = load_clinic(), Catalogue()
    redaction = Redaction()
    records = Records(settings.database_url, redact=redaction if settings.redaction == "on" else None)
    engine = Engine(settings.rasa_urls, settings.rasa_token)
    others = Others(settings.redis_url) if settings.redis_url else None
    live = Live(records, settings.recheck_seconds, others)
    texts, desk, screen, guide = Texts(clinic), EscalationDesk(records, clinic), Screen(), load_guide()
    turns = Turns(records, engine, live, catalogue, guide, texts, desk, screen, settings.engine_seconds)
    notices = Notices(records, clinic, desk)
    notifier = Notifier(records, clinic, notices, guide.texts.forgotten, settings.link_base, live.wake, _pace(settings))
    app.state.services = Services(
        settings, clinic, catalogue, records, engine, live, turns, texts, desk, screen, notices, load_canned()
    )
    late = LateScreen(records, turns, settings.recheck_seconds)
    works = [notifier.run(), turns.finish(), late.run(), live.run(), anchors.keep(records, settings.anchors_file)]
    if others:
        works.append(others.run(live.heard))
    if settings.redaction == "on":
        works.append(make_copies(redaction, records, settings.recheck_seconds))
    tasks = [asyncio.create_task(work) for work in works]
    yield
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):  # work that goes on for ever ended by itself
            logger.error("Work in the background had ended: %s", type(ended).__name__)
    await engine.close()
    records.dispose()


def _pace(settings: Settings) -> Pace:
    return Pace(
        every=settings.notify_every,
        send=settings.notify_seconds,
        retries=settings.notify_retries,
        retain=settings.retention == "on",
        acknowledge={"U0": settings.acknowledge_u0, "U1": settings.acknowledge_u1},
    )
