"""What the routes work with: made once when the frontdesk starts, closed when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import FastAPI, Request

from content.catalogue import Catalogue
from content.clinic import Clinic, load_clinic
from content.guide import load_guide
from content.texts import Texts
from escalation.desk import EscalationDesk
from escalation.notices import Notices
from escalation.notifier import Notifier, Pace
from frontdesk.engine import Engine
from frontdesk.live import Live
from frontdesk.settings import Settings
from frontdesk.turns import Turns
from records import Records
from records.migrate import upgrade
from safety import Screen


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


def services(request: Request) -> Services:
    """Return the running frontdesk's parts."""
    found: Services = request.app.state.services
    return found


@asynccontextmanager
async def running(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Make the parts, hang them on ``app``, and close them at the end."""
    upgrade(settings.database_url)
    clinic, catalogue = load_clinic(), Catalogue()
    records = Records(settings.database_url)
    engine = Engine(settings.rasa_url, settings.rasa_token)
    live = Live(records)
    texts, desk, screen, guide = Texts(clinic), EscalationDesk(records, clinic), Screen(), load_guide()
    turns = Turns(records, engine, live, catalogue, guide, texts, desk, screen, settings.engine_seconds)
    notices = Notices(records, clinic, desk)
    notifier = Notifier(records, clinic, notices, guide.texts.forgotten, settings.link_base, live.wake, _pace(settings))
    app.state.services = Services(
        settings, clinic, catalogue, records, engine, live, turns, texts, desk, screen, notices
    )
    notifying = asyncio.create_task(notifier.run())
    yield
    notifying.cancel()
    with suppress(asyncio.CancelledError):
        await notifying
    await engine.close()
    records.dispose()


def _pace(settings: Settings) -> Pace:
    return Pace(
        every=settings.notify_every,
        send=settings.notify_seconds,
        retries=settings.notify_retries,
        acknowledge={"U0": settings.acknowledge_u0, "U1": settings.acknowledge_u1},
    )
