"""What visitors write beside the conversation, in a comment or a form: nobody answers it, so the rules read it."""

from __future__ import annotations

import uuid
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from escalation.desk import Situation
from frontdesk.services import Services
from records import Conversation, Message, WrongOwner
from safety import FIXED

_IDS = uuid.UUID("0d0b5b0e-3c55-4f5c-9a55-7f8f2f1d6a10")


async def heed(house: Services, conversation: Conversation, where: str, *words: str | None) -> list[Message]:
    """Screen ``words``; when they cannot wait, open the cases and reply in the conversation.

    Args:
        house: The running frontdesk.
        conversation: Beside which they were written.
        where: Names the comment or the form, so that what is sent again is heeded once.
        words: The texts of its fields.

    Returns:
        The reply as stored; none when there is nothing to heed, or a clinician has the conversation.

    Raises:
        records.ConversationNotFound: The conversation was erased meanwhile.
    """
    text = ". ".join(word for word in words if word)
    said = await run_in_threadpool(_heed, house, conversation, where, text) if text else []
    if said:
        house.live.wake(conversation.id)
    return said


def _heed(house: Services, conversation: Conversation, where: str, text: str) -> list[Message]:
    findings = house.screen.check(text)
    if not any(finding.category in FIXED for finding in findings):
        return []
    records, said = house.records, str(uuid.uuid5(_IDS, f"{conversation.id} {where} {text}"))
    if before := [m for m in records.messages_after(conversation.id, 0) if m.client_id == said]:
        return before
    raised = records.raised(conversation.id)
    desk = house.desk.at(conversation.location)
    desk.open(conversation.id, conversation.last_seq, findings)
    reply = desk.reply(findings, Situation(conversation.id, text, conversation.locale, raised))
    body = {key: value for key, value in reply.items() if key != "kind"}
    if findings[0].unsure and not raised:
        body["check_in"] = True
    with suppress(WrongOwner):  # only a closed conversation is opened again
        records.reopen(conversation.id)
    try:
        return [records.say(conversation.id, Message("bot", reply["kind"], body, client_id=said))]
    except WrongOwner:  # a clinician is there, and has the case
        return []
