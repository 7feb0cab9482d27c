"""One's own account: password, recovery codes, and where one is signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console import backoff, codes, passwords
from frontdesk.console.pages import page
from frontdesk.console.request import House, Id, Signed, address_of, audited, leads_to
from frontdesk.console.rights import Right, rights_of
from frontdesk.console.secure import drop_token
from frontdesk.console.signing_in import WRONG_CODE, Typed, hashing
from frontdesk.services import Services
from records import Session

router = APIRouter()
WRONG_PASSWORD = "This is not your present password. Nothing was changed."  # noqa: S105
CHANGED = "Your password is changed. You are signed out everywhere else."


@router.get("/")
async def start(session: Signed) -> Response:
    """Lead to the page that this person works with."""
    may = rights_of(session.person.roles)
    if Right.READ in may:
        return leads_to("/inbox")
    return leads_to("/audit" if Right.AUDIT in may else "/account")


@router.get("/account")
async def account(request: Request, house: House, session: Signed) -> Response:
    """Show the account."""
    return await _account(request, house, session)


@router.post("/account/password")
async def change_password(
    request: Request,
    house: House,
    session: Signed,
    present: Typed,
    password: Annotated[str, Form(max_length=1000)],
    again: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Change the password; whoever else is signed in as this person is signed out."""
    person = session.person
    if problem := await _too_often(request, house, session):
        return await _account(request, house, session, problem, 429)
    if not await hashing(passwords.is_password, person.password_hash, present):
        return await _account(request, house, session, WRONG_PASSWORD, 400)
    await run_in_threadpool(backoff.succeeded, house.records, person.login, address_of(request), 1)
    if problem := passwords.fault_of(password, again, person.login, person.name, house.clinic.name):
        return await _account(request, house, session, problem, 422)
    await audited(house, person, "change-password")
    password_hash = await hashing(passwords.hash_password, password)
    await run_in_threadpool(house.records.set_password, person.id, password_hash, session.id)
    return await _account(request, house, session, done=CHANGED)


@router.post("/account/recovery-codes")
async def new_recovery_codes(request: Request, house: House, session: Signed, code: Typed) -> Response:
    """Make new recovery codes and show them, once; the earlier ones are void."""
    person = session.person
    if problem := await _too_often(request, house, session):
        return await _account(request, house, session, problem, 429)
    step = codes.step_of(person.totp_secret or "", code)
    if step is None or not await run_in_threadpool(house.records.use_totp_step, person.id, step):
        return await _account(request, house, session, WRONG_CODE, 400)
    await run_in_threadpool(backoff.succeeded, house.records, person.login, address_of(request), 1)
    await audited(house, person, "new-recovery-codes")
    fresh = codes.new_recovery_codes()
    await run_in_threadpool(house.records.set_recovery_codes, person.id, [codes.recovery_hash(one) for one in fresh])
    return page(request, "recovery_codes.html", codes=fresh)


@router.post("/account/sessions/end")
async def end_session(house: House, session: Signed, id: Id) -> Response:
    """Sign out somewhere."""
    await run_in_threadpool(house.records.end_session, session.person.id, id)
    if id != session.id:
        return leads_to("/account")
    answer = leads_to("/sign-in")
    drop_token(answer, house.settings)
    return answer


async def _too_often(request: Request, house: Services, session: Session) -> str | None:
    limits = backoff.limits(session.person.login, address_of(request))
    wait = await run_in_threadpool(house.records.try_sign_in, limits)
    return backoff.wait_words(wait.total_seconds()) if wait else None


async def _account(
    request: Request, house: Services, session: Session, problem: str | None = None, status: int = 200, done: str = ""
) -> Response:
    sessions = await run_in_threadpool(house.records.sessions_of, session.person.id)
    left = await run_in_threadpool(house.records.recovery_codes_left, session.person.id)
    more = {"sessions": sessions, "mine": session.id, "codes_left": left, "problem": problem, "done": done}
    return page(request, "account.html", status, **more)
