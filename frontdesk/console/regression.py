"""A conversation becomes a regression test: its turns are played again whenever the assistant is tested."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.conversation import known
from frontdesk.console.pages import page
from frontdesk.console.refusals import NOT_WRITTEN
from frontdesk.console.request import House, Signed, audited, leads_to
from frontdesk.services import Services
from review.files import REGRESSIONS, add_blocks
from review.regressions import NoCase, case_of

router = APIRouter(prefix="/conversations/{conversation}/regression")


@router.get("")
async def look(request: Request, house: House, session: Signed, conversation: str) -> Response:
    """Show what would be written."""
    return await _page(request, house, session, conversation)


@router.post("")
async def write(request: Request, house: House, session: Signed, conversation: str) -> Response:
    """Write the test. A second time changes nothing."""
    await known(house, session.person, conversation)
    try:
        block = await run_in_threadpool(_case, house, conversation)
    except NoCase:
        return await _page(request, house, session, conversation)
    await audited(house, session.person, "regression", conversation)
    try:
        await run_in_threadpool(add_blocks, house.settings.taught_dir / REGRESSIONS, [block])
    except OSError as error:
        raise NOT_WRITTEN from error
    return leads_to(f"/conversations/{conversation}")


async def _page(request: Request, house: Services, session: Signed, conversation: str) -> Response:
    await known(house, session.person, conversation)
    await audited(house, session.person, "read", conversation)
    shown = {"conversation": conversation, "block": "", "problem": None}
    try:
        shown["block"] = await run_in_threadpool(_case, house, conversation)
    except NoCase as error:
        shown["problem"] = str(error)
    return page(request, "regression.html", 200 if shown["block"] else 409, **shown)


def _case(house: Services, conversation: str) -> str:
    marked = [one for one in house.records.reviewed() if one.conversation == conversation]
    return case_of(conversation, house.records.messages_after(conversation, 0), marked, house.clinic.region)
