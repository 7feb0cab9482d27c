"""What a visitor is told about their case: that a clinician has seen it, or that nobody has."""

from __future__ import annotations

import logging
import uuid

from content.clinic import ON_CALL, Clinic
from content.texts import Reply
from escalation.desk import EscalationDesk
from records import Case, ConversationNotFound, KeyProblem, Message, Page, Records, SealBroken

logger = logging.getLogger(__name__)

URGENT = ("U0", "U1")
CANNOT_WAIT = ("a", "b", "c", "d", "j")
_IDS = uuid.UUID("6a6f0c55-9f43-4a0e-8a3c-0a4cf0cf0a55")


class Notices:
    """Puts notices into conversations, each once however often it is asked for. Its methods block."""

    def __init__(self, records: Records, clinic: Clinic, desk: EscalationDesk) -> None:
        self._records, self._clinic, self._desk = records, clinic, desk

    def seen(self, page: Page) -> bool:
        """Say that a clinician has seen the case of an acknowledged page; return whether the log may have grown.

        Nothing is said of pages that can wait, nor of teams that are no clinicians: that would not be true.
        """
        if page.urgency not in URGENT or not self._clinical(page):
            return False
        return self._say("seen", page, [case for case in self._cases(page) if case.acknowledged_at])

    def not_seen(self, page: Page) -> bool:
        """Say that nobody has confirmed seeing a case that cannot wait; return whether the log may have grown."""
        waiting = [
            case
            for case in self._cases(page)
            if case.category in CANNOT_WAIT and case.urgency in URGENT and not case.acknowledged_at
        ]
        return page.urgency in URGENT and self._say("not_seen", page, waiting)

    def _cases(self, page: Page) -> list[Case]:
        """The open cases that a page is about, the most urgent first."""
        cases = self._records.cases_of(page.conversation)
        return [case for case in cases if page.team in case.teams and case.closed_at is None]

    def _clinical(self, page: Page) -> bool:
        clinic = self._clinic.at(self._records.location(page.conversation))
        return clinic.team(page.team) in (clinic.team(ON_CALL), clinic.team("clinicians"))

    def _say(self, what: str, page: Page, cases: list[Case]) -> bool:
        if not cases:
            return False
        case = next((case for case in cases if case.id == page.case), cases[0])
        try:
            if what == "not_seen" and self._records.owner(page.conversation) in ("clinician", "closed"):
                return False  # somebody has: a clinician writes there
            last = self._last_words(page.conversation)
            desk = self._desk.at(self._records.location(page.conversation))
            reply = desk.seen(last) if what == "seen" else desk.not_seen(case.category, last)
            # The same case has the same id, so it is said once; a case that became more urgent has another number.
            notice = str(uuid.uuid5(_IDS, f"{what} {case.id} {case.seq}"))
            self._records.say(page.conversation, _message(reply, notice))
        except ConversationNotFound:  # erased meanwhile
            return False
        return True

    def _last_words(self, conversation: str) -> str:
        try:
            log = self._records.messages_after(conversation, 0)
        except (KeyProblem, SealBroken) as error:  # they only tell the language, and somebody waits
            logger.error("Conversation %s cannot be opened: %s", conversation, type(error).__name__)
            return ""
        said = [m.body["text"] for m in log if m.author == "visitor" and "choice" not in m.body]
        return str(said[-1]) if said else ""


def _message(reply: Reply, client_id: str) -> Message:
    body = {key: value for key, value in reply.items() if key != "kind"}
    return Message("system", reply["kind"], body, client_id=client_id)
