"""What clinicians do with a conversation. Each step is audited first, and refused to whoever does not have it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from frontdesk.console.conversation import conversation_page, has, known
from frontdesk.console.pages import error_page
from frontdesk.console.refusals import NO_SUCH_CONVERSATION, NO_SUCH_PERSON, UNEXPECTED, Refused
from frontdesk.console.request import House, Id, Signed, Words, audited, leads_to
from frontdesk.console.rights import Right, rights_of
from frontdesk.messages import TEXT_LIMIT
from frontdesk.services import Services
from records import (
    ConversationNotFound,
    KeyProblem,
    Message,
    Person,
    PersonNotFound,
    SealBroken,
    Session,
    WrongOwner,
)

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/conversations/{conversation}")
Text = Annotated[Words, Form()]  # a longer one is shown again, to be shortened
TOO_LONG = f"The reply was not sent: it is {{}} characters longer than {TEXT_LIMIT:,}. Shorten it and send it again."
Line = Annotated[Words, Form(max_length=200)]


@router.post("/take-over")
async def take_over(request: Request, house: House, session: Signed, conversation: str) -> Response:
    """Take the conversation: from here on the assistant says nothing."""
    name = session.person.name
    return await _act(request, house, session, "take-over", conversation, house.records.take_over, name)


@router.post("/reply")
async def reply(request: Request, house: House, session: Signed, conversation: str, text: Text, id: Id) -> Response:
    """Write to the visitor. The same form sent twice says it once. What is refused is shown again with the reason."""
    try:
        return await _reply(request, house, session, conversation, text, id)
    except Refused as refused:  # there is no page to show it on
        return error_page(request, refused, draft=text)
    except (SQLAlchemyError, KeyProblem, SealBroken) as error:
        logger.error("A reply cannot be stored: %s", type(error).__name__)
        return error_page(request, UNEXPECTED, draft=text)


async def _reply(
    request: Request, house: Services, session: Session, conversation: str, text: str, id: str
) -> Response:
    name = session.person.name
    if len(text) > TEXT_LIMIT:
        problem = TOO_LONG.format(len(text) - TEXT_LIMIT)
        return await conversation_page(
            request, house, session.person, conversation, problem=problem, status=422, draft=text
        )
    message = Message("clinician", "clinician", {"text": text, "author_name": name}, client_id=id)
    return await _act(request, house, session, "reply", conversation, house.records.say, message, name, draft=text)


@router.post("/typing", status_code=204)
async def typing(house: House, session: Signed, conversation: str) -> None:
    """Tell the visitor that their clinician is typing. Shows and keeps nothing, so the audit has nothing of it."""
    try:
        held = await run_in_threadpool(house.records.held, conversation)
    except ConversationNotFound as error:
        raise NO_SUCH_CONVERSATION from error
    if has(session.person, held):
        house.live.typing(conversation, session.person.name)


@router.post("/hand-back")
async def hand_back(request: Request, house: House, session: Signed, conversation: str) -> Response:
    """Let the assistant answer again."""
    name = session.person.name
    return await _act(request, house, session, "hand-back", conversation, house.records.hand_back, name)


@router.post("/close")
async def close(request: Request, house: House, session: Signed, conversation: str, outcome: Line) -> Response:
    """End the conversation and its cases."""
    name = session.person.name
    return await _act(request, house, session, "close", conversation, house.records.close, name, outcome)


@router.post("/transfer")
async def transfer(request: Request, house: House, session: Signed, conversation: str, to: Id) -> Response:
    """Pass the conversation to another clinician."""
    name, other = session.person.name, await run_in_threadpool(_clinician, house, to)
    return await _act(request, house, session, "transfer", conversation, house.records.transfer, name, other.name)


@router.post("/lower-flag")
async def lower_flag(request: Request, house: House, session: Signed, conversation: str, reason: Line) -> Response:
    """Lower the crisis flag: the assistant may give ordinary answers again."""
    name, lower = session.person.name, house.records.lower_flag
    return await _act(request, house, session, "lower-flag", conversation, lower, name, reason, reason=reason)


@router.post("/acknowledge")
async def acknowledge(request: Request, house: House, session: Signed, conversation: str, page: Id) -> Response:
    """Acknowledge a page about this conversation, as its link does."""

    def do(conversation: str) -> None:
        found = next((one for one in house.records.pages_of(conversation) if one.id == page), None)
        if found is None:
            raise ConversationNotFound(conversation)
        if seen := house.records.acknowledge(found.token, dt.datetime.now(dt.UTC)):
            house.notices.seen(seen)

    return await _act(request, house, session, "acknowledge", conversation, do, also=Right.ANSWER)


async def _act(
    request: Request,
    house: Services,
    session: Session,
    action: str,
    conversation: str,
    do: Callable[..., object],
    *given: object,
    reason: str | None = None,
    draft: str = "",
    also: Right = Right.HOLD,
) -> Response:
    await known(house, session.person, conversation, also)
    await audited(house, session.person, action, conversation, reason)
    try:
        await run_in_threadpool(do, conversation, *given)
    except ConversationNotFound as error:
        await audited(house, session.person, f"{action}-refused", conversation)
        raise NO_SUCH_CONVERSATION from error
    except WrongOwner as error:
        await audited(house, session.person, f"{action}-refused", conversation)
        problem, person = _who_has_it(error), session.person
        return await conversation_page(request, house, person, conversation, problem=problem, status=409, draft=draft)
    house.live.wake(conversation)
    return leads_to(f"/conversations/{conversation}")


def _who_has_it(error: WrongOwner) -> str:
    if error.clinician:
        return f"{error.clinician} has this conversation. Nothing was done."
    if error.owner == "closed":
        return "This conversation is closed. It opens again when the visitor writes. Nothing was done."
    return "You do not have this conversation. Take it over first. Nothing was done."


def _clinician(house: Services, person: str) -> Person:
    try:
        found = house.records.person(person)
    except PersonNotFound as error:
        raise NO_SUCH_PERSON from error
    if found.disabled_at or Right.ANSWER not in rights_of(found.roles):
        raise NO_SUCH_PERSON
    return found
