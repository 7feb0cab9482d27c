"""Another page cannot make a signed-in browser do anything."""

from __future__ import annotations

import pytest

from frontdesk.console.rights import ROUTES, Right
from tests.console.parts import PASSWORD, Browser, Desk, Staff, text_of

POSTS = sorted(path for (method, path), right in ROUTES.items() if method == "POST" and right is not Right.OPEN)


@pytest.mark.parametrize("token", ["", "0" * 64, "é" * 64])
def test_a_form_without_its_token_does_nothing(desk: Desk, clinician: Staff, token: str) -> None:
    conversation = desk.conversation()
    answer = clinician.post(f"/conversations/{conversation}/take-over", csrf=token)
    assert (answer.status_code, "too old" in text_of(answer)) == (403, True)
    assert desk.records.owner(conversation) == "bot"


@pytest.mark.parametrize("path", POSTS)
def test_every_form_needs_the_token(desk: Desk, path: str) -> None:
    if path in ("/code", "/recover", "/enrol"):
        return  # another stage; below
    staff = _everything(desk)
    there = path.format(conversation=desk.conversation(), person=staff.id, area="safety", name="bladder")
    assert staff.post(there, csrf="0" * 64).status_code == 403
    assert "too old" in text_of(staff.post(there, csrf="0" * 64))


def _everything(desk: Desk) -> Staff:
    from tests.console.parts import somebody

    return somebody(desk, "manager", "clinician", "reviewer", "auditor")


@pytest.mark.parametrize("path", ["/code", "/recover"])
def test_the_second_step_needs_it_too(desk: Desk, clinician: Staff, path: str) -> None:
    browser = Browser(desk)
    browser.follow(browser.post("/sign-in", login=clinician.login, password=PASSWORD))
    assert browser.post(path, csrf="0" * 64, code=clinician.code()).status_code == 403


def test_another_sessions_token_is_none(desk: Desk, clinician: Staff, manager: Staff) -> None:
    conversation = desk.conversation()
    assert clinician.post(f"/conversations/{conversation}/take-over", csrf=manager.csrf).status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "https://clinic.example", "", None],
)
def test_a_form_from_elsewhere_does_nothing(desk: Desk, clinician: Staff, origin: str | None) -> None:
    conversation = desk.conversation()
    headers = {} if origin is None else {"Origin": origin}
    path = f"/console/conversations/{conversation}/take-over"
    answer = clinician.http.post(path, data={"csrf": clinician.csrf}, headers=headers)
    assert (answer.status_code, "did not come from the console" in text_of(answer)) == (403, True)
    assert desk.records.owner(conversation) == "bot"


def test_a_sign_in_from_elsewhere_is_refused(desk: Desk, clinician: Staff) -> None:
    answer = Browser(desk).post("/sign-in", origin="https://evil.example", login=clinician.login, password=PASSWORD)
    assert answer.status_code == 403


def test_a_browser_that_says_where_it_comes_from_in_another_way_is_believed(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    path = f"/console/conversations/{conversation}/take-over"
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 303)):
        headers = {"Sec-Fetch-Site": site}
        assert clinician.http.post(path, data={"csrf": clinician.csrf}, headers=headers).status_code == status


def test_json_is_no_form(desk: Desk, clinician: Staff) -> None:
    answer = clinician.http.post(
        f"/console/conversations/{desk.conversation()}/take-over",
        json={"csrf": clinician.csrf}, headers={"Origin": desk.house.api},
    )  # fmt: skip
    assert answer.status_code == 415


def test_looking_changes_nothing(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    for step in ("take-over", "hand-back", "close", "lower-flag"):
        assert clinician.get(f"/conversations/{conversation}/{step}").status_code == 404
    assert desk.records.owner(conversation) == "bot"


def test_the_token_is_not_the_sessions(clinician: Staff) -> None:
    assert clinician.csrf not in (clinician.http.cookies["console"], "")
