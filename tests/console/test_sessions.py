"""Sessions end: when nobody uses them, after a day's work, when somebody says so, when the person is disabled."""

from __future__ import annotations

import httpx
import pytest

from tests.console.parts import PASSWORD, Browser, Desk, Staff, somebody, text_of


def age(desk: Desk, staff: Staff, column: str, minutes: float) -> None:
    """Let time pass for a person's sessions."""
    desk.sql(
        f"UPDATE sessions SET {column} = strftime('%Y-%m-%d %H:%M:%f', {column}, ?) || '000' WHERE person = ?",
        f"-{minutes * 60} seconds", staff.id,
    )  # fmt: skip


def is_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


@pytest.mark.parametrize(("minutes", "still_in"), [(14.5, True), (15.1, False)])
def test_a_session_that_is_not_used_ends(desk: Desk, clinician: Staff, minutes: float, still_in: bool) -> None:
    age(desk, clinician, "seen_at", minutes)
    assert is_in(clinician) is still_in


def test_using_a_session_keeps_it(desk: Desk, clinician: Staff) -> None:
    for _ in range(3):
        age(desk, clinician, "seen_at", 10)
        assert is_in(clinician)


def test_what_a_page_does_by_itself_does_not_keep_a_session(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    age(desk, clinician, "seen_at", 14)
    for part in ("/inbox/queue", f"/conversations/{conversation}/log", f"/conversations/{conversation}/state"):
        assert clinician.get(part).status_code == 200
    age(desk, clinician, "seen_at", 2)
    ended = clinician.get("/inbox/queue")
    assert (ended.status_code, ended.headers["hx-redirect"]) == (401, "/console/sign-in")
    assert not is_in(clinician)


@pytest.mark.parametrize(("hours", "still_in"), [(11.9, True), (12.1, False)])
def test_a_session_ends_after_a_days_work(desk: Desk, clinician: Staff, hours: float, still_in: bool) -> None:
    age(desk, clinician, "created_at", hours * 60)
    assert is_in(clinician) is still_in


def test_half_a_sign_in_ends_after_ten_minutes(desk: Desk, clinician: Staff) -> None:
    browser = Browser(desk)
    browser.follow(browser.post("/sign-in", login=clinician.login, password=PASSWORD))
    age(desk, clinician, "created_at", 10.1)
    answer = browser.post("/code", code=clinician.code())
    assert (answer.status_code, "You are signed out" in answer.text) == (401, True)


def test_the_token_is_another_one_after_each_step(desk: Desk, clinician: Staff) -> None:
    browser = Browser(desk)
    browser.follow(browser.post("/sign-in", login=clinician.login, password=PASSWORD))
    half = browser.http.cookies["console"]
    browser.follow(browser.post("/code", code=clinician.code()))
    assert browser.http.cookies["console"] != half
    stale = Browser(desk)
    stale.http.cookies = httpx.Cookies({"console": half})
    assert stale.get("/code").headers["location"] == "/console/sign-in"


def test_a_token_that_somebody_made_up_opens_nothing(desk: Desk) -> None:
    for made_up in ("x" * 43, "", "a b", "é"):
        answer = httpx.get(
            f"{desk.house.api}/console/inbox", headers={"Cookie": f"console={made_up}".encode()}, trust_env=False
        )
        assert answer.headers["location"] == "/console/sign-in"


def test_tokens_are_kept_as_hashes(desk: Desk, clinician: Staff) -> None:
    token = clinician.http.cookies["console"].encode()
    for path in desk.house.var.iterdir():
        if path.is_file():
            assert token not in path.read_bytes(), path.name


def test_who_owns_a_session_sees_and_ends_it(desk: Desk, clinician: Staff) -> None:
    elsewhere = Browser(desk)
    elsewhere.http.headers["User-Agent"] = "Mozilla/5.0 (iPhone) Safari/605"
    clinician.sign_in(elsewhere)
    assert "Safari on iPhone" in text_of(clinician.get("/account"))
    other = next(one for one in desk.records.sessions_of(clinician.id) if one.browser == "Safari on iPhone")
    assert clinician.post("/account/sessions/end", id=other.id).status_code == 303
    assert (is_in(elsewhere), is_in(clinician)) == (False, True)


def test_nobody_ends_another_persons_session_by_their_own_account(desk: Desk, clinician: Staff, manager: Staff) -> None:
    (theirs,) = desk.records.sessions_of(manager.id)
    clinician.post("/account/sessions/end", id=theirs.id)
    assert is_in(manager)


def test_a_manager_ends_a_session(desk: Desk, clinician: Staff, manager: Staff) -> None:
    (theirs,) = desk.records.sessions_of(clinician.id)
    assert "Sign out here" in text_of(manager.get(f"/people/{clinician.id}"))
    assert manager.post(f"/people/{clinician.id}/sessions/end", id=theirs.id).status_code == 303
    assert not is_in(clinician)


def test_who_is_disabled_is_out_at_once(desk: Desk, clinician: Staff, manager: Staff) -> None:
    assert manager.post(f"/people/{clinician.id}/disable").status_code == 303
    assert not is_in(clinician)
    assert desk.records.sessions_of(clinician.id) == []


def test_a_changed_password_ends_the_other_sessions(desk: Desk) -> None:
    staff, elsewhere = somebody(desk, "viewer"), Browser(desk)
    staff.sign_in(elsewhere)
    new = "another row of plain words"
    wrong = staff.post("/account/password", present="not this one at all", password=new, again=new)
    assert (wrong.status_code, is_in(elsewhere)) == (400, True)
    done = staff.post("/account/password", present=PASSWORD, password=new, again=new)
    assert "Your password is changed" in text_of(done)
    assert (is_in(elsewhere), is_in(staff)) == (False, True)
    assert Browser(desk).post("/sign-in", login=staff.login, password=PASSWORD).status_code == 400
    assert Browser(desk).post("/sign-in", login=staff.login, password=new).status_code == 303


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("short", "short", "too short"),
        ("x" * 129, "x" * 129, "too long"),
        ("aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa", "too easy"),
        ("a row of plain words", "a row of plain world", "not the same"),
    ],
)
def test_a_bad_password_is_refused_in_a_sentence(
    desk: Desk, clinician: Staff, password: str, again: str, says: str
) -> None:
    answer = clinician.post("/account/password", present=PASSWORD, password=password, again=again)
    assert (answer.status_code, says in text_of(answer)) == (422, True)
