"""Private notes and tags: for staff, never shown to the visitor, and gone when the visitor erases the conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.conversation import known
from frontdesk.console.refusals import NO_SUCH_CONVERSATION
from frontdesk.console.request import House, Id, Signed, Words, audited, leads_to
from frontdesk.messages import TEXT_LIMIT
from frontdesk.services import Services
from records import ConversationNotFound, Session

router = APIRouter(prefix="/conversations/{conversation}")
Tag = Annotated[Words, Form(max_length=40)]


@router.post("/note")
async def note(
    house: House, session: Signed, conversation: str, text: Annotated[Words, Form(max_length=TEXT_LIMIT)], id: Id
) -> Response:
    """Write a note. The same form sent twice writes it once."""
    return await _write(house, session, "note", conversation, house.records.add_note, id, session.person.name, text)


@router.post("/tag")
async def tag(house: House, session: Signed, conversation: str, tag: Tag) -> Response:
    """Put a tag on."""
    return await _write(house, session, "tag", conversation, house.records.add_tag, tag.lower(), session.person.name)


@router.post("/untag")
async def untag(house: House, session: Signed, conversation: str, tag: Tag) -> Response:
    """Take a tag off."""
    return await _write(house, session, "untag", conversation, house.records.remove_tag, tag)


async def _write(
    house: Services, session: Session, action: str, conversation: str, do: Callable[..., object], *given: object
) -> Response:
    await known(house, session.person, conversation)
    await audited(house, session.person, action, conversation)
    try:
        await run_in_threadpool(do, conversation, *given)
    except ConversationNotFound as error:
        raise NO_SUCH_CONVERSATION from error
    return leads_to(f"/conversations/{conversation}#notes")
