"""Whether this process lives, and whether a visitor would get an ordinary answer."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import logging
import math
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from frontdesk.engine import EngineUnavailable
from frontdesk.problems import Problem
from frontdesk.services import Services, services

router = APIRouter(tags=["health"])
logger = logging.getLogger(__name__)

ACTIONS_SECONDS = 2.0
WAITING = Gauge("chat_waiting", "Conversations that wait for a person, in the whole clinic.")
PAGES_DUE = Gauge("outbox_pages_due", "Pages to people that should have gone out by now, in the whole clinic.")


class Alive(BaseModel):
    """This process answers."""

    status: str = "ok"


class Ready(BaseModel):
    """Each part with its own state: ``ok``, or what is the matter."""

    database: str
    rasa: str
    actions: str
    model: str


@router.get("/health/live")
async def live() -> Alive:
    """Whether this process answers."""
    return Alive()


@router.get("/health/ready", responses={503: {"model": Ready, "description": "No ordinary answer right now."}})
async def ready(house: Annotated[Services, Depends(services)], response: Response) -> Ready:
    """Whether a visitor would get an ordinary answer, and if not, which part is the matter."""
    database, rasa, actions = await asyncio.gather(_database(house), _rasa(house), _actions(house))
    state = Ready(database=database, actions=actions, **rasa)
    if any(value != "ok" for value in state.model_dump().values()):
        response.status_code = 503
    return state


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, house: Annotated[Services, Depends(services)]) -> Response:
    """Figures for Prometheus, with nothing of any visitor; for private networks only, and not through a proxy."""
    address = request.client.host if request.client and "x-forwarded-for" not in request.headers else ""
    try:
        allowed = ipaddress.ip_address(address).is_private
    except ValueError:
        allowed = False
    if not allowed:
        raise Problem(404, "no-such-page", "There is nothing at this address.")
    waiting, due = await run_in_threadpool(_counted, house)
    WAITING.set(waiting)
    PAGES_DUE.set(due)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _counted(house: Services) -> tuple[float, float]:
    """How many conversations wait, how many pages are due; no number while the database is away."""
    try:
        return house.records.waiting(), house.records.pages_waiting(dt.datetime.now(dt.UTC))
    except SQLAlchemyError as error:
        logger.warning("The database cannot be counted: %s", type(error).__name__)
        return math.nan, math.nan


async def _database(house: Services) -> str:
    try:
        await run_in_threadpool(house.records.is_ready)
        await run_in_threadpool(house.records.check_writing)
    except SQLAlchemyError as error:
        return f"down: {type(error).__name__}"
    return "ok"


async def _rasa(house: Services) -> dict[str, Any]:
    try:
        state = await house.engine.state()
    except EngineUnavailable as error:
        return {"rasa": f"down: {error}", "model": "unknown"}
    return {"rasa": "ok", "model": "ok" if state.get("model") else "none is loaded; run 'make train'"}


async def _actions(house: Services) -> str:
    try:
        async with httpx.AsyncClient(timeout=ACTIONS_SECONDS, trust_env=False) as client:
            (await client.get(f"{house.settings.actions_url}/health")).raise_for_status()
    except httpx.HTTPError as error:
        return f"down: {type(error).__name__}"
    return "ok"
