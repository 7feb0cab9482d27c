"""Tells open pages that they are out of date, and who waits. What has changed they fetch by the way that is audited.

An event says by a signature what the database has now; a page that shows something else fetches it again. So a page
that was away for a while ends up with exactly what the database has.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from frontdesk.console.request import House
from frontdesk.console.rights import Right, rights_of
from frontdesk.services import Services
from records import ConversationNotFound, Queued

router = APIRouter()
# Another process may have written, and whoever is signed out must not go on listening: look this often.
CHECK_SECONDS = 4.0
SETTLE_SECONDS = 0.2  # what comes together is told together


@router.get("/events")
async def events(
    request: Request, house: House, conversation: Annotated[str, Query(max_length=32)] = ""
) -> EventSourceResponse:
    """Follow the queue, and one conversation if it is named."""
    return EventSourceResponse(_events(house, request.state.token, conversation), ping=0)


def signature(shown: object) -> str:
    """Return what stands for something that is shown: another one when it has changed. Gives nothing of it away."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def waiting(queue: Sequence[Queued]) -> str:
    """Return who waits while nobody has them, and whose crisis is raised, as JSON: for alerts.

    Each conversation is a key that stays the same and leads nowhere.
    """
    free = [one for one in queue if one.owner != "clinician" and (one.owner == "waiting" or one.raised)]
    raised = [one for one in queue if one.raised]
    found = {"waiting": free, "crises": raised}
    return json.dumps({name: [signature(one.conversation)[:16] for one in some] for name, some in found.items()})


def log_signature(house: Services, conversation: str) -> str:
    """Return the signature of a conversation's log. Blocks.

    Raises:
        records.ConversationNotFound: There is none.
    """
    return signature((house.records.held(conversation).last_seq, house.records.copies(conversation)))


def state_signature(house: Services, conversation: str) -> str:
    """Return the signature of what else is known of a conversation. Blocks.

    Raises:
        records.ConversationNotFound: There is none.
    """
    records = house.records
    held, contact = records.held(conversation), records.contact_of(conversation)
    parts = (held.owner, held.clinician, held.raised, records.cases_of(conversation), records.flags_of(conversation))
    pages = [(page.id, page.state) for page in records.pages_of(conversation)]
    return signature((*parts, pages, contact.__dict__ if contact else None, records.transitions_of(conversation)))


async def _events(house: Services, token: str, conversation: str) -> AsyncIterator[ServerSentEvent]:
    told: dict[str, str] = {}
    with house.live.listening_to_all() as woken:
        while True:
            woken.clear()
            session = await run_in_threadpool(house.records.session_of, token, False)
            if session is None or Right.READ not in rights_of(session.person.roles):
                yield ServerSentEvent("{}", event="signed-out")
                return
            for name, now in (await run_in_threadpool(_signatures, house, conversation)).items():
                if told.get(name) != now:
                    told[name] = now
                    yield ServerSentEvent(now, event=name)
            try:
                await asyncio.wait_for(woken.wait(), CHECK_SECONDS)
            except TimeoutError:
                yield ServerSentEvent("{}", event="ping")
            await asyncio.sleep(SETTLE_SECONDS)


def _signatures(house: Services, conversation: str) -> dict[str, str]:
    queue = house.records.queue()
    found = {"queue": signature(queue)}
    if conversation:
        try:
            found["log"] = log_signature(house, conversation)
            found["state"] = state_signature(house, conversation)
        except ConversationNotFound:  # erased: the page says so when it asks again
            found["log"] = found["state"] = "gone"
    return {**found, "waiting": waiting(queue)}
