"""The commands for requests about data: export, erase, hold, release, retain, and what became of them.

What they do is written to the audit as done here. Looking at receipts and at numbers is not: no words are there.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from content.clinic import load_clinic
from frontdesk.admin import NO_RECORDS, ROLE, WHO
from frontdesk.engine import Engine
from frontdesk.exports import FORMATS, as_file
from frontdesk.messages import clean
from frontdesk.settings import Settings
from records import ConversationNotFound, NotHeld, Records

COMMANDS = ("export", "erase", "receipt", "hold", "release", "retain", "retained")
REASON_LIMIT = 200
NO_REASON = f"--reason is empty, or longer than {REASON_LIMIT} characters. Say in a few words why: it is kept."
NOT_THERE = "There is no conversation '{}'. It may have been erased; 'python -m frontdesk receipt' knows receipts."
HELD = (
    "The conversation is NOT erased: it is kept for legal reasons. Its visitor can open it no more, and it will be "
    "erased when 'python -m frontdesk release' ends that. Receipt: {}"
)


def work(arguments: Sequence[str]) -> int:
    """Run one command; 1 when it cannot be done.

    Raises:
        content.clinic.ClinicError: ``clinic.yml`` needs mending.
        records.KeyProblem: A key is missing or another one.
        records.SealBroken: Something is not as it was written.
    """
    given = _parser().parse_args(arguments)
    if (reason := getattr(given, "reason", None)) is not None:
        given.reason = clean(reason)
        if not 0 < len(given.reason) <= REASON_LIMIT:
            print(NO_REASON)
            return 1
    settings = Settings()
    records = Records(settings.database_url)
    try:
        records.is_ready()
        return _Desk(records, settings).do(given)
    except SQLAlchemyError as error:
        print(f"The records cannot be read or written ({type(error).__name__}): {NO_RECORDS}")
        return 1
    except ConversationNotFound as error:
        print(NOT_THERE.format(error))
        return 1
    finally:
        records.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m frontdesk", description="Answer requests about data.")
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="write conversations to a file; redacted, unless asked otherwise")
    export.add_argument("conversation", nargs="+", help="the conversation's id")
    export.add_argument("--format", choices=FORMATS, default="json", help="json unless said otherwise")
    export.add_argument("--to", required=True, metavar="FILE", help="a new file, which only you will be able to read")
    scope = export.add_mutually_exclusive_group()
    scope.add_argument("--original", action="store_true", help="the words that were written; needs --reason")
    scope.add_argument("--access", action="store_true", help="everything held, for the visitor; needs --reason")
    export.add_argument("--reason", metavar="TEXT", help="why; kept in the audit while the conversation is kept")
    erase = commands.add_parser("erase", help="erase a conversation, and print a receipt")
    erase.add_argument("conversation", help="the conversation's id")
    erase.add_argument(
        "--reason", required=True, metavar="TEXT", help="kept in the audit for good: do not name or quote the visitor"
    )
    receipt = commands.add_parser("receipt", help="say what became of an erasure")
    receipt.add_argument("receipt", help="as it was given to the visitor or printed by 'erase'")
    hold = commands.add_parser("hold", help="keep a conversation for legal reasons, whoever asks to erase it")
    release = commands.add_parser("release", help="end that; if its erasure was asked for meanwhile, erase it")
    for one in (hold, release):
        one.add_argument("conversation", help="the conversation's id")
        one.add_argument("--reason", required=True, metavar="TEXT", help="why; sealed with the conversation")
    retain = commands.add_parser("retain", help="delete what is older than clinic.yml says")
    retain.add_argument("--dry-run", action="store_true", help="only say how many that would be")
    commands.add_parser("retained", help="list what was deleted so, and when")
    return parser


class _Desk:
    def __init__(self, records: Records, settings: Settings) -> None:
        self._records, self._settings = records, settings

    def do(self, given: argparse.Namespace) -> int:
        """Run the command that was given."""
        command: str = given.command
        found: int = getattr(self, command)(given)
        return found

    def export(self, given: argparse.Namespace) -> int:
        """Write conversations to a file that nobody else can read."""
        scope = "original" if given.original else "access" if given.access else "redacted"
        if scope != "redacted" and given.reason is None:
            print("--original and --access need a --reason, which is kept in the audit.")
            return 1
        ids = list(dict.fromkeys(given.conversation))
        if scope == "access" and len(ids) > 1:
            print("--access is for one conversation: a visitor may see their own and nobody else's.")
            return 1
        for conversation in ids:
            self._records.held(conversation)  # nothing is in the audit that does not exist
        action = "export" if scope == "redacted" else f"export-{scope}"
        self._records.write_audits(WHO, ROLE, action, ids, given.reason)
        exported = [self._records.exported(conversation, scope) for conversation in ids]
        content = as_file(exported, scope, given.format, load_clinic().name, dt.datetime.now(dt.UTC))
        try:
            with os.fdopen(os.open(given.to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
        except FileExistsError:
            print(f"{given.to} is there already and was left as it is. Choose another name.")
            return 1
        except OSError as error:
            print(f"{given.to} cannot be written: {error.strerror}. Choose another place.")
            return 1
        print(f"{len(ids)} conversation{'' if len(ids) == 1 else 's'} in {given.to} ({scope}). Delete it after use.")
        return 0

    def erase(self, given: argparse.Namespace) -> int:
        """Erase a conversation as its visitor can."""
        self._records.held(given.conversation)
        self._records.write_audit(WHO, ROLE, "erase", given.conversation)
        erasure = self._records.erase(given.conversation, "staff")
        # Without the conversation: a reason about one is sealed, and could be read no more.
        self._records.write_audit(WHO, ROLE, "erase-receipt", reason=f"{erasure.receipt}: {given.reason}")
        asyncio.run(self._forget(given.conversation))
        if erasure.held:
            print(HELD.format(erasure.receipt))
            return 1
        print(f"The conversation is erased. Receipt: {erasure.receipt}")
        if erasure.kept:
            print("That somebody may need help is kept, without any words, until a clinician has seen it.")
        return 0

    def receipt(self, given: argparse.Namespace) -> int:
        """Say what became of an erasure."""
        found = self._records.receipt(given.receipt)
        if found is None:
            print("There is no such receipt. Compare it letter by letter with what was given.")
            return 1
        print(f"Asked for by {found.by} at {_said(found.asked_at)}: a conversation of {found.messages} messages.")
        if found.erased_at:
            print(f"Erased at {_said(found.erased_at)}.")
        else:
            print("NOT erased yet: it is kept for legal reasons, closed to its visitor, and erased when that ends.")
        return 0

    def hold(self, given: argparse.Namespace) -> int:
        """Keep a conversation for legal reasons."""
        self._records.held(given.conversation)
        self._records.write_audit(WHO, ROLE, "hold", given.conversation, given.reason)
        if self._records.hold(given.conversation, WHO, given.reason):
            print("The conversation is kept until it is released.")
        else:
            print("It was kept already; the first reason stays.")
        return 0

    def release(self, given: argparse.Namespace) -> int:
        """End a hold."""
        self._records.held(given.conversation)
        self._records.write_audit(WHO, ROLE, "release", given.conversation, given.reason)
        try:
            erasure = self._records.release(given.conversation)
        except NotHeld:
            print("Nothing was done: the conversation is not kept for legal reasons.")
            return 1
        if erasure is None:
            print("The conversation is no longer kept for legal reasons. Retention counts from its last word.")
        else:
            print(f"The conversation is erased, as was asked for meanwhile. Receipt: {erasure.receipt}")
        return 0

    def retain(self, given: argparse.Namespace) -> int:
        """Delete what is old."""
        keep = load_clinic().retention.times
        if given.dry_run:
            print(f"It would delete: {_counted(self._records.to_retain(keep))}. Nothing was deleted.")
            return 0
        self._records.write_audit(WHO, ROLE, "retain")
        print(f"Deleted: {_counted(self._records.retain(keep, WHO).counts)}.")
        return 0

    def retained(self, _: argparse.Namespace) -> int:
        """List what was deleted when it was old."""
        runs = self._records.retained()
        for run in runs:
            print(f"{_said(run.at)}  by {run.by}: {_counted(run.counts)}")
        if not runs:
            print("Nothing was looked through yet.")
        return 0

    async def _forget(self, conversation: str) -> None:
        engine = Engine(self._settings.rasa_urls, self._settings.rasa_token)
        try:
            await engine.forget(conversation)
        finally:
            await engine.close()


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items())


def _said(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
