"""The way in for somebody new: a one-time link, a password of their own, then the authenticator."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console import codes, passwords
from frontdesk.console.pages import page
from frontdesk.console.refusals import Refused
from frontdesk.console.request import House, Login, Name, Signed, audited, leads_to
from frontdesk.console.rights import Role
from frontdesk.console.signing_in import WRONG_CODE, Typed, hashing, promote, to_second_step
from frontdesk.services import Services
from records import Invitation, InvitationGone, NameReserved, NameTaken, Person, PersonNotFound, is_nobodys

router = APIRouter()
GONE = Refused(
    404,
    "This link no longer works",
    "It was used already, or it has expired. Ask a manager of the clinic for a new one.",
)


@router.get("/join/{token}")
async def join_page(request: Request, house: House, token: str) -> Response:
    """Ask for a password; the first manager also for who they are. Looking uses nothing up."""
    return page(request, "join.html", person=(await _invitation(house, token)).person, problem=None)


@router.post("/join/{token}")
async def join(
    request: Request,
    house: House,
    token: str,
    password: Annotated[str, Form(max_length=1000)],
    again: Annotated[str, Form(max_length=1000)],
    login: Login = "",
    name: Name = "",
) -> Response:
    """Use the link up, and lead on to the authenticator."""
    invited = (await _invitation(house, token)).person
    login, name = (invited.login, invited.name) if invited else (login, name)
    if not login or not name:
        return page(request, "join.html", 422, person=invited, problem="Say who you are: a sign-in name and your name.")
    if is_nobodys(login) or is_nobodys(name):
        return page(request, "join.html", 422, person=invited, problem=str(NameReserved.__doc__))
    if problem := passwords.fault_of(password, again, login, name, house.clinic.name):
        return page(request, "join.html", 422, person=invited, problem=problem)
    password_hash = await hashing(passwords.hash_password, password)
    # The first manager is nobody yet; what they call themselves is what is written down.
    joins = invited or Person("", login, name, (str(Role.MANAGER),), dt.datetime.now(dt.UTC))
    await audited(house, joins, "join")
    try:
        person = await run_in_threadpool(house.records.accept_invitation, token, password_hash, login, name)
    except InvitationGone as error:  # it was there a moment ago
        await audited(house, joins, "join-refused")
        raise GONE from error
    except NameTaken as error:
        await audited(house, joins, "join-refused")
        problem = str(error.__doc__)
        return page(request, "join.html", 422, person=invited, problem=problem)
    return await to_second_step(request, house, person)


@router.get("/enrol")
async def enrol_page(request: Request, house: House, session: Signed) -> Response:
    """Show the secret that the authenticator is to know."""
    return await _enrol(request, house, session.person, None)


@router.post("/enrol")
async def enrol(request: Request, house: House, session: Signed, code: Typed) -> Response:
    """Let the authenticator prove that it knows the secret; then show the recovery codes, once."""
    person = session.person
    step = codes.step_of(person.totp_secret or "", code)
    if step is None:
        return await _enrol(request, house, person, WRONG_CODE)
    await audited(house, person, "enrol")
    fresh = codes.new_recovery_codes()
    hashes = [codes.recovery_hash(one) for one in fresh]
    if not await run_in_threadpool(house.records.confirm_totp, person.id, step, hashes):
        return await _enrol(request, house, person, WRONG_CODE)
    answer = page(request, "recovery_codes.html", codes=fresh)
    await promote(request, house, session, answer)
    return answer


async def _enrol(request: Request, house: Services, person: Person, problem: str | None) -> Response:
    try:
        secret = await run_in_threadpool(house.records.begin_totp, person.id, codes.new_secret())
    except PersonNotFound:  # set up meanwhile, in another tab
        return leads_to("/sign-in")
    picture = codes.qr_code(secret, person.login, house.clinic.name)
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return page(request, "enrol.html", 400 if problem else 200, picture=picture, secret=grouped, problem=problem)


async def _invitation(house: Services, token: str) -> Invitation:
    try:
        return await run_in_threadpool(house.records.invitation, token)
    except InvitationGone as error:
        raise GONE from error
