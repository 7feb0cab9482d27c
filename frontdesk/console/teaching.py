"""Teach: the marks that hold become examples, once a person has seen exactly what is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.pages import page
from frontdesk.console.refusals import NOT_WRITTEN, NOTHING_CHOSEN
from frontdesk.console.request import House, Signed, audited, leads_to
from frontdesk.services import Services
from review.examples import Proposal, proposals
from review.files import known_examples, write_examples

router = APIRouter(prefix="/review/teach")
ROWS = 25  # so many at a time that a person reads them all
Digest = Annotated[str, Form(pattern=r"^[0-9a-f]{24}$")]


@router.get("")
async def look(
    request: Request, house: House, session: Signed, written: Annotated[int, Query(ge=0, le=1000)] = 0
) -> Response:
    """Show what would be written, and which marks teach nothing, and why."""
    found = await run_in_threadpool(_proposals, house)
    offered = [one for one in found if one.example][:ROWS]
    for conversation in dict.fromkeys(one.conversation for one in offered):
        await audited(house, session.person, "read-to-teach", conversation)
    refused = [one for one in found if not one.example]
    return page(request, "teach.html", offered=offered, refused=refused, written=written, titles=house.catalogue.titles)


@router.post("")
async def teach(house: House, session: Signed, chosen: Annotated[list[Digest], Form(default_factory=list)]) -> Response:
    """Write the examples that were shown and chosen; what has changed since is not written."""
    found = await run_in_threadpool(_proposals, house)
    wanted = [one for one in found if one.example and one.example.digest in chosen]
    if not wanted:
        raise NOTHING_CHOSEN
    for conversation in dict.fromkeys(one.conversation for one in wanted):
        await audited(house, session.person, "teach", conversation)
    try:
        examples = [one.example for one in wanted if one.example]
        await run_in_threadpool(write_examples, house.settings.taught_dir, examples)
    except OSError as error:
        raise NOT_WRITTEN from error
    return leads_to(f"/review/teach?written={len(wanted)}")


def _proposals(house: Services) -> list[Proposal]:
    return proposals(house.records.reviewed(), known_examples(house.settings.taught_dir), house.clinic.region)
