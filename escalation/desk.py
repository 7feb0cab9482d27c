"""Opens cases and says so: what the frontdesk and the custom actions do when a message needs a person.

Both do the same here, and opening is idempotent: whoever of the two comes second changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence

from content.clinic import Clinic
from content.texts import Reply, Texts
from escalation.response_times import due
from records import Cause, Records, WrongOwner
from safety import Finding, Region, Templates, language_of
from safety.templates import CONTACT_FORM

FRONT_DESK = "front_desk"


class EscalationDesk:
    """One clinic's way from a finding to a person. Its methods block.

    Args:
        records: Where cases are kept.
        clinic: Whose hours, phone and teams count.
    """

    def __init__(self, records: Records, clinic: Clinic) -> None:
        self._records, self._clinic = records, clinic
        self._templates = Templates(clinic.name, clinic.phone, clinic.phone_link, Region(clinic.region))
        self._texts = Texts(clinic)

    def causes(self, findings: Sequence[Finding]) -> list[Cause]:
        """Return why a person must look, by when, and who is told."""
        now = dt.datetime.now(dt.UTC)
        return [self._cause(finding.category, finding.urgency, finding.teams, now) for finding in findings]

    def open(self, conversation: str, seq: int, findings: Sequence[Finding]) -> None:
        """Open the cases that ``findings`` ask for, because of message ``seq``.

        Raises:
            records.ConversationNotFound: The conversation was erased meanwhile.
        """
        self._records.escalate(conversation, seq, self.causes(findings))
        if any(finding.category == "m" for finding in findings):
            self._ask_for_a_person(conversation)

    def open_unanswered(self, conversation: str, seq: int) -> None:
        """Open a case because message ``seq`` got no answer: a part of the assistant was down."""
        now = dt.datetime.now(dt.UTC)
        self._records.escalate(conversation, seq, [self._cause("unavailable", "U3", (FRONT_DESK,), now)])

    def reply(self, findings: Sequence[Finding], text: str, locale: str = "") -> Reply:
        """Return the fixed reply to ``findings`` in the language of ``text``."""
        now = dt.datetime.now(dt.UTC)
        target = due(findings[0].urgency, now, self._clinic)
        return self._templates.reply(
            findings,
            language_of(text, locale),
            hours_now=self._texts.hours_now(now),
            target=self._texts.moment(target, now) if target else "",
        )

    def hand_off(self, conversation: str, seq: int, findings: Sequence[Finding] = ()) -> Reply:
        """Put the conversation into the queue for a person, and say truthfully what happens next.

        ``findings`` besides the wish itself add what the policy says beside another category's reply.

        Raises:
            records.ConversationNotFound: The conversation was erased meanwhile.
        """
        cause = self._cause("m", "U3", (FRONT_DESK,), dt.datetime.now(dt.UTC))
        self._records.escalate(conversation, seq, [cause])
        self._ask_for_a_person(conversation)
        reply = self.in_queue(conversation)
        if more := [line for line in map(self._templates.also, findings) if line]:
            reply["text"] = "\n\n".join([reply["text"], *more])
        return reply

    def in_queue(self, conversation: str) -> Reply:
        """Say where in the queue the visitor is, who answers by when, and what to do until then."""
        now = dt.datetime.now(dt.UTC)
        cases = self._records.cases_of(conversation)
        aims = [case.target_at for case in cases if case.category == "m" and case.target_at and not case.closed_at]
        target = max(aims, default=due("U3", now, self._clinic))
        return {**self._texts.handoff(now, self._records.queue_place(conversation), target), "form": CONTACT_FORM}

    def expect_note(self, conversation: str) -> Reply:
        """Take the next words for a message to the team."""
        self._records.expect_note(conversation)
        return {"kind": "handoff", "category": "m", "text": self._texts.text("note_prompt")}

    def note_taken(self, conversation: str) -> Reply:
        """Say that a message for the team was kept, and what happens next."""
        reply = self.in_queue(conversation)
        return {**reply, "text": f"{self._texts.text('note_taken')} {reply['text']}"}

    def cancel_request(self, conversation: str) -> Reply:
        """Take the conversation out of the queue."""
        try:
            self._records.cancel_request(conversation)
        except WrongOwner:  # nobody is waiting: taken over, or cancelled before
            return {"kind": "notice", "text": self._texts.text("no_request")}
        return {"kind": "notice", "text": self._texts.text("request_cancelled")}

    def still_raised(self, category: str, text: str = "", locale: str = "") -> Reply:
        """Return what is said while a crisis flag is up."""
        return self._templates.still_raised(category, language_of(text, locale))

    def under_flag(self, reply: Reply, category: str, text: str = "", locale: str = "") -> Reply:
        """Return ``reply`` as it is shown while a crisis flag is up: with the crisis contacts, and as a crisis.

        A handoff stays one: it leads to a person.
        """
        if reply["kind"] == "crisis":
            return reply
        still = self.still_raised(category, text, locale)
        known = {contact["href"] for contact in reply.get("contacts", [])}
        more = [contact for contact in still["contacts"] if contact["href"] not in known]
        shown = {**reply, "contacts": [*reply.get("contacts", []), *more]}
        if reply["kind"] == "handoff":
            return shown
        return {
            **shown,
            "kind": "crisis",
            "category": reply.get("category") or category,
            "text": f"{reply['text']}\n\n{still['text']}",
        }

    def check_in_no(self, text: str, locale: str = "") -> Reply:
        """Return what is said to a plain no after the check-in."""
        reply = self._templates.say("check_in_no", language_of(text, locale))
        return {"kind": "advice", "category": "a", **reply}

    def not_seen(self, category: str, text: str = "", locale: str = "") -> Reply:
        """Return the notice that nobody at the clinic has confirmed seeing a case that cannot wait."""
        return {"kind": "notice", "category": category, **self._templates.say("not_seen", language_of(text, locale))}

    def seen(self, text: str = "", locale: str = "") -> Reply:
        """Return the notice that a clinician has seen the case: said only after somebody acknowledged a page."""
        return {"kind": "notice", **self._templates.say("seen", language_of(text, locale))}

    def softened(self, reply: Reply) -> Reply:
        """Return an ordinary reply with one soft line that offers help, unless it offers that already."""
        line, lifeline = self._templates.line("soft_line"), self._templates.contacts(("lifeline", "lifeline_text"))
        if any(contact["href"][4:] in reply["text"] for contact in lifeline):
            return reply
        return {**reply, "text": f"{reply['text']}\n\n{line}", "contacts": [*reply.get("contacts", []), *lifeline]}

    def general_lead(self) -> str:
        """The words before a general answer that stands beside a fixed reply."""
        return self._templates.line("general_lead")

    def _ask_for_a_person(self, conversation: str) -> None:
        with contextlib.suppress(WrongOwner):  # waiting already, or a person has it
            self._records.request_person(conversation, "asked for a person")

    def _cause(self, category: str, urgency: str, teams: tuple[str, ...], now: dt.datetime) -> Cause:
        return Cause(category, urgency, teams if urgency != "U4" else (), target_at=due(urgency, now, self._clinic))


def findings_of(understanding: dict[str, object]) -> list[Finding]:
    """Return the findings that the engine left in a message's understanding."""
    found = understanding.get("findings") or []
    assert isinstance(found, list)
    return [Finding(**{**item, "teams": tuple(item["teams"])}) for item in found]
