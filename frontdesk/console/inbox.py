"""The queue: whoever needs a person most, first; what a case is about, and for clinicians the visitor's last words."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.live import signature
from frontdesk.console.pages import page
from frontdesk.console.previews import Previews, shortened
from frontdesk.console.request import House, Signed, audited, audited_each
from frontdesk.console.rights import Right, rights_of
from frontdesk.services import Services
from records import ERASED, KEPT, Queued, Session

router = APIRouter(prefix="/inbox")
previews = Previews()


@router.get("")
async def inbox(request: Request, house: House, session: Signed) -> Response:
    """Show the queue."""
    await audited(house, session.person, "read-queue")
    return await _queue(request, house, session, "inbox.html")


@router.get("/queue")
async def queue(request: Request, house: House, session: Signed) -> Response:
    """Show the part of the page that changes."""
    await audited(house, session.person, "read-queue")
    return await _queue(request, house, session, "_queue.html")


async def _queue(request: Request, house: Services, session: Session, template: str) -> Response:
    queue = await run_in_threadpool(house.records.queue)
    words = await _last_words(house, session, queue) if Right.ANSWER in rights_of(session.person.roles) else {}
    return page(request, template, queue=queue, words=words, signature=signature(queue))


async def _last_words(house: Services, session: Session, queue: list[Queued]) -> dict[str, str]:
    """Return the visitors' last words, redacted, once it is written down who sees them."""
    there = [one.conversation for one in queue if one.owner not in (ERASED, KEPT)]
    found = await run_in_threadpool(house.records.last_words, there)
    numbers = {conversation: seq for conversation, (seq, _) in found.items()}
    await audited_each(house, session.person, "preview", previews.new_to(session.id, numbers))
    previews.shown(session.id, numbers)
    return {conversation: shortened(text) for conversation, (_, text) in found.items()}
