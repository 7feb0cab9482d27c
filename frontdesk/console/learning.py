"""Learn: a manager lets the assistant learn what was taught, or go back; whoever teaches sees how far it is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from content.catalogue import CatalogueError
from frontdesk.console.learner import command_of, start
from frontdesk.console.pages import page
from frontdesk.console.refusals import LEARNS_ALREADY, LEARNS_NOT_HERE, NOT_WRITTEN
from frontdesk.console.request import House, Signed, audited, leads_to
from frontdesk.services import Services
from review.files import waiting
from review.progress import What, progress

router = APIRouter(prefix="/review/learn")


@router.get("")
async def look(request: Request, house: House, session: Signed) -> Response:
    """Show how far it is alone: what an open page fetches while it goes on. It shows nobody's words."""
    return page(request, "_learn.html", **await run_in_threadpool(learning_shown, house))


@router.post("")
async def begin(house: House, session: Signed, what: Annotated[What, Form()]) -> Response:
    """Let the assistant learn, or go back to what it had learnt before."""
    command, folder = command_of(house.settings), house.settings.taught_dir
    if command is None:
        await audited(house, session.person, f"{what}-refused")
        raise LEARNS_NOT_HERE
    await audited(house, session.person, what)
    try:
        started = await run_in_threadpool(start, command, folder, what)
    except OSError as error:
        raise NOT_WRITTEN from error
    if not started:
        await audited(house, session.person, f"{what}-refused")
        raise LEARNS_ALREADY
    return leads_to("/review/teach#learn")


def learning_shown(house: Services) -> dict[str, Any]:
    """Return what the page shows of learning. Blocks."""
    folder = house.settings.taught_dir
    try:
        count = waiting(folder)
    except CatalogueError:  # changed by hand; learning names the file
        count = None
    return {
        "progress": progress(folder),
        "learns_here": command_of(house.settings) is not None,
        "waiting": count,
        "taught_dir": str(folder),
    }
