"""The first manager begins by a link that is printed at the start; everybody else by a link from a manager."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from frontdesk.console.links import first_manager_link
from frontdesk.staff_admin import work
from records import InvitationGone, Records
from records.migrate import upgrade
from tests.chat.alone import frontdesk_alone
from tests.console.parts import PASSWORD, Browser, Desk, Staff, join, text_of
from tools import run
from tools.house import House, Ports


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A frontdesk that nobody has ever signed in to."""
    var = tmp_path_factory.mktemp("new")
    with frontdesk_alone(var, FRONTDESK_RATE_LIMITS="off") as house:
        records = Records(f"sqlite:///{var / 'records.db'}")
        desk = Desk(house, records)
        yield desk
        desk.close_browsers()
        records.dispose()


@pytest.fixture(autouse=True)
def nobody(new: Desk) -> None:
    for table in ("sessions", "invitations", "recovery_codes", "staff"):
        new.sql(f"DELETE FROM {table}")


def link(desk: Desk) -> str:
    found = first_manager_link(desk.records, desk.house.api)
    assert found
    return found


def path_of(found: str) -> str:
    return httpx.URL(found).path.removeprefix("/console")


def test_the_link_makes_a_manager_once(new: Desk) -> None:
    found, boss = link(new), Staff(new)
    join(boss, found, login="Pat", name="Pat Example")
    assert boss.get("/people").status_code == 200
    (person,) = new.records.people()
    assert (person.login, person.name, person.roles) == ("pat", "Pat Example", ("manager",))
    assert first_manager_link(new.records, new.house.api) is None
    again = Browser(new).get(path_of(found))
    assert (again.status_code, "no longer works" in again.text) == (404, True)
    assert Browser(new).post(path_of(found), password=PASSWORD, again=PASSWORD, login="x2", name="X").status_code == 404


def test_make_run_prints_it_while_there_is_no_manager(new: Desk) -> None:
    house = House(new.house.model, new.house.var, Ports.free())
    printed = run._first_manager(house)
    assert printed and printed.startswith(f"{house.api}/console/join/")
    join(Staff(new), f"{new.house.api}{httpx.URL(printed).path}", login="pat", name="Pat")
    assert run._first_manager(house) is None


def test_a_new_link_voids_the_earlier_one(new: Desk) -> None:
    first, second = link(new), link(new)
    assert Browser(new).get(path_of(first)).status_code == 404
    assert Browser(new).get(path_of(second)).status_code == 200


def test_looking_at_the_link_uses_nothing_up(new: Desk) -> None:
    found = link(new)
    for _ in range(3):
        assert Browser(new).get(path_of(found)).status_code == 200
    join(Staff(new), found, login="pat", name="Pat")


def test_the_link_expires(new: Desk) -> None:
    found = link(new)
    (expires,) = new.sql("SELECT expires_at FROM invitations")
    left = dt.datetime.fromisoformat(expires[0]).replace(tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(hours=23) < left <= dt.timedelta(hours=24)
    new.sql("UPDATE invitations SET expires_at = '2026-01-01 00:00:00.000000'")
    assert Browser(new).get(path_of(found)).status_code == 404


def test_two_at_the_same_moment_make_one_manager(new: Desk, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    upgrade(url)
    records = Records(url)
    token = records.invite_first_manager(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    assert token
    barrier = threading.Barrier(4)

    def accept(number: int) -> bool:
        barrier.wait()
        try:
            records.accept_invitation(token, "hash", f"login-{number}", f"Name {number}")
        except InvitationGone:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(accept, range(4))) == [False, False, False, True]
    assert len(records.people()) == 1
    records.dispose()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"login": "", "name": "Pat"}, ""),
        ({"login": "pat", "name": " \u200b "}, ""),
        ({"login": "<b>", "name": "Pat"}, ""),
        ({"login": "pat", "name": "ＶＩＳＩＴＯＲ "}, "no names for a person"),
        ({"login": "pat", "name": "Pat", "again": "something else"}, "not the same"),
        ({"login": "pat", "name": "Pat", "password": "short", "again": "short"}, "too short"),
    ],
)
def test_what_is_not_filled_in_well_keeps_the_link(new: Desk, fields: dict[str, str], says: str) -> None:
    found = link(new)
    answer = Browser(new).post(path_of(found), **{"password": PASSWORD, "again": PASSWORD, **fields})
    assert (answer.status_code, says in text_of(answer)) == (422, True)
    assert new.records.people() == []
    assert Browser(new).get(path_of(found)).status_code == 200


def test_the_link_is_in_no_log_and_its_token_nowhere_in_the_clear(new: Desk) -> None:
    found = link(new)
    Browser(new).get(path_of(found))
    token = found.rpartition("/")[2]
    assert token not in new.log
    assert token.encode() not in (new.house.var / "records.db").read_bytes()


@dataclass
class Done:
    """What a command came to."""

    code: int
    printed: str


Command = Callable[..., Done]


@pytest.fixture
def command(new: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs one of the administrator's commands."""
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", new.records.url)
    monkeypatch.setenv("FRONTDESK_PUBLIC_URL", new.house.api)

    def run(*words: str) -> Done:
        capsys.readouterr()
        code = work(words)
        printed, wrong = capsys.readouterr()
        assert wrong == ""
        return Done(code, printed)

    return run


def printed_link(done: Done) -> str:
    found = re.search(r"http://\S+/console/join/\S+", done.printed)
    assert found, done.printed
    return found[0]


def test_the_administrator_adds_lists_resets_disables_and_changes_roles(new: Desk, command: Command) -> None:
    staff = Staff(new, login="kim", name="Kim Example")
    join(staff, printed_link(command("person", "add", "kim", "Kim Example", "manager", "clinician")))
    assert "kim  active  manager, clinician  Kim Example" in command("person", "list").printed

    last = command("person", "role", "kim", "viewer")
    assert (last.code, "Nobody else can manage people" in last.printed) == (1, True)
    last = command("person", "disable", "kim")
    assert (last.code, "Nobody else can manage people" in last.printed) == (1, True)

    other = Staff(new, login="lee", name="Lee")
    join(other, printed_link(command("person", "add", "lee", "Lee", "manager")))
    assert command("person", "role", "kim", "viewer").code == 0
    assert (staff.get("/people").status_code, staff.get("/inbox").status_code) == (403, 200)

    again = printed_link(command("person", "reset", "kim"))
    assert staff.get("/inbox").headers["location"] == "/console/sign-in"
    assert Browser(new).post("/sign-in", login="kim", password=PASSWORD).status_code == 400
    join(staff, again)
    assert command("person", "disable", "kim").code == 0
    assert staff.get("/inbox").headers["location"] == "/console/sign-in"
    assert "kim  disabled" in command("person", "list").printed
    done = [row.action for row in reversed(new.records.audit_rows()) if row.who == "command line"]
    assert done[-9:] == [
        "add-person", "role-person", "role-person-refused", "disable-person", "disable-person-refused",
        "add-person", "role-person", "reset-person", "disable-person",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("person", "role", "nobody", "viewer"), "Nobody signs in as 'nobody'"),
        (("person", "add", "a b", "A B", "viewer"), "2 to 64 letters"),
        (("person", "add", "ab", " ", "viewer"), "2 to 64 letters"),
        (("audit", "verify", "--known", "x"), "--known is no number and hash"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(command: Command, words: tuple[str, ...], says: str) -> None:
    done = command(*words)
    assert (done.code, says in done.printed) == (1, True)


def test_a_taken_name_is_refused(new: Desk, command: Command) -> None:
    assert command("person", "add", "kim", "Kim", "viewer").code == 0
    for login, name in (("KIM", "Other"), ("other", "Kim"), ("other", "Visitor!"), ("system", "Lee")):
        taken = command("person", "add", login, name, "viewer")
        assert (taken.code, "Choose another one" in taken.printed) == (1, True)
    assert len(new.records.people()) == 1
