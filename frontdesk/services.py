"""What the routes work with: made once when the frontdesk starts, closed when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI, Request

from content.catalogue import Catalogue
from content.clinic import Clinic, load_clinic
from frontdesk.engine import Engine
from frontdesk.live import Live
from frontdesk.settings import Settings
from frontdesk.turns import Turns
from records import Records
from records.migrate import upgrade


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
    turns = Turns(records, engine, live, catalogue, clinic, settings.engine_seconds)
    app.state.services = Services(settings, clinic, catalogue, records, engine, live, turns)
    yield
    await engine.close()
    records.close()
