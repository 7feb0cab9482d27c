"""The clinic's people, for managers: add, invite, change roles, reset, disable, sign out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.links import INVITED_FOR, invitation_link
from frontdesk.console.pages import page
from frontdesk.console.refusals import NO_SUCH_PERSON
from frontdesk.console.request import House, Id, Login, Name, Signed, audited, leads_to
from frontdesk.console.rights import Role
from frontdesk.services import Services
from records import LastManager, NameTaken, Person, PersonNotFound

router = APIRouter(prefix="/people")
Roles = Annotated[list[Role], Form(min_length=1)]


@router.get("")
async def people(request: Request, house: House) -> Response:
    """List everybody."""
    return await _people(request, house)


@router.post("")
async def add(request: Request, house: House, session: Signed, login: Login, name: Name, roles: Roles) -> Response:
    """Add a person and show their link, once."""
    await audited(house, session.person, "add-person", reason=f"{login} as {', '.join(roles)}")
    try:
        person = await run_in_threadpool(house.records.add_person, login, name, [str(role) for role in roles])
    except NameTaken as error:
        await audited(house, session.person, "add-person-refused", reason=login)
        return await _people(request, house, str(error.__doc__), 422)
    return await _invite(request, house, person)


@router.get("/{person}")
async def one(request: Request, house: House, person: str) -> Response:
    """Show one person, and where they are signed in."""
    return await _one(request, house, await _found(house, person))


@router.post("/{person}/roles")
async def roles(request: Request, house: House, session: Signed, person: str, roles: Roles) -> Response:
    """Give a person other roles."""
    found = await _found(house, person)
    await audited(house, session.person, "change-roles", reason=f"{found.login} to {', '.join(roles)}")
    try:
        await run_in_threadpool(house.records.set_roles, person, [str(role) for role in roles])
    except LastManager as error:
        await audited(house, session.person, "change-roles-refused", reason=found.login)
        return await _one(request, house, found, str(error.__doc__), 409)
    return leads_to(f"/people/{person}")


@router.post("/{person}/reset")
async def reset(request: Request, house: House, session: Signed, person: str) -> Response:
    """Forget a person's password and authenticator, sign them out, and show the link by which they begin anew."""
    found = await _found(house, person)
    await audited(house, session.person, "reset-person", reason=found.login)
    await run_in_threadpool(house.records.reset_person, person)
    return await _invite(request, house, found)


@router.post("/{person}/disable")
async def disable(request: Request, house: House, session: Signed, person: str) -> Response:
    """Let a person sign in no more, and sign them out."""
    found = await _found(house, person)
    await audited(house, session.person, "disable-person", reason=found.login)
    try:
        await run_in_threadpool(house.records.disable, person)
    except LastManager as error:
        await audited(house, session.person, "disable-person-refused", reason=found.login)
        return await _one(request, house, found, str(error.__doc__), 409)
    return leads_to(f"/people/{person}")


@router.post("/{person}/enable")
async def enable(house: House, session: Signed, person: str) -> Response:
    """Let a disabled person sign in again."""
    found = await _found(house, person)
    await audited(house, session.person, "enable-person", reason=found.login)
    await run_in_threadpool(house.records.enable, person)
    return leads_to(f"/people/{person}")


@router.post("/{person}/sessions/end")
async def end_session(house: House, session: Signed, person: str, id: Id) -> Response:
    """Sign a person out somewhere."""
    found = await _found(house, person)
    await audited(house, session.person, "end-session", reason=found.login)
    await run_in_threadpool(house.records.end_session, person, id)
    return leads_to(f"/people/{person}")


async def _found(house: Services, person: str) -> Person:
    try:
        return await run_in_threadpool(house.records.person, person)
    except PersonNotFound as error:
        raise NO_SUCH_PERSON from error


async def _people(request: Request, house: Services, problem: str | None = None, status: int = 200) -> Response:
    everybody = await run_in_threadpool(house.records.people)
    return page(request, "people.html", status, people=everybody, problem=problem)


async def _one(
    request: Request, house: Services, person: Person, problem: str | None = None, status: int = 200
) -> Response:
    sessions = await run_in_threadpool(house.records.sessions_of, person.id)
    return page(request, "person.html", status, person=person, sessions=sessions, problem=problem)


async def _invite(request: Request, house: Services, person: Person) -> Response:
    link = await run_in_threadpool(invitation_link, house.records, house.settings.link_base, person)
    expires = dt.datetime.now(dt.UTC) + INVITED_FOR
    return page(request, "invited.html", person=person, link=link, expires=expires)
