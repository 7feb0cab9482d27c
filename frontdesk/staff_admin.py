"""The administrator's commands: ``python -m frontdesk person …`` and ``python -m frontdesk audit verify``.

Whoever can run them can read the database anyway. What they change is written to the audit as done here.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from frontdesk.admin import NO_RECORDS, ROLE, WHO
from frontdesk.console import anchors
from frontdesk.console.links import invitation_link
from frontdesk.console.rights import Role
from frontdesk.messages import clean
from frontdesk.settings import Settings
from records import LastManager, NameTaken, Person, Records

COMMANDS = ("person", "audit")
LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.@_-]{1,63}")
KNOWN = re.compile(r"(\d+):([0-9a-f]{64})")


def work(arguments: Sequence[str]) -> int:
    """Run one command; 1 when it cannot be done, or the audit is damaged."""
    given = _parser().parse_args(arguments)
    settings = Settings()
    records = Records(settings.database_url)
    try:
        records.is_ready()
        if given.command == "audit":
            return _verify(records, settings.anchors_file, given.known)
        if given.what == "list":
            return _list(records)
        return _Desk(records, settings.link_base).change(given)
    except SQLAlchemyError as error:
        print(f"The records cannot be read ({type(error).__name__}): {NO_RECORDS}")
        return 1
    finally:
        records.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m frontdesk", description="Administer the staff console.")
    commands = parser.add_subparsers(dest="command", required=True)
    person = commands.add_parser("person", help="who may use the console").add_subparsers(dest="what", required=True)
    person.add_parser("list", help="list everybody")
    add = person.add_parser("add", help="add a person and print their one-time link")
    add.add_argument("login", help="the name they sign in with")
    add.add_argument("name", help="their name, as visitors may read it")
    role = person.add_parser("role", help="give a person other roles")
    reset = person.add_parser("reset", help="void password and authenticator, and print a one-time link for new ones")
    disable = person.add_parser("disable", help="let a person sign in no more, and sign them out")
    for one in (role, reset, disable):
        one.add_argument("login", help="the name they sign in with")
    for one in (add, role):
        one.add_argument("roles", nargs="+", choices=[str(role) for role in Role], help="one or more")
    audit = commands.add_parser("audit", help="who read and did what").add_subparsers(dest="what", required=True)
    verify = audit.add_parser("verify", help="check that no row was changed, moved or taken out")
    verify.add_argument("--known", metavar="NUMBER:HASH", help="the last row as an earlier check printed it")
    return parser


def _verify(records: Records, path: Path, known: str | None) -> int:
    match = KNOWN.fullmatch(known) if known else None
    if known and not match:
        print("--known is no number and hash. Give it as an earlier check printed it, such as 120:9f3c…")
        return 1
    try:
        noted = anchors.read(path)
    except anchors.AnchorError as error:
        print(error)
        return 1
    verdict = records.verify_audit(*noted, *([(int(match[1]), match[2])] if match else []))
    if verdict.damaged is not None:
        print(
            f"The audit is DAMAGED: row {verdict.damaged}: {verdict.why}. The rows before it are as they were written."
        )
        return 1
    print(f"{len(noted)} earlier ends are noted in {path}, and all are where they were.")
    print(f"The audit is whole: {verdict.rows} rows. Keep this somewhere else, and give it to the next check:")
    print(f"--known {verdict.rows}:{verdict.head}")
    return 0


def _list(records: Records) -> int:
    everybody = records.people()
    for person in everybody:
        state = "disabled" if person.disabled_at else "active" if person.totp_since else "invited"
        print(f"{person.login}  {state}  {', '.join(person.roles)}  {person.name}")
    if not everybody:
        print("Nobody yet. 'make run' prints the first manager's link.")
    return 0


class _Desk:
    def __init__(self, records: Records, link_base: str) -> None:
        self._records, self._link_base = records, link_base

    def change(self, given: argparse.Namespace) -> int:
        """Do what changes a person, and say what has changed."""
        if given.what == "add":
            return self._add(given.login, clean(given.name), given.roles)
        person = self._records.person_by_login(given.login)
        if person is None:
            print(f"Nobody signs in as '{given.login}'. 'python -m frontdesk person list' lists everybody.")
            return 1
        self._records.write_audit(WHO, ROLE, f"{given.what}-person", reason=person.login)
        try:
            return self._do(given.what, person, given)
        except LastManager as error:
            self._records.write_audit(WHO, ROLE, f"{given.what}-person-refused", reason=person.login)
            print(error.__doc__)
            return 1

    def _add(self, login: str, name: str, roles: list[str]) -> int:
        if not LOGIN.fullmatch(login) or not 0 < len(name) <= 80:
            print("The sign-in name is 2 to 64 letters, digits and . @ _ -, and the name 1 to 80 characters.")
            return 1
        self._records.write_audit(WHO, ROLE, "add-person", reason=f"{login} as {', '.join(roles)}")
        try:
            person = self._records.add_person(login, name, roles)
        except NameTaken as error:
            self._records.write_audit(WHO, ROLE, "add-person-refused", reason=login)
            print(error.__doc__)
            return 1
        return self._invite(person)

    def _do(self, what: str, person: Person, given: argparse.Namespace) -> int:
        if what == "reset":
            self._records.reset_person(person.id)
            return self._invite(person)
        if what == "disable":
            self._records.disable(person.id)
            print(f"{person.name} can sign in no more, and is signed out everywhere.")
            return 0
        self._records.set_roles(person.id, given.roles)
        print(f"{person.name} is now: {', '.join(given.roles)}.")
        return 0

    def _invite(self, person: Person) -> int:
        print(f"Give this link to {person.name} and nobody else. It works once, within 48 hours:")
        print(invitation_link(self._records, self._link_base, person))
        return 0
