"""Opens cases and says so: what the frontdesk and the custom actions do when a message needs a person.

Both do the same here, and opening is idempotent: whoever of the two comes second changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from content.clinic import Clinic
from content.texts import Reply, Texts
from escalation.response_times import due
from records import UNAVAILABLE, Case, Cause, Records, WrongOwner
from safety import Finding, Region, Templates, language_of
from safety.region import LANGUAGE
from safety.templates import CONTACT_FORM

FRONT_DESK = "front_desk"
CLINICIANS = "clinicians"
MINOR = "h"


@dataclass(frozen=True)
class Situation:
    """Where a reply is said: in which conversation, to which words, under which raised flag.

    ``words`` tell the language; ``locale`` does where there are none.
    """

    conversation: str
    words: str = ""
    locale: str = ""
    raised: str | None = None

    @property
    def language(self) -> str:
        """The language to reply in."""
        return language_of(self.words, self.locale)


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

    def at(self, location: str | None) -> EscalationDesk:
        """Return the desk of a location, with its name, phone, hours and teams."""
        clinic = self._clinic.at(location)
        there = copy(self)
        there._clinic, there._texts = clinic, self._texts.at(location)
        there._templates = self._templates.naming(clinic.name, clinic.phone, clinic.phone_link)
        return there

    def causes(self, findings: Sequence[Finding]) -> list[Cause]:
        """Return why a person must look, by when, and who is told."""
        return [self._cause(finding) for finding in findings]

    def open(self, conversation: str, seq: int, findings: Sequence[Finding]) -> None:
        """Open the cases that ``findings`` ask for, because of message ``seq``.

        Raises:
            records.ConversationNotFound: The conversation was erased meanwhile.
        """
        self._records.escalate(conversation, seq, self.causes(findings))
        if any(finding.category == "m" for finding in findings):
            with contextlib.suppress(WrongOwner):  # waiting already, or a person has it
                self._records.request_person(conversation, "asked for a person")

    def open_unanswered(self, conversation: str, seq: int) -> None:
        """Open a case because message ``seq`` got no answer: a part of the assistant was down.

        A clinician looks the same day: what only the learnt screen finds was not looked for.
        """
        self._records.escalate(conversation, seq, [self._cause(Finding(UNAVAILABLE, "U2", teams=(CLINICIANS,)))])

    def reply(self, findings: Sequence[Finding], situation: Situation) -> Reply:
        """Return the fixed reply to ``findings``; their cases are open.

        Besides another category's reply, a wish for a person is answered with the place in the queue. While a flag is
        up the reply is a crisis reply, and never the one that says goodbye.
        """
        if findings[0].category == "m":
            return self._handed_off(findings, situation)
        now, language = dt.datetime.now(dt.UTC), situation.language
        target = due(findings[0].urgency, now, self._clinic)
        if situation.raised:
            findings = [replace(one, form=None) if one.form == "third" else one for one in findings]
        reply = self._templates.reply(
            findings,
            language,
            hours_now=self._texts.hours_now(now),
            target=self._texts.moment(target, now) if target else "",
        )
        if any(finding.category == "m" for finding in findings):
            queue = self.in_queue(situation.conversation)
            reply["text"] += f"\n\n{self._texts.queue_line(now, self._place(situation), self._target(situation))}"
            reply["suggestions"] = queue["suggestions"]
        return self._under_flag(reply, situation)

    def hand_off(self, seq: int, situation: Situation) -> Reply:
        """Put the conversation into the queue for a person, and say truthfully what happens next.

        Raises:
            records.ConversationNotFound: The conversation was erased meanwhile.
        """
        wish = [Finding("m", "U3", teams=(FRONT_DESK,))]
        self.open(situation.conversation, seq, wish)
        return self._handed_off(wish, situation)

    def in_queue(self, conversation: str) -> Reply:
        """Say where in the queue the visitor is, who answers by when, and what to do until then."""
        now, situation = dt.datetime.now(dt.UTC), Situation(conversation)
        reply = self._texts.handoff(now, self._place(situation), self._target(situation))
        return {**reply, **({} if self._is_minor(situation) else {"form": CONTACT_FORM})}

    def expect_note(self, seq: int, situation: Situation) -> Reply:
        """Take the next words for a message to the team; who left the queue, or never asked, is put into it."""
        if self._records.queue_place(situation.conversation) is None:
            self.hand_off(seq, situation)
        self._records.expect_note(situation.conversation)
        prompt = {"kind": "handoff", "category": "m", "text": self._texts.text("note_prompt")}
        return self._under_flag(prompt, situation)

    def note_taken(self, situation: Situation) -> Reply:
        """Say that a message for the team was kept, and what happens next."""
        reply = self.in_queue(situation.conversation)
        return self._under_flag({**reply, "text": f"{self._texts.text('note_taken')} {reply['text']}"}, situation)

    def cancel_request(self, situation: Situation) -> Reply:
        """Take the conversation out of the queue."""
        try:
            self._records.cancel_request(situation.conversation)
        except WrongOwner:  # nobody is waiting: taken over, or cancelled before
            return self._under_flag({"kind": "notice", "text": self._texts.text("no_request")}, situation)
        return self._under_flag({"kind": "notice", "text": self._texts.text("request_cancelled")}, situation)

    def still_raised(self, situation: Situation) -> Reply:
        """Return what is said while a crisis flag is up."""
        return self._templates.still_raised(
            situation.raised or "a", situation.language, minor=self._is_minor(situation)
        )

    def check_in_no(self, situation: Situation) -> Reply:
        """Return what is said to a plain no after the check-in."""
        return {"kind": "advice", "category": "a", **self._templates.say("check_in_no", situation.language)}

    def _under_flag(self, reply: Reply, situation: Situation) -> Reply:
        """Return ``reply`` as it is shown while a crisis flag is up: with the crisis contacts, and as a crisis.

        A handoff stays one: it leads to a person.
        """
        if situation.raised is None or reply["kind"] == "crisis":
            return reply
        still = self.still_raised(situation)
        known = {contact["href"] for contact in reply.get("contacts", [])}
        more = [contact for contact in still["contacts"] if contact["href"] not in known]
        shown = {**reply, "contacts": [*reply.get("contacts", []), *more]}
        if reply["kind"] == "handoff":
            return shown
        category = reply.get("category") or situation.raised
        return {**shown, "kind": "crisis", "category": category, "text": f"{reply['text']}\n\n{still['text']}"}

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

    def _handed_off(self, findings: Sequence[Finding], situation: Situation) -> Reply:
        reply = self.in_queue(situation.conversation)
        more = [line for line in (self._templates.also(one, situation.language) for one in findings) if line]
        if situation.language != LANGUAGE:  # what depends on the hours is there in English only
            more = [*more, reply["text"]]
            reply["text"] = self._templates.reply([findings[0]], situation.language)["text"]
        return self._under_flag({**reply, "text": "\n\n".join([reply["text"], *more])}, situation)

    def _place(self, situation: Situation) -> int | None:
        return self._records.queue_place(situation.conversation)

    def _target(self, situation: Situation) -> dt.datetime | None:
        cases = self._open_cases(situation)
        aims = [case.target_at for case in cases if case.category == "m" and case.target_at]
        return max(aims, default=due("U3", dt.datetime.now(dt.UTC), self._clinic))

    def _is_minor(self, situation: Situation) -> bool:
        return any(case.category == MINOR for case in self._open_cases(situation))

    def _open_cases(self, situation: Situation) -> list[Case]:
        return [case for case in self._records.cases_of(situation.conversation) if case.closed_at is None]

    def _cause(self, finding: Finding) -> Cause:
        teams = finding.teams if finding.urgency != "U4" else ()
        target = due(finding.urgency, dt.datetime.now(dt.UTC), self._clinic)
        return Cause(finding.category, finding.urgency, teams, target_at=target, form=finding.form)


def findings_of(understanding: dict[str, object]) -> list[Finding]:
    """Return the findings that the engine left in a message's understanding."""
    found = understanding.get("findings") or []
    assert isinstance(found, list)
    return [Finding(**{**item, "teams": tuple(item["teams"])}) for item in found]
