"""The queue: whoever needs a person most, first. It shows what a case is about and nothing that anybody wrote."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.live import signature
from frontdesk.console.pages import page
from frontdesk.console.request import House, Signed, audited
from frontdesk.services import Services

router = APIRouter(prefix="/inbox")


@router.get("")
async def inbox(request: Request, house: House, session: Signed) -> Response:
    """Show the queue."""
    await audited(house, session.person, "read-queue")
    return await _queue(request, house, "inbox.html")


@router.get("/queue")
async def queue(request: Request, house: House, session: Signed) -> Response:
    """Show the part of the page that changes."""
    await audited(house, session.person, "read-queue")
    return await _queue(request, house, "_queue.html")


async def _queue(request: Request, house: Services, template: str) -> Response:
    queue = await run_in_threadpool(house.records.queue)
    return page(request, template, queue=queue, signature=signature(queue))
