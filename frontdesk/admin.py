"""How clinic staff work with cases on the machine itself: ``python -m frontdesk cases``.

What is printed here is what visitors wrote: it is for the clinicians' eyes, on a machine of the clinic's. So it is
written to the audit first, and refused when that fails.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from content.clinic import load_clinic
from content.texts import Texts
from escalation.titles import case_title
from frontdesk.messages import clean
from frontdesk.settings import Settings
from records import ERASED, Case, ConversationNotFound, Message, NameReserved, Records, WrongOwner, is_nobodys

WHO, ROLE = "command line", "administrator"  # of what is done here, in the audit
NO_RECORDS = "start the assistant once, or set FRONTDESK_DATABASE_URL to where its records are."
NOT_TAKEN_OVER = "Nobody has taken this conversation over. Begin with 'python -m frontdesk take-over'."
NOT_YOURS = {
    "clinician": "Somebody else has taken this conversation over. Use the same --by as in 'take-over'.",
    "closed": "This conversation is closed. It opens again when the visitor writes.",
}
DETAILS = ("name", "phone", "email", "best_time")


def work(arguments: Sequence[str]) -> int:
    """Run one command; 1 when what it is about does not exist, or the database cannot be read.

    Raises:
        content.clinic.ClinicError: ``clinic.yml`` needs mending.
    """
    given = _parser().parse_args(arguments)
    records = Records(Settings().database_url)
    try:
        records.is_ready()  # an empty database must not look like one without cases
        desk = _Desk(records)
        if given.command == "cases":
            return desk.cases()
        if given.command == "case":
            return desk.case(given.id)
        return desk.act(given)
    except SQLAlchemyError as error:
        print(f"The records cannot be read or written ({type(error).__name__}): {NO_RECORDS}")
        return 1
    finally:
        records.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m frontdesk",
        description="Work with the clinic's open cases.",
        epilog="For administrators, each with --help: person, audit, export, erase, receipt, hold, release, retain, "
        "retained, backup, restore, new-key, rotate-keys, redact. Without a command the service starts.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("cases", help="list the open cases, the most urgent first")
    case = commands.add_parser("case", help="show a case: why, how to reach the visitor, and what was said")
    case.add_argument("id", help="the case's id, from the list or from a page")
    acts = {
        "lower-flag": ("let the assistant give ordinary answers again after a crisis", "reason", "why; it is kept"),
        "take-over": ("write to the visitor yourself; the assistant says nothing meanwhile", None, ""),
        "say": ("write to the visitor of a conversation that you have taken over", "text", "what the visitor reads"),
        "hand-back": ("let the assistant answer again", None, ""),
        "close": ("end a conversation that you have taken over, and its cases", "outcome", "what came of it; kept"),
    }
    for name, (help_, needed, means) in acts.items():
        act = commands.add_parser(name, help=help_)
        act.add_argument("conversation", help="the conversation's id, as 'case' shows it")
        act.add_argument("--by", required=True, metavar="NAME", help="your name, as the visitor may read it")
        if needed:
            act.add_argument(f"--{needed}", required=True, metavar="TEXT", help=means)
    return parser


class _Desk:
    def __init__(self, records: Records) -> None:
        self._records, self._texts = records, Texts(load_clinic())

    def cases(self) -> int:
        """List the open cases."""
        opened = self._records.open_cases()
        for case in opened:
            seen = f"acknowledged by {case.acknowledged_by}" if case.acknowledged_at else "NOT ACKNOWLEDGED"
            gone = "  erased by the visitor" if self._owner(case.conversation) == ERASED else ""
            title = case_title(case.category, case.form)
            print(f"{case.id}  {case.urgency}  {self._when(case.opened_at)}  {seen}{gone}  {title}")
        if not opened:
            print("No open cases.")
        return 0

    def case(self, wanted: str) -> int:
        """Show everything about the conversation of one case."""
        case = next((case for case in self._records.open_cases() if case.id == wanted), None)
        if case is None:
            print(f"There is no open case '{wanted}'. 'python -m frontdesk cases' lists them.")
            return 1
        conversation = case.conversation
        self._records.write_audit(WHO, ROLE, "read-original", conversation)
        flag = self._records.raised(conversation)
        if self._owner(conversation) == ERASED:
            print("The visitor has erased what was said. Only that somebody may need help is kept.")
            for one in self._records.cases_of(conversation):
                self._about(one)
            return 0
        print(f"Conversation {conversation}, with: {self._owner(conversation)}")
        if flag:
            print(f"Crisis flag is up: {case_title(flag)}")
        for one in self._records.cases_of(conversation):
            self._about(one)
        self._contact(conversation)
        print("\nWhat was said:")
        for message in self._records.messages_after(conversation, 0):
            self._said(message)
        return 0

    def act(self, given: argparse.Namespace) -> int:
        """Do what changes a conversation, and say what has changed."""
        words = {name: clean(str(value)) for name, value in vars(given).items()}
        if empty := [name for name, value in words.items() if not value]:
            print(f"--{empty[0]} is empty. Say it: it is kept.")
            return 1
        conversation, by = words["conversation"], words["by"]
        if is_nobodys(by):
            print(f"{NameReserved.__doc__} Nothing was done.")
            return 1
        audited = False
        try:
            self._records.held(conversation)  # nothing is in the audit that does not exist
            self._records.write_audit(by, WHO, given.command, conversation, words.get("reason"))
            audited = True
            print(self._act(given.command, conversation, by, words))
        except ConversationNotFound:
            if audited:  # nothing but its pages is left of it
                self._records.write_audit(by, WHO, f"{given.command}-refused", conversation)
            print(f"There is no conversation '{conversation}'. 'python -m frontdesk case <id>' shows its id.")
            return 1
        except WrongOwner as error:
            self._records.write_audit(by, WHO, f"{given.command}-refused", conversation)
            print(NOT_YOURS.get(error.owner, NOT_TAKEN_OVER))
            return 1
        return 0

    def _act(self, command: str, conversation: str, by: str, words: dict[str, str]) -> str:
        if command == "take-over":
            self._records.take_over(conversation, by)
            return "The conversation is yours. The assistant says nothing until you give it back."
        if command == "say":
            said = Message("clinician", "clinician", {"text": words["text"], "author_name": by})
            self._records.say(conversation, said, by)
            return "Said. The visitor sees it within 15 seconds."
        if command == "hand-back":
            self._records.hand_back(conversation, by)
            return "The assistant answers again."
        if command == "close":
            self._records.close(conversation, by, words["outcome"])
            return "The conversation is closed, and so are its cases."
        flag = self._records.raised(conversation)
        self._records.lower_flag(conversation, by, words["reason"])
        return "The flag is lowered." if flag else "No flag was up; nothing has changed."

    def _owner(self, conversation: str) -> str:
        try:
            return self._records.owner(conversation)
        except ConversationNotFound:  # a moment ago
            return ERASED

    def _about(self, case: Case) -> None:
        print(f"\nCase {case.id}: {case.urgency}, {case_title(case.category, case.form)}")
        print(f"  told: {', '.join(case.teams) or 'nobody'}")
        print(f"  reply shown: {case.category}/{case.form or 'usual'}/{case.urgency}")
        print(f"  opened {self._when(case.opened_at)} because of message {case.seq}")
        if case.target_at:
            print(f"  a person should look at it by {self._when(case.target_at)}")
        if case.acknowledged_at:
            print(f"  acknowledged {self._when(case.acknowledged_at)} by {case.acknowledged_by}")
        if case.closed_at:
            print(f"  closed {self._when(case.closed_at)}")
        if case.summary:
            print("  guide:\n" + _indented(json.dumps(case.summary, indent=2, ensure_ascii=False), "    "))

    def _contact(self, conversation: str) -> None:
        contact = self._records.contact_of(conversation)
        if contact is None:
            return print("\nThe visitor left no way to reach them.")
        print("\nThe visitor may be reached:")
        for field in DETAILS:
            if value := getattr(contact, field):
                print(f"  {field.replace('_', ' ')}: {_plain(value)}")

    def _said(self, message: Message) -> None:
        author = message.body.get("author_name") or message.author
        print(f"\n[{message.seq}] {_plain(str(author))}, {self._when(message.sent_at)}")
        if message.body.get("guide") is True:  # it stays the visitor's own until they send it
            return print("    (in the guide, not sent to the clinic)")
        print(_indented(str(message.body.get("text", ""))))

    def _when(self, at: dt.datetime) -> str:
        return self._texts.moment(at, dt.datetime.now(dt.UTC))


def _indented(text: str, by: str = "    ") -> str:
    return "\n".join(by + _plain(line) for line in text.splitlines())


def _plain(text: str) -> str:
    """Drop what would steer a terminal."""
    return "".join(character for character in text if character.isprintable())
