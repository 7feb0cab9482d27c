"""The list of conversations: what became of each, and of what people wrote only where searched words were found."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from escalation.titles import OTHER, case_title
from frontdesk.console.filters import Filters, Search
from frontdesk.console.pages import page
from frontdesk.console.refusals import NO_SUCH_SEARCH
from frontdesk.console.request import House, Signed, audited, audited_each, leads_to
from frontdesk.console.secure import opened_words, sealed_words
from frontdesk.console.words import KINDS, OWNERS
from safety.rules import CATEGORIES

router = APIRouter()
ROWS = 50


@router.post("/conversations/search")
async def search(request: Request, session: Signed, search: Annotated[Search, Form()]) -> Response:
    """Lead to the list with these filters; words are sealed, as addresses are kept in many places."""
    sealed = sealed_words(request.state.token, search.words) if search.words else ""
    return leads_to(f"/conversations?{search.query(words=sealed)}")


@router.get("/conversations")
async def conversations(
    request: Request, house: House, session: Signed, filters: Annotated[Filters, Query()]
) -> Response:
    """Show the conversations that the filters let through, the newest first."""
    words = opened_words(request.state.token, filters.words) if filters.words else None
    if filters.words and words is None:
        raise NO_SUCH_SEARCH
    await audited(house, session.person, "search" if words else "read-list")
    wanted = filters.wanted(house.clinic.time_zone, words)
    rows = await run_in_threadpool(house.records.conversations_like, wanted, ROWS, filters.place())
    views = await run_in_threadpool(house.records.views_for, session.person.id)
    await audited_each(house, session.person, "found", [row.conversation for row in rows if row.hit])
    titles, tags = house.catalogue.titles, await run_in_threadpool(house.records.known_tags)
    return page(
        request,
        "conversations.html",
        rows=rows,
        filters=filters,
        views=views,
        words=words,
        titles=titles,
        topics=sorted(titles.items(), key=lambda item: item[1].lower()),
        categories=[(letter, case_title(letter)) for letter in (*CATEGORIES, *OTHER)],
        kinds={kind: name for kind, name in KINDS.items() if name and kind not in ("opening", "notice")},
        owners=OWNERS,
        tags=[(tag, tag) for tag in tags],
        older=filters.older(rows[-1].created_at, rows[-1].conversation) if len(rows) == ROWS else "",
    )
