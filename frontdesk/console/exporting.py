"""Conversations as files: one from its page, many from the list. Each one that is in a file is in the audit."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool

from frontdesk.console.conversation import conversation_page, known
from frontdesk.console.filters import Filters
from frontdesk.console.pages import page
from frontdesk.console.refusals import NO_SUCH_CONVERSATION, NO_SUCH_SEARCH, NOT_ALLOWED
from frontdesk.console.request import House, Signed, audited_all
from frontdesk.console.rights import Right, rights_of
from frontdesk.console.secure import opened_words
from frontdesk.exports import MEDIA_TYPES, Format, as_file
from frontdesk.messages import clean
from frontdesk.services import Services
from records import KEPT, ConversationNotFound, Exported, Session

router = APIRouter()
MOST = 1000  # conversations in one file: what is put together in a few seconds
NEEDS_REASON = "Say why: what is exported with original words needs a reason. Nothing was exported."
TOO_MANY = f"More than {MOST} conversations are like that. Choose fewer days or other filters. Nothing was exported."
Reason = Annotated[str, AfterValidator(clean), Form(max_length=200)]
As = Annotated[Format, Form(alias="format")]


@router.post("/conversations/{conversation}/export")
async def export_one(
    request: Request,
    house: House,
    session: Signed,
    conversation: str,
    form: As = "json",
    scope: Annotated[Literal["redacted", "original", "access"], Form()] = "redacted",
    reason: Reason = "",
) -> Response:
    """Give one conversation as a file."""
    await known(house, session.person, conversation)
    if scope != "redacted" and not _may_have_words(session):
        raise NOT_ALLOWED
    if scope != "redacted" and not reason:
        return await conversation_page(request, house, session.person, conversation, problem=NEEDS_REASON, status=422)
    found = await _exported(house, session, [conversation], scope, reason)
    if not found:
        raise NO_SUCH_CONVERSATION
    return _file(house, found, scope, form, f"conversation_{conversation[:8]}")


@router.get("/export")
async def choose(request: Request, house: House, session: Signed, filters: Annotated[Filters, Query()]) -> Response:
    """Show how many conversations the filters let through, and offer them as a file."""
    return await _page(request, house, session, filters)


@router.post("/export")
async def export_many(
    request: Request,
    house: House,
    session: Signed,
    filters: Annotated[Filters, Query()],
    form: As = "csv",
    scope: Annotated[Literal["redacted", "original"], Form()] = "redacted",
    reason: Reason = "",
) -> Response:
    """Give the conversations that the filters let through as one file."""
    if scope != "redacted" and not _may_have_words(session):
        raise NOT_ALLOWED
    if scope != "redacted" and not reason:
        return await _page(request, house, session, filters, problem=NEEDS_REASON)
    ids = await _like(request, house, filters)
    if len(ids) > MOST:
        return await _page(request, house, session, filters, problem=TOO_MANY)
    found = await _exported(house, session, ids, scope, reason)
    return _file(house, found, scope, form, f"conversations_{dt.datetime.now(dt.UTC):%Y-%m-%d}")


def _may_have_words(session: Session) -> bool:
    """Whether somebody may take original words out: who may both read and export them. Auditors read none."""
    return {Right.READ, Right.EXPORT} <= rights_of(session.person.roles)


async def _page(
    request: Request, house: Services, session: Session, filters: Filters, problem: str | None = None
) -> Response:
    shown = {
        "count": len(await _like(request, house, filters)),
        "most": MOST,
        "may_have_words": _may_have_words(session),
    }
    return page(request, "export.html", 422 if problem else 200, problem=problem, filters=filters, **shown)


async def _like(request: Request, house: Services, filters: Filters) -> list[str]:
    words = opened_words(request.state.token, filters.words) if filters.words else None
    if filters.words and words is None:
        raise NO_SUCH_SEARCH
    wanted = filters.wanted(house.clinic.time_zone, words)
    rows = await run_in_threadpool(house.records.conversations_like, wanted, MOST + 1)
    return [row.conversation for row in rows if row.owner != KEPT]  # those are for who answers for holds, one by one


async def _exported(house: Services, session: Session, ids: list[str], scope: str, reason: str) -> list[Exported]:
    action = "export" if scope == "redacted" else f"export-{scope}"
    await audited_all(house, session.person, action, ids, reason or None)

    def read() -> list[Exported]:
        found = []
        for conversation in ids:
            with suppress(ConversationNotFound):  # erased a moment ago
                found.append(house.records.exported(conversation, scope))
        return found

    return await run_in_threadpool(read)


def _file(house: Services, found: list[Exported], scope: str, form: Format, name: str) -> Response:
    content = as_file(found, scope, form, house.clinic.name, dt.datetime.now(dt.UTC))
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)
