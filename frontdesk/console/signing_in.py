"""Signing in: a password, then a code of the authenticator or a recovery code; and signing out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console import backoff, codes, passwords
from frontdesk.console.pages import page
from frontdesk.console.request import House, Signed, address_of, audited, browser_of, leads_to
from frontdesk.console.secure import drop_token, set_token
from frontdesk.services import Services
from records import Person, Session
from records.people import CODE, ENROL, FULL

logger = logging.getLogger(__name__)
router = APIRouter()
# Each hash takes 19 MiB: more than two at once would be a way to use the memory up.
_HASHING = CapacityLimiter(2)
WRONG = "This name and this password do not belong together. Check both, and try again."
WRONG_CODE = "This code is not right, or was used already. Wait for the next one and type that."
WRONG_RECOVERY = "This recovery code is not right, or was used already. Try another one."

T = TypeVar("T")
Typed = Annotated[str, Form(max_length=200)]


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """Ask for name and password."""
    return page(request, "sign_in.html", problem=None)


@router.post("/sign-in")
async def sign_in(request: Request, house: House, login: Typed, password: Typed) -> Response:
    """Check the password; what is said, and the work it takes, are the same for names that nobody has."""
    wait = await _try(request, house, login)
    if wait:
        return _slow(page(request, "sign_in.html", 429, problem=backoff.wait_words(wait)), wait)
    person = await run_in_threadpool(house.records.person_by_login, login.strip())
    kept = person.password_hash if person and person.disabled_at is None else None
    if not await hashing(passwords.is_password, kept, password) or person is None or kept is None:
        return page(request, "sign_in.html", 400, problem=WRONG)
    if passwords.is_outdated(kept):
        fresh = await hashing(passwords.hash_password, password)
        await run_in_threadpool(house.records.rehash_password, person.id, kept, fresh)
    return await to_second_step(request, house, person)


@router.get("/code")
async def code_page(request: Request) -> Response:
    """Ask for the authenticator's code."""
    return page(request, "code.html", problem=None)


@router.post("/code")
async def code(request: Request, house: House, session: Signed, code: Typed) -> Response:
    """Check the authenticator's code, which counts once."""
    person = session.person
    wait = await _try(request, house, person.login)
    if wait:
        return _slow(page(request, "code.html", 429, problem=backoff.wait_words(wait)), wait)
    step = codes.step_of(person.totp_secret or "", code)
    if step is None or not await run_in_threadpool(house.records.use_totp_step, person.id, step):
        return page(request, "code.html", 400, problem=WRONG_CODE)
    return await _enter(request, house, session, "sign-in")


@router.get("/recover")
async def recover_page(request: Request) -> Response:
    """Ask for a recovery code."""
    return page(request, "recover.html", problem=None)


@router.post("/recover")
async def recover(request: Request, house: House, session: Signed, code: Typed) -> Response:
    """Check a recovery code, which counts once."""
    person = session.person
    wait = await _try(request, house, person.login)
    if wait:
        return _slow(page(request, "recover.html", 429, problem=backoff.wait_words(wait)), wait)
    if not await run_in_threadpool(house.records.use_recovery_code, person.id, codes.recovery_hash(code)):
        return page(request, "recover.html", 400, problem=WRONG_RECOVERY)
    return await _enter(request, house, session, "sign-in-by-recovery")


@router.post("/sign-out")
async def sign_out(house: House, session: Signed) -> Response:
    """End the session."""
    await run_in_threadpool(house.records.end_session, session.person.id, session.id)
    answer = leads_to("/sign-in")
    drop_token(answer, house.settings)
    return answer


async def to_second_step(request: Request, house: Services, person: Person) -> Response:
    """The password was right: begin the half session in which the authenticator is asked for, or set up."""
    stage = CODE if person.totp_since else ENROL
    answer = leads_to("/code" if person.totp_since else "/enrol")
    await begin(request, house, person, stage, answer)
    return answer


async def begin(request: Request, house: Services, person: Person, stage: str, answer: Response) -> None:
    """Begin a session under a new token, and give it to the browser with ``answer``."""
    address, browser = address_of(request), browser_of(request)
    token = await run_in_threadpool(house.records.begin_session, person.id, stage, address, browser)
    set_token(answer, house.settings, token)


async def promote(request: Request, house: Services, half: Session, answer: Response) -> None:
    """End the half session and begin a full one, under a token that nobody could have known before."""
    await run_in_threadpool(house.records.end_session, half.person.id, half.id)
    await begin(request, house, half.person, FULL, answer)
    # One try for the password, one for the code.
    await run_in_threadpool(backoff.succeeded, house.records, half.person.login, address_of(request), 2)


async def _enter(request: Request, house: Services, half: Session, how: str) -> Response:
    await audited(house, half.person, how)
    answer = leads_to("/")
    await promote(request, house, half, answer)
    return answer


async def _try(request: Request, house: Services, login: str) -> float:
    """Count an attempt; return how many seconds to wait instead, or 0."""
    limits = backoff.limits(login.strip(), address_of(request))
    wait = await run_in_threadpool(house.records.try_sign_in, limits)
    if wait:
        logger.warning("Sign-ins from one place or to one account are slowed down")
    return wait.total_seconds()


def _slow(answer: Response, wait: float) -> Response:
    answer.headers["Retry-After"] = str(int(wait) + 1)
    return answer


async def hashing(work: Callable[..., T], *given: object) -> T:
    """Do what hashes a password, in a thread, two at a time."""
    return await anyio.to_thread.run_sync(partial(work, *given), limiter=_HASHING)
