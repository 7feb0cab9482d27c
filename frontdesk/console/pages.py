"""Fills the templates. Every text in them is escaped; there is no way around it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from escalation.titles import case_title
from frontdesk.console import words
from frontdesk.console.refusals import Refused
from frontdesk.console.rights import rights_of
from frontdesk.console.secure import form_token
from frontdesk.services import Services
from records import Session

HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["percent"] = words.percent
_TEMPLATES.globals["category"] = case_title
_TEMPLATES.globals["owner"] = words.owner_words
_TEMPLATES.globals.update(URGENCY=words.URGENCY, KINDS=words.KINDS, AUTHORS=words.AUTHORS, ROLES=words.ROLES)
_TEMPLATES.globals.update(JUDGEMENTS=words.JUDGEMENTS, STATES=words.STATES, LEARNING=words.LEARNING)
_TEMPLATES.globals["day"] = words.day


def page(request: Request, template: str, status: int = 200, **more: Any) -> HTMLResponse:
    """Fill a template, which also knows who reads it and what they may do."""
    house: Services = request.app.state.services
    session: Session | None = request.scope.get("state", {}).get("session")
    token: str | None = request.scope.get("state", {}).get("token")
    now = dt.datetime.now(dt.UTC)

    def moment(at: dt.datetime) -> str:
        return house.texts.moment(at, now)

    def waited(since: dt.datetime) -> str:
        return words.waited(since, now)

    context = {
        "clinic": house.clinic.name,
        "me": session.person if session else None,
        "signed_in": session is not None and session.stage == "full",
        "may": rights_of(session.person.roles) if session else frozenset(),
        "csrf": form_token(token) if token else "",
        "moment": moment,
        "waited": waited,
        **more,
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(context), status)


def error_page(request: Request, refused: Refused, draft: str = "") -> HTMLResponse:
    """Say in a page what is refused, and show again what somebody had written."""
    return page(request, "error.html", refused.status, title=refused.title, text=refused.text, draft=draft)
