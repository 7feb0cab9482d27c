"""Saved views of the list of conversations: kept, and deleted."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from frontdesk.console.filters import Filters
from frontdesk.console.refusals import NO_FILTERS
from frontdesk.console.request import House, Id, Signed, Words, audited, leads_to
from frontdesk.console.rights import Right, rights_of

router = APIRouter(prefix="/views")


@router.post("")
async def save(
    house: House,
    session: Signed,
    name: Annotated[Words, Form(max_length=60)],
    query: Annotated[str, Form(max_length=1000)],
    shared: Annotated[bool, Form()] = False,
) -> Response:
    """Keep the filters that the list was shown with. The same name again replaces one's earlier view."""
    try:
        given = Filters.model_validate(dict(parse_qsl(query))).query()
    except ValidationError:
        given = ""
    if not given:
        raise NO_FILTERS
    await audited(house, session.person, "save-view")
    await run_in_threadpool(house.records.save_view, session.person.id, name, given, shared)
    return leads_to(f"/conversations?{given}")


@router.post("/delete")
async def drop(house: House, session: Signed, id: Id) -> Response:
    """Delete one's own view; a manager also one that others share."""
    await audited(house, session.person, "delete-view")
    is_manager = Right.MANAGE in rights_of(session.person.roles)
    await run_in_threadpool(house.records.delete_view, id, session.person.id, is_manager)
    return leads_to("/conversations")
