"""A name and a password, then a code: all three, or nobody comes in."""

from __future__ import annotations

import statistics
import time

import httpx
import pytest

from tests.console.parts import PASSWORD, Browser, Desk, Staff, somebody, text_of


def test_password_and_code_lead_to_the_queue(desk: Desk, clinician: Staff) -> None:
    browser = Browser(desk)
    assert browser.get("/sign-in").status_code == 200
    asked = browser.post("/sign-in", login=clinician.login, password=PASSWORD)
    assert asked.headers["location"] == "/console/code"
    assert browser.get("/inbox").headers["location"] == "/console/code"  # a password alone opens nothing
    browser.get("/code")
    signed_in = browser.post("/code", code=clinician.code())
    assert signed_in.headers["location"] == "/console/"
    assert browser.follow(signed_in).headers["location"] == "/console/inbox"
    assert text_of(browser.get("/inbox")).startswith("Queue")


def test_a_sign_in_name_is_the_same_in_capitals(desk: Desk, clinician: Staff) -> None:
    answer = Browser(desk).post("/sign-in", login=f" {clinician.login.upper()} ", password=PASSWORD)
    assert answer.headers["location"] == "/console/code"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(desk: Desk, clinician: Staff) -> None:
    known = Browser(desk).post("/sign-in", login=clinician.login, password="not this one at all")
    unknown = Browser(desk).post("/sign-in", login="nobody-here", password="not this one at all")
    assert known.status_code == unknown.status_code == 400
    assert known.text == unknown.text
    assert "do not belong together" in text_of(known)
    assert [name for answer in (known, unknown) for name in answer.headers if name == "set-cookie"] == []
    clinician.sign_in(Browser(desk))


def test_an_unknown_name_takes_as_much_work(desk: Desk, clinician: Staff) -> None:
    def seconds(login: str) -> float:
        desk.sql("DELETE FROM attempts")
        start = time.perf_counter()
        assert Browser(desk).post("/sign-in", login=login, password="not this one at all").status_code == 400
        return time.perf_counter() - start

    known = statistics.median(seconds(clinician.login) for _ in range(5))
    unknown = statistics.median(seconds(f"nobody-{number}") for number in range(5))
    assert 0.4 < known / unknown < 2.5, (known, unknown)


def test_who_was_disabled_gets_the_answer_of_who_is_unknown(desk: Desk) -> None:
    gone = somebody(desk, "viewer")
    desk.records.disable(gone.id)
    answer = Browser(desk).post("/sign-in", login=gone.login, password=PASSWORD)
    assert (answer.status_code, "do not belong together" in answer.text) == (400, True)


@pytest.mark.parametrize("path", ["/inbox", "/people", "/account", "/code", "/enrol", "/conversations/abc"])
def test_who_is_not_signed_in_is_led_to_the_sign_in(desk: Desk, path: str) -> None:
    assert Browser(desk).get(path).headers["location"] == "/console/sign-in"


def test_passwords_are_kept_as_argon2id_and_nowhere_else(desk: Desk, clinician: Staff) -> None:
    ((kept,),) = desk.sql("SELECT password_hash FROM staff WHERE id = ?", clinician.id)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    for path in desk.house.var.iterdir():
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path.name


def test_an_outdated_hash_is_renewed_at_sign_in(desk: Desk, clinician: Staff) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    desk.sql("UPDATE staff SET password_hash = ? WHERE id = ?", weak, clinician.id)
    clinician.sign_in(Browser(desk))
    ((kept,),) = desk.sql("SELECT password_hash FROM staff WHERE id = ?", clinician.id)
    assert "m=19456" in kept


def test_signing_out_ends_the_session_for_good(desk: Desk, clinician: Staff) -> None:
    cookies = httpx.Cookies(clinician.http.cookies)
    assert clinician.post("/sign-out").headers["location"] == "/console/sign-in"
    stolen = Browser(desk)
    stolen.http.cookies = cookies
    assert stolen.get("/inbox").headers["location"] == "/console/sign-in"


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(desk: Desk, clinician: Staff) -> None:
    answer = Browser(desk).post("/sign-in", login=clinician.login, password=PASSWORD)
    cookie = answer.headers["set-cookie"]
    for mark in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert mark in cookie, cookie
    assert "Max-Age" not in cookie and "expires" not in cookie
    assert "Secure" not in cookie  # plain http on this machine only; see test_headers.py
