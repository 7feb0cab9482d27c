"""A conversation becomes a regression test: its turns are played again whenever the assistant is tested."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.conversation import known
from frontdesk.console.pages import page
from frontdesk.console.refusals import NOT_WRITTEN
from frontdesk.console.request import House, Signed, audited, leads_to
from frontdesk.services import Services
from records import Message, Reviewed
from review.examples import origin_of
from review.files import LEARNT, put_case, saved_case
from review.regressions import NoCase, case_of, renewed

router = APIRouter(prefix="/conversations/{conversation}/regression")


@router.get("")
async def look(request: Request, house: House, session: Signed, conversation: str) -> Response:
    """Show what would be written."""
    return await _page(request, house, session, conversation)


@router.post("")
async def write(request: Request, house: House, session: Signed, conversation: str) -> Response:
    """Write the test, in place of an earlier one of this conversation."""
    await known(house, session.person, conversation)
    try:
        block = await run_in_threadpool(_case, house, conversation)
    except NoCase:
        return await _page(request, house, session, conversation)
    await audited(house, session.person, "regression", conversation)
    try:
        await run_in_threadpool(put_case, house.settings.taught_dir, block)
    except OSError as error:
        raise NOT_WRITTEN from error
    return leads_to(f"/conversations/{conversation}")


def renew(house: Services, conversation: str) -> None:
    """After a mark: let the conversation's regression test, if there is one, expect what holds by now. Blocks.

    Raises:
        OSError: The file cannot be read or written.
    """
    taught = house.settings.taught_dir
    saved = saved_case((taught, LEARNT), origin_of(conversation, 0))
    if saved is None:
        return
    if (block := renewed(saved, _found(house, conversation)[1])) != saved:
        put_case(taught, block)


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
    return case_of(conversation, *_found(house, conversation), house.clinic.region)


def _found(house: Services, conversation: str) -> tuple[list[Message], list[Reviewed]]:
    marked = [one for one in house.records.reviewed() if one.conversation == conversation]
    return house.records.messages_after(conversation, 0), marked
