"""What the console's routes ask of a request: the running frontdesk, who is signed in, and the audit."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Form, Request
from pydantic import AfterValidator
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from frontdesk.console.refusals import NOT_RECORDED
from frontdesk.messages import clean
from frontdesk.services import Services, services
from records import Person, Session

logger = logging.getLogger(__name__)
House = Annotated[Services, Depends(services)]


def session_of(request: Request) -> Session:
    """Return the session that the door let in."""
    found: Session = request.state.session
    return found


Signed = Annotated[Session, Depends(session_of)]


def _not_empty(words: str) -> str:
    if not words:
        raise ValueError("is empty.")
    return words


Words = Annotated[str, AfterValidator(clean), AfterValidator(_not_empty)]  # trimmed, and something in it
Id = Annotated[str, Form(pattern=r"^[0-9a-f-]{16,36}$")]
Login = Annotated[str, Form(pattern=r"^[A-Za-z0-9][A-Za-z0-9.@_-]{1,63}$")]
Name = Annotated[Words, Form(max_length=80)]


async def audited(
    house: Services, person: Person, action: str, conversation: str | None = None, reason: str | None = None
) -> None:
    """Write down what is about to be shown or done.

    Raises:
        Refused: It cannot be written; so it is not shown or done.
    """
    await audited_all(house, person, action, [conversation], reason)


async def audited_all(
    house: Services, person: Person, action: str, conversations: Sequence[str | None], reason: str | None = None
) -> None:
    """Write down what is about to be shown or done with each of some conversations.

    Raises:
        Refused: It cannot be written; so it is not shown or done.
    """
    role = "+".join(person.roles)
    try:
        await run_in_threadpool(house.records.write_audits, person.name, role, action, conversations, reason)
    except SQLAlchemyError as error:
        logger.error("The audit cannot be written: %s", type(error).__name__)
        raise NOT_RECORDED from error


async def audited_each(house: Services, person: Person, action: str, conversations: Sequence[str]) -> None:
    """Write down that something of each of these conversations is about to be shown.

    Raises:
        Refused: It cannot be written; so it is not shown.
    """
    role = "+".join(person.roles)
    try:
        await run_in_threadpool(house.records.write_audits, person.name, role, action, conversations)
    except SQLAlchemyError as error:
        logger.error("The audit cannot be written: %s", type(error).__name__)
        raise NOT_RECORDED from error


def leads_to(path: str) -> RedirectResponse:
    """After a form: the page to look at, so that reloading it sends nothing again."""
    return RedirectResponse(f"/console{path}", 303)


def address_of(request: Request) -> str:
    """Where a request came from."""
    return request.client.host if request.client else "unknown"


def browser_of(request: Request) -> str:
    """Which browser made a request, in a word or two: to recognise one's own sessions by."""
    agent = request.headers.get("user-agent", "")
    name = next((name for mark, name in _BROWSERS if mark in agent), "Another program")
    system = re.search(r"Windows|Android|iPhone|iPad|Mac OS|Linux", agent)
    return f"{name} on {system[0]}" if system else name


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
