"""Legal holds: managers keep a conversation for legal reasons, and end that."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.conversation import conversation_page, known
from frontdesk.console.refusals import NO_SUCH_CONVERSATION
from frontdesk.console.request import House, Signed, Words, audited, leads_to
from records import ConversationNotFound, NotHeld

router = APIRouter(prefix="/conversations/{conversation}")
Reason = Annotated[Words, Form(max_length=200)]
NOTHING_TO_END = "Nothing keeps this conversation for legal reasons. Nothing was done."


@router.post("/hold")
async def hold(house: House, session: Signed, conversation: str, reason: Reason) -> Response:
    """Keep the conversation until it is released. A second time changes nothing."""
    await known(house, session.person, conversation)
    await audited(house, session.person, "hold", conversation, reason)
    try:
        await run_in_threadpool(house.records.hold, conversation, session.person.name, reason)
    except ConversationNotFound as error:
        raise NO_SUCH_CONVERSATION from error
    return leads_to(f"/conversations/{conversation}#keeping")


@router.post("/release")
async def release(request: Request, house: House, session: Signed, conversation: str, reason: Reason) -> Response:
    """End the hold; what was to be erased meanwhile is erased."""
    await known(house, session.person, conversation)
    await audited(house, session.person, "release", conversation, reason)
    try:
        erasure = await run_in_threadpool(house.records.release, conversation)
    except ConversationNotFound as error:
        raise NO_SUCH_CONVERSATION from error
    except NotHeld:
        await audited(house, session.person, "release-refused", conversation)
        problem, person = NOTHING_TO_END, session.person
        return await conversation_page(request, house, person, conversation, problem=problem, status=409)
    house.live.wake(conversation)
    return leads_to("/conversations" if erasure else f"/conversations/{conversation}#keeping")
