"""The chat API, version 1: the one interface that the widget and every other client use."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, cast

import anyio
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from content.clinic import Clinic
from frontdesk.asides import heed
from frontdesk.live import Closing
from frontdesk.messages import (
    ChatMessage,
    ClinicNow,
    Feedback,
    Log,
    NewConversation,
    NewMessage,
    Opened,
    Receipt,
    Turn,
    shown_owner,
)
from frontdesk.problems import RESPONSES, Problem, not_found
from frontdesk.services import Services, services
from records import Conversation, ConversationNotFound, MessageNotFound

router = APIRouter(prefix="/api/v1/conversations", tags=["chat"], responses={k: RESPONSES[k] for k in (404, 422, 503)})
_bearer = HTTPBearer(auto_error=False, description="The token that came with the conversation.")
_BODY: dict[int | str, dict[str, Any]] = {status: RESPONSES[status] for status in (400, 408, 413, 415, 429)}
_TOKEN: dict[int | str, dict[str, Any]] = {status: RESPONSES[status] for status in (401, 429)}
FAREWELL_SECONDS = 2.0  # for the last words to everybody who listens when the service stops
NO_CREDENTIALS = "Send the conversation's token as 'Authorization: Bearer …'."
ERASED = "Everything you wrote in this conversation has been erased."
KEPT = (
    "What you wrote has been erased. That somebody may need help is kept, without your words, until a clinician has "
    "seen it."
)
HELD = (
    "This chat is closed: it can no longer be opened or continued from here. But it is not erased yet, because the "
    "clinic must keep it for legal reasons. It stays sealed, is read for that purpose only, and is erased when that "
    "ends. Keep the receipt to ask about it."
)


async def opened_by_token(
    request: Request,
    conversation: str,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Conversation:
    """Return the conversation in the address, if the request's token opens it."""
    if credentials is None:
        raise Problem(401, "token-missing", NO_CREDENTIALS, {"WWW-Authenticate": "Bearer"})
    try:
        return await run_in_threadpool(services(request).records.access, conversation, credentials.credentials)
    except ConversationNotFound as error:
        raise not_found() from error


House = Annotated[Services, Depends(services)]
Access = Annotated[Conversation, Depends(opened_by_token)]


@router.post("", status_code=201, responses=_BODY)
async def start(new: NewConversation, house: House) -> Opened:
    """Start a conversation. The opening message says who this is and what it is not for."""
    location = new.location or None
    if location and location not in house.clinic.places:
        raise Problem(422, "unknown-location", _no_such_location(house.clinic))
    conversation, token, opening = await run_in_threadpool(
        house.records.open_conversation, new.origin, new.locale, house.turns.opening(location), location
    )
    now, here = dt.datetime.now(dt.UTC), house.clinic.at(location)
    clinic = ClinicNow(
        name=here.name,
        phone=here.phone,
        open_now=here.is_open(now),
        opens_next=here.opens_next(now),
    )
    return Opened(conversation=conversation.id, token=token, messages=[ChatMessage.of(opening)], clinic=clinic)


def _no_such_location(clinic: Clinic) -> str:
    known = ", ".join(clinic.places)
    return f"location: is none of the clinic's. {f'Send one of {known}, or none' if known else 'Leave it out'}."


@router.post("/{conversation}/messages", responses={**_BODY, **_TOKEN})
async def send(new: NewMessage, access: Access, house: House) -> Turn:
    """Send a message. Sending the same ``client_id`` again changes nothing and returns the same."""
    try:
        log = await house.turns.take(access, str(new.client_id), text=new.text, choice=new.choice)
    except ConversationNotFound as error:
        raise not_found() from error
    return Turn(messages=[ChatMessage.of(message) for message in log])


@router.get("/{conversation}/messages", responses=_TOKEN)
async def read(access: Access, house: House, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> Log:
    """Read the log after a number."""
    log = await run_in_threadpool(house.records.messages_after, access.id, after)
    return Log(messages=[ChatMessage.of(message) for message in log], owner=shown_owner(access.owner))


@router.get(
    "/{conversation}/events",
    response_class=EventSourceResponse,
    responses={**_TOKEN, 200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def listen(
    access: Access, house: House, last_event_id: Annotated[str | None, Header(max_length=20)] = None
) -> EventSourceResponse:
    """Follow the conversation: every message after ``Last-Event-ID``, then new ones as they come.

    When the service stops it says by ``retry`` when to come back.
    """
    closing = Closing()
    after = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else 0
    # Our own ping event says the same and is one a client can see, so the library's comment pings rest.
    return EventSourceResponse(
        house.live.events(access.id, min(after, 2**31 - 1), closing),
        ping=0,
        headers={"Cache-Control": "no-store"},
        shutdown_event=cast(anyio.Event, closing),  # of which no more than `set` is called
        shutdown_grace_period=FAREWELL_SECONDS,
    )


@router.post("/{conversation}/feedback", status_code=204, response_class=Response, responses={**_BODY, **_TOKEN})
async def feedback(given: Feedback, access: Access, house: House) -> None:
    """Say whether a bot message helped."""
    try:
        await run_in_threadpool(house.records.give_feedback, access.id, given.seq, given.helpful, given.comment)
        await heed(house, access, f"feedback {given.seq}", given.comment)
    except ConversationNotFound as error:
        raise not_found() from error
    except MessageNotFound as error:
        raise Problem(404, "no-such-message", "seq: names no message of the assistant in this conversation.") from error


@router.delete("/{conversation}", status_code=202, responses=_TOKEN)
async def erase(access: Access, house: House) -> Receipt:
    """Erase the conversation. Under a legal hold it is closed to its visitor, and erased when the hold ends."""
    erasure = await house.turns.erase(access.id)
    text = HELD if erasure.held else KEPT if erasure.kept else ERASED
    return Receipt(receipt=erasure.receipt, text=text)
