"""Teach: the marks that hold become examples, once a person has seen exactly what is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.learning import learning_shown
from frontdesk.console.pages import page
from frontdesk.console.refusals import NOT_WRITTEN, NOTHING_CHOSEN
from frontdesk.console.request import House, Signed, audited_each, leads_to
from frontdesk.services import Services
from review.examples import Proposal, proposals
from review.files import known_examples, write_examples

router = APIRouter(prefix="/review/teach")
ROWS = 25  # so many at a time that a person reads them all
Digest = Annotated[str, Form(pattern=r"^[0-9a-f]{24}$")]


@router.get("")
async def look(
    request: Request,
    house: House,
    session: Signed,
    written: Annotated[int, Query(ge=0, le=1000)] = 0,
    number: Annotated[int, Query(ge=1, le=10_000, alias="page")] = 1,
) -> Response:
    """Show what would be written, some at a time, and which marks teach nothing, and why."""
    found = await run_in_threadpool(_proposals, house)
    offered = [one for one in found if one.example]
    pages = max(1, -(-len(offered) // ROWS))
    number = min(number, pages)  # what was on the last page may be written by now
    shown = offered[(number - 1) * ROWS : number * ROWS]
    await audited_each(house, session.person, "read-to-teach", list(dict.fromkeys(one.conversation for one in shown)))
    return page(
        request,
        "teach.html",
        offered=shown,
        total=len(offered),
        number=number,
        pages=pages,
        refused=[one for one in found if not one.example],
        written=written,
        titles=house.catalogue.titles,
        **await run_in_threadpool(learning_shown, house),
    )


@router.post("")
async def teach(
    house: House,
    session: Signed,
    chosen: Annotated[list[Digest], Form(default_factory=list)],
    number: Annotated[int, Form(ge=1, le=10_000, alias="page")] = 1,
) -> Response:
    """Write the examples that were shown and chosen; what has changed since is not written."""
    found = await run_in_threadpool(_proposals, house)
    wanted = [one for one in found if one.example and one.example.digest in chosen]
    if not wanted:
        raise NOTHING_CHOSEN
    await audited_each(house, session.person, "teach", list(dict.fromkeys(one.conversation for one in wanted)))
    try:
        examples = [one.example for one in wanted if one.example]
        await run_in_threadpool(write_examples, house.settings.taught_dir, examples)
    except OSError as error:
        raise NOT_WRITTEN from error
    return leads_to(f"/review/teach?written={len(wanted)}{f'&page={number}' if number > 1 else ''}")


def _proposals(house: Services) -> list[Proposal]:
    return proposals(house.records.reviewed(), known_examples(house.settings.taught_dir), house.clinic.region)
