"""The page of one conversation: what was said, what is known, and what can be done."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from escalation.titles import case_title
from frontdesk.console.canned import filled
from frontdesk.console.live import log_signature, state_signature
from frontdesk.console.marks import marks_shown
from frontdesk.console.pages import page
from frontdesk.console.refusals import NO_SUCH_CONVERSATION
from frontdesk.console.request import House, Signed, Words, audited
from frontdesk.console.rights import Right, rights_of
from frontdesk.console.telling import entry_of, history, summary_lines
from frontdesk.services import Services
from records import KEPT, ConversationNotFound, Held, Page, Person, people_for
from safety.rules import CATEGORIES

router = APIRouter(prefix="/conversations/{conversation}")
OPEN_PAGES = ("due", "sent", "unanswered", "failed")
OUTCOMES = ("Answered in the chat", "Spoke by phone", "Appointment made", "Sent to emergency care", "No reply")


@router.get("")
async def read(
    request: Request,
    house: House,
    session: Signed,
    conversation: str,
    canned: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show the conversation; ``canned`` puts a canned reply into the box."""
    held = await known(house, session.person, conversation, Right.ANSWER)
    if held.owner == KEPT and Right.HOLD not in rights_of(session.person.roles):
        return await _kept(request, house, session.person, held)
    clinic = house.clinic.at(held.location).name
    ready = {one.id: one.text for one in filled(house.canned, session.person.name, clinic)}
    return await conversation_page(request, house, session.person, conversation, draft=ready.get(canned, ""))


@router.post("/original")
async def original(
    request: Request, house: House, session: Signed, conversation: str, reason: Annotated[Words, Form(max_length=200)]
) -> Response:
    """Show the conversation once as it was written, not redacted, and keep why."""
    return await conversation_page(request, house, session.person, conversation, reason=reason)


@router.get("/log")
async def log(request: Request, house: House, session: Signed, conversation: str) -> Response:
    """Show the log alone: what an open page fetches when it has grown."""
    is_theirs = has(session.person, await known(house, session.person, conversation))
    await audited(house, session.person, "read-original" if is_theirs else "read", conversation)
    return page(request, "_log.html", **await _found(house, _log, conversation, session.person, is_theirs, is_theirs))


@router.get("/state")
async def state(request: Request, house: House, session: Signed, conversation: str) -> Response:
    """Show what else is known alone: what an open page fetches when it has changed."""
    await known(house, session.person, conversation)
    await audited(house, session.person, "read", conversation)
    return page(request, "_state.html", draft="", **await _found(house, _state, conversation, session.person))


async def conversation_page(
    request: Request,
    house: Services,
    person: Person,
    conversation: str,
    *,
    problem: str | None = None,
    status: int = 200,
    draft: str = "",
    reason: str | None = None,
) -> Response:
    """Show the conversation, once it is written down who reads it.

    What people wrote is redacted, unless there is a ``reason`` to show the original, or the reader is the clinician who
    has the conversation now, and could not help without it.

    Raises:
        Refused: There is none, or it cannot be written down.
    """
    is_theirs = has(person, await known(house, person, conversation))
    original = is_theirs or reason is not None
    await audited(house, person, "read-original" if original else "read", conversation, reason)
    shown = {
        **await _found(house, _log, conversation, person, original, is_theirs),
        **await _found(house, _state, conversation, person),
        **await _found(house, _beside, conversation, person),
    }
    return page(request, "conversation.html", status, problem=problem, draft=draft, **shown)


async def _kept(request: Request, house: Services, person: Person, held: Held) -> Response:
    """Show of a conversation that a legal hold keeps why somebody was called, while a case of it is open."""
    cases = [case for case in await run_in_threadpool(house.records.cases_of, held.id) if case.closed_at is None]
    if not cases:
        raise NO_SUCH_CONVERSATION
    await audited(house, person, "read-kept", held.id)
    pages = await run_in_threadpool(_open_pages, house, held.id)
    return page(request, "kept.html", conversation=held.id, held=held, cases=cases, pages=pages)


async def known(house: Services, person: Person, conversation: str, also: Right = Right.HOLD) -> Held:
    """Return who has a conversation, if there is such a one for this person.

    One that its visitor has erased, and a legal hold keeps, is there for those who answer for holds: its visitor was
    told that it is read for that purpose only. ``also``: who else may do what is asked for, and which shows no words.

    Raises:
        Refused: There is none.
    """
    held: Held = await _found(house, lambda house, conversation: house.records.held(conversation), conversation)
    if held.owner == KEPT and not {Right.HOLD, also} & rights_of(person.roles):
        raise NO_SUCH_CONVERSATION
    return held


def has(person: Person, held: Held) -> bool:
    """Whether it is this clinician who has the conversation."""
    return held.owner == "clinician" and held.clinician == person.name and Right.ANSWER in rights_of(person.roles)


async def _found(house: Services, read: Any, conversation: str, *more: object) -> Any:
    try:
        return await run_in_threadpool(read, house, conversation, *more)
    except ConversationNotFound as error:
        raise NO_SUCH_CONVERSATION from error


def _log(house: Services, conversation: str, person: Person, original: bool, is_theirs: bool) -> dict[str, Any]:
    seen = log_signature(house, conversation)  # before it is read: what comes between is fetched again
    messages = house.records.messages_after(conversation, 0)
    titles = house.catalogue.titles
    return {
        "conversation": conversation,
        "entries": [entry_of(message, titles, original) for message in messages],
        "original": original,
        "is_theirs": is_theirs,
        "marks": {
            seq: marks_shown(marks, people_for(conversation), person, titles)
            for seq, marks in house.records.marks_of(conversation).items()
        },
        "categories": [(letter, case_title(letter)) for letter in CATEGORIES],
        "log_signature": seen,
    }


def _state(house: Services, conversation: str, person: Person) -> dict[str, Any]:
    records = house.records
    seen, held = state_signature(house, conversation), records.held(conversation)
    cases = records.cases_of(conversation)
    clinicians = [
        one
        for one in records.people()
        if one.disabled_at is None and Right.ANSWER in rights_of(one.roles) and one.id != person.id
    ]
    return {
        "conversation": conversation,
        "state_signature": seen,
        "held": held,
        "is_mine": has(person, held),
        "cases": cases,
        "pages": _open_pages(house, conversation),
        "contact": records.contact_of(conversation),
        "summaries": [summary_lines(case.summary) for case in cases if case.summary],
        "history": history(records.transitions_of(conversation), records.flags_of(conversation)),
        "clinicians": clinicians,
        "canned": filled(house.canned, person.name, house.clinic.at(held.location).name),
        "place": house.clinic.at(held.location).name if held.location else None,
        "outcomes": OUTCOMES,
        "reply_id": str(uuid.uuid4()),
    }


def _open_pages(house: Services, conversation: str) -> list[Page]:
    return [one for one in house.records.pages_of(conversation) if one.state in OPEN_PAGES]


def _beside(house: Services, conversation: str, person: Person) -> dict[str, Any]:
    return {
        "hold": house.records.hold_of(conversation),
        "may_have_words": Right.EXPORT in rights_of(person.roles),
        "one": True,
        "notes": house.records.notes_of(conversation),
        "tags": house.records.tags_of(conversation),
        "known_tags": house.records.known_tags(),
        "note_id": str(uuid.uuid4()),
        "titles": sorted(house.catalogue.titles.values(), key=str.lower),
    }
