"""Who read and did what, for auditors and managers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.pages import page
from frontdesk.console.request import House, Signed, audited

router = APIRouter()
ROWS = 100


@router.get("/audit")
async def audit(
    request: Request,
    house: House,
    session: Signed,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    conversation: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """Show the audit, the newest first, of everything or of one conversation."""
    await audited(house, session.person, "read-audit", conversation or None)
    rows = await run_in_threadpool(house.records.audit_rows, ROWS, before, conversation or None)
    return page(request, "audit.html", rows=rows, conversation=conversation, more=len(rows) == ROWS)
