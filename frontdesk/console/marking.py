"""Marks: what a reviewer thinks that the assistant should have made of a visitor's message."""

from __future__ import annotations

import logging
from typing import Annotated

import yaml
from fastapi import APIRouter, Form, Request, Response
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool

from frontdesk.console.conversation import conversation_page, known
from frontdesk.console.refusals import NO_SUCH_CONVERSATION, NO_SUCH_MESSAGE
from frontdesk.console.regression import renew
from frontdesk.console.request import House, Signed, audited, leads_to
from frontdesk.console.words import JUDGEMENTS
from frontdesk.messages import clean
from frontdesk.services import Services
from records import ConversationNotFound, Mark, MessageNotFound
from safety.rules import CATEGORIES

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/conversations/{conversation}")
Line = Annotated[str, AfterValidator(clean), Form(max_length=200)]
NO_JUDGEMENT = "Choose what you think of it. Nothing was kept."
NO_TOPIC = "Choose the right topic from the list that opens as you type; its title must be complete. Nothing was kept."
NO_CATEGORY = "Choose the safety category that should have fired. Nothing was kept."


class _Incomplete(Exception):
    """The form lacks something; the message says what."""


@router.post("/mark")
async def mark(
    request: Request,
    house: House,
    session: Signed,
    conversation: str,
    seq: Annotated[int, Form(ge=1, le=2**31 - 1)],
    judgement: Line = "",
    topic: Line = "",
    category: Line = "",
    note: Annotated[str, AfterValidator(clean), Form(max_length=500)] = "",
) -> Response:
    """Mark a message. A person may change their mind: their latest mark counts."""
    await known(house, session.person, conversation)
    try:
        made = _mark(house, session.person.name, judgement, topic, category, note)
    except _Incomplete as error:
        problem = str(error)
        return await conversation_page(request, house, session.person, conversation, problem=problem, status=422)
    await audited(house, session.person, "mark", conversation)
    try:
        await run_in_threadpool(house.records.mark, conversation, seq, made)
    except ConversationNotFound as error:
        raise NO_SUCH_CONVERSATION from error
    except MessageNotFound as error:
        await audited(house, session.person, "mark-refused", conversation)
        raise NO_SUCH_MESSAGE from error
    try:
        await run_in_threadpool(renew, house, conversation)
    except (
        ConversationNotFound,
        OSError,
        yaml.YAMLError,
        AttributeError,  # changed by hand, and no test any more
        KeyError,
        TypeError,
        ValueError,
    ) as error:  # the mark is kept; the test is renewed with the next one
        logger.error("A regression test cannot be renewed after a mark: %s", type(error).__name__)
    return leads_to(f"/conversations/{conversation}#message-{seq}")


def _mark(house: Services, by: str, judgement: str, topic: str, category: str, note: str) -> Mark:
    """Make the mark that a form asks for; what does not go with its judgement is left out.

    Raises:
        _Incomplete: Something is missing, or is none of what there is.
    """
    if judgement not in JUDGEMENTS:
        raise _Incomplete(NO_JUDGEMENT)
    chosen = _topic(house, topic) if judgement == "topic" else None
    if judgement == "topic" and chosen is None:
        raise _Incomplete(NO_TOPIC)
    if judgement == "category" and (len(category) != 1 or category not in CATEGORIES):
        raise _Incomplete(NO_CATEGORY)
    return Mark(by, judgement, chosen, category if judgement == "category" else None, note or None)


def _topic(house: Services, given: str) -> str | None:
    """Return the topic of a title, or of an id."""
    by_title = {title.lower(): topic for topic, title in house.catalogue.titles.items()}
    return given if given in house.catalogue.titles else by_title.get(given.lower())
