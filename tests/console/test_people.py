"""A manager adds people, gives them roles, resets and disables them, and never locks the clinic out."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from records import LastManager, Records
from records.migrate import upgrade
from tests.console.parts import PASSWORD, Browser, Desk, Staff, join, somebody, text_of

LINK = re.compile(r"http://\S+?/console/join/[\w-]+")


def test_a_person_who_is_added_joins_by_the_link_that_is_shown_once(desk: Desk, manager: Staff) -> None:
    login = f"new-{manager.login}"
    shown = manager.post("/people", login=login, name=f"New {login}", roles=["reviewer", "auditor"])
    found = LINK.search(shown.text)
    assert found, shown.text
    assert "Invited" in text_of(manager.get("/people"))
    new = Staff(desk, login=login)
    join(new, found[0])
    assert (new.get("/inbox").status_code, new.get("/audit").status_code) == (200, 200)
    assert found[0] not in manager.get("/people").text


def test_a_reset_voids_everything_and_begins_anew(desk: Desk, manager: Staff, clinician: Staff) -> None:
    shown = manager.post(f"/people/{clinician.id}/reset")
    assert clinician.get("/inbox").headers["location"] == "/console/sign-in"
    assert Browser(desk).post("/sign-in", login=clinician.login, password=PASSWORD).status_code == 400
    old, found = clinician.secret, LINK.search(shown.text)
    assert found
    join(clinician, found[0])
    assert clinician.secret != old
    assert clinician.get("/inbox").status_code == 200


def test_who_is_disabled_is_let_in_again(desk: Desk, manager: Staff, clinician: Staff) -> None:
    manager.post(f"/people/{clinician.id}/disable")
    assert "Disabled" in text_of(manager.get(f"/people/{clinician.id}"))
    assert Browser(desk).post("/sign-in", login=clinician.login, password=PASSWORD).status_code == 400
    manager.post(f"/people/{clinician.id}/enable")
    clinician.sign_in(Browser(desk))


def test_an_invitation_to_whom_was_disabled_is_void(desk: Desk, manager: Staff) -> None:
    shown = manager.post("/people", login=f"gone-{manager.login}", name=f"Gone {manager.login}", roles=["viewer"])
    found = LINK.search(shown.text)
    person = desk.records.person_by_login(f"gone-{manager.login}")
    assert found and person
    manager.post(f"/people/{person.id}/disable")
    assert Browser(desk).get(found[0].partition("/console")[2]).status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"login": "ok-name", "name": "Ok", "roles": []}, 422),
        ({"login": "ok-name", "name": "Ok", "roles": ["owner"]}, 422),
        ({"login": "not ok", "name": "Ok", "roles": ["viewer"]}, 422),
        ({"login": "ok-name", "name": " ", "roles": ["viewer"]}, 422),
    ],
)
def test_what_is_not_filled_in_well_adds_nobody(
    desk: Desk, manager: Staff, fields: dict[str, object], status: int
) -> None:
    assert manager.post("/people", **fields).status_code == status
    assert desk.records.person_by_login("ok-name") is None


def test_a_taken_name_is_said_to_be_taken(desk: Desk, manager: Staff) -> None:
    answer = manager.post("/people", login=manager.login, name="Somebody else", roles=["viewer"])
    assert (answer.status_code, "Choose another one" in text_of(answer)) == (422, True)


@pytest.mark.parametrize("name", ["visitor", "Assistant", "SYSTEM", "Bot.", "command  line", "Make learn"])
def test_nobody_is_called_what_no_person_is(desk: Desk, manager: Staff, name: str) -> None:
    answer = manager.post("/people", login=f"x{manager.login}", name=name, roles=["viewer"])
    assert (answer.status_code, "are no names for a person" in text_of(answer)) == (422, True)
    assert desk.records.person_by_login(f"x{manager.login}") is None
    rows = [(row.action, row.reason) for row in desk.records.audit_rows(2) if row.who == manager.name]
    assert rows == [("add-person-refused", f"x{manager.login}"), ("add-person", f"x{manager.login} as viewer")]


def test_what_would_leave_nobody_to_manage_is_refused_and_written_down(desk: Desk, manager: Staff) -> None:
    others = [one for one in desk.records.people() if "manager" in one.roles and one.id != manager.id]
    active = [one for one in others if not one.disabled_at]
    for one in active:
        desk.records.disable(one.id)
    try:
        manager.get(f"/people/{manager.id}")
        assert manager.post(f"/people/{manager.id}/roles", roles=["viewer"]).status_code == 409
        assert manager.post(f"/people/{manager.id}/disable").status_code == 409
    finally:
        for one in active:
            desk.records.enable(one.id)
    assert [row.action for row in desk.records.audit_rows(4) if row.who == manager.name] == [
        "disable-person-refused", "disable-person", "change-roles-refused", "change-roles",
    ]  # fmt: skip


def test_who_joins_is_written_down_before_they_are_let_in(desk: Desk, manager: Staff) -> None:
    login = f"late-{manager.login}"
    found = LINK.search(manager.post("/people", login=login, name=f"Late {login}", roles=["viewer"]).text)
    assert found
    path = found[0].partition("/console")[2]
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        assert Browser(desk).post(path, password=PASSWORD, again=PASSWORD).status_code == 503
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")
    person = desk.records.person_by_login(login)
    assert person and person.password_hash is None
    join(Staff(desk, login=login), found[0])  # the link works still


def test_a_person_who_is_none_is_no_page(desk: Desk, manager: Staff) -> None:
    assert manager.get("/people/0123456789abcdef").status_code == 404
    assert manager.post("/people/0123456789abcdef/disable").status_code == 404


@pytest.fixture
def records(tmp_path: Path) -> Records:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    upgrade(url)
    return Records(url)


def a_manager(records: Records, login: str) -> str:
    person = records.add_person(login, login, ["manager"]).id
    records.set_password(person, "hash")
    return person


def test_the_last_manager_stays(records: Records) -> None:
    one, other = a_manager(records, "one"), a_manager(records, "other")
    records.disable(other)
    for attempt in (lambda: records.disable(one), lambda: records.set_roles(one, ["viewer"])):
        with pytest.raises(LastManager):
            attempt()
    records.enable(other)
    records.set_roles(one, ["viewer"])
    records.dispose()


def test_two_managers_who_disable_each_other_at_the_same_moment(records: Records) -> None:
    for number in range(20):
        both = a_manager(records, f"a{number}"), a_manager(records, f"b{number}")
        for person in records.people():
            if person.id not in both and person.disabled_at is None:
                records.disable(person.id)
        barrier = threading.Barrier(2)

        def disable(person: str, start: threading.Barrier = barrier) -> bool:
            start.wait()
            try:
                records.disable(person)
            except LastManager:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(disable, both)) == [False, True]
    records.dispose()


def test_a_manager_cannot_read_anybodys_secrets(desk: Desk, manager: Staff) -> None:
    other = somebody(desk, "viewer")
    shown = manager.get(f"/people/{other.id}").text
    assert other.secret not in shown and "argon2" not in shown


def test_who_is_no_longer_a_clinician_leaves_nobody_waiting_unseen(
    desk: Desk, manager: Staff, clinician: Staff
) -> None:
    conversation = desk.conversation()
    clinician.post(f"/conversations/{conversation}/take-over")
    assert desk.records.owner(conversation) == "clinician"
    manager.get(f"/people/{clinician.id}")
    assert manager.post(f"/people/{clinician.id}/roles", roles="reviewer").status_code == 303
    assert desk.records.owner(conversation) == "waiting"
