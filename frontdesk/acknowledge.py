"""Where a page's link leads: a clinician says that they take the case on.

Mail programs fetch links by themselves, so looking at the page changes nothing; only its button does.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from html import escape
from string import Template
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from content.catalogue import ROOT
from content.texts import Texts
from escalation.paging import NEEDS
from escalation.titles import case_title
from frontdesk.services import Services, services
from records import ERASED, ConversationNotFound, Page

router = APIRouter(prefix="/pages", include_in_schema=False)
House = Annotated[Services, Depends(services)]

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;background:#f4f6f8;color:#1a2430}"
    "main{max-width:32rem;margin:2rem auto;padding:1rem 1.5rem;background:#fff;border-radius:.75rem}"
    "h1{font-size:1.4rem}dt{color:#55606e}dd{margin:0 0 .75rem}"
    "button{font:inherit;font-weight:600;width:100%;padding:.9rem;border:0;border-radius:.5rem;"
    "background:#0b5c3b;color:#fff}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}
_PAGE = Template((ROOT / "frontdesk" / "acknowledge.html").read_text(encoding="utf-8"))
UNKNOWN = "This link leads to no case. It may have been erased at the visitor's wish."


@router.get("/{token}")
async def look(token: str, house: House) -> Response:
    """Show how urgent the page is, since when, and whether somebody has acknowledged it."""
    page = await run_in_threadpool(house.records.page_of, token)
    if page is None:
        return _html(house, "No such case", f"<p>{escape(UNKNOWN)}</p>", status=404)
    location = await run_in_threadpool(house.records.location, page.conversation)
    try:
        facts = await run_in_threadpool(_facts, house, page, location)
    except ConversationNotFound:  # erased since
        return _html(house, "No such case", f"<p>{escape(UNKNOWN)}</p>", status=404)
    return _html(house, NEEDS.get(page.urgency, NEEDS["U3"]), *facts, location=location)


@router.post("/{token}")
async def acknowledge(token: str, house: House) -> Response:
    """Acknowledge the page, tell the visitor if they should know, and lead back to it."""
    page = await run_in_threadpool(house.records.acknowledge, token, dt.datetime.now(dt.UTC))
    if page is None:
        return _html(house, "No such case", f"<p>{escape(UNKNOWN)}</p>", status=404)
    if await run_in_threadpool(house.notices.seen, page):
        house.live.wake(page.conversation)
    return RedirectResponse(page.token, status_code=303, headers=HEADERS)  # relative: a proxy may serve us elsewhere


def _facts(house: Services, page: Page, location: str | None) -> tuple[str, str]:
    """What a clinician sees before they press the button, and the button while it is of use."""
    cases = [case for case in house.records.cases_of(page.conversation) if page.team in case.teams]
    texts = house.texts.at(location)
    about = [case_title(case.category, case.form) for case in cases if case.closed_at is None]
    rows = {
        "About": "; ".join(dict.fromkeys(about)) or "A case that is closed",
        "Since": _moment(texts, min((case.opened_at for case in cases), default=page.due_at)),
        "Case": page.case,
    }
    if house.records.owner(page.conversation) == ERASED:
        rows["What was said"] = "Erased at the visitor's wish. That somebody may need help is all that is kept."
    if page.acknowledged_at:
        rows["Acknowledged"] = _moment(texts, page.acknowledged_at)
        button = ""
    elif page.state == "cancelled":
        rows["Acknowledged"] = "Not needed: the visitor no longer asks for a person"
        button = ""
    else:
        rows["Acknowledged"] = "Not yet"
        button = '<form method="post"><button type="submit">I take this on</button></form>'
    # Relative, as a proxy may serve us elsewhere. To the queue: whoever has the link alone learns no conversation's id.
    button += '<p><a href="../console/inbox">Open the staff console</a></p>'
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows.items())
    return f"<dl>{listed}</dl>", button


def _moment(texts: Texts, at: dt.datetime) -> str:
    return texts.moment(at, dt.datetime.now(dt.UTC))


def _html(
    house: Services, title: str, rows: str, button: str = "", status: int = 200, location: str | None = None
) -> HTMLResponse:
    words = {"title": escape(title), "clinic": escape(house.clinic.at(location).name), "style": STYLE}
    return HTMLResponse(_PAGE.substitute(words, rows=rows, button=button), status, headers=HEADERS)
