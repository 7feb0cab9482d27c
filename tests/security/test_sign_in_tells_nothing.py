"""Signing in does the same work and says the same for names that nobody has; and a token from before is worth nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher, extract_parameters

from frontdesk.console import passwords
from frontdesk.console.secure import cookie_name
from records.people import CODE, FULL
from tests.security.inside import Inside

PASSWORD, WRONG = "four plain words in a row", "not this one at all"


@pytest.fixture(scope="module")
def known(desk: Inside) -> str:
    """Joined, with password and authenticator."""
    records, secret = desk.house.records, pyotp.random_base32()
    person = records.add_person("known", "Known", ["clinician"])
    token = records.invite(person.id, dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    records.accept_invitation(token, passwords.hash_password(PASSWORD), "known", "Known")
    records.begin_totp(person.id, secret)
    records.confirm_totp(person.id, 1, [])
    return secret


@pytest.fixture
def others(desk: Inside, known: str) -> Iterator[None]:
    """One who was invited and has no password, one who was disabled."""
    records = desk.house.records
    if records.person_by_login("invited") is None:
        records.add_person("invited", "Invited", ["viewer"])
        gone = records.add_person("gone", "Gone", ["viewer"])
        token = records.invite(gone.id, dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
        records.accept_invitation(token, passwords.hash_password(WRONG), "gone", "Gone")
        records.disable(gone.id)
    yield
    desk.cookies.clear()


def sign_in(desk: Inside, login: str, password: str, address: str = "192.0.2.1") -> httpx.Response:
    fields = {"login": login, "password": password}
    return desk.ask("POST", "/console/sign-in", address, data=fields, headers={"Origin": desk.base})


def test_the_work_and_the_words_are_the_same_whoever_it_is(
    desk: Inside, others: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, hash: str | bytes, password: str | bytes) -> bool:
        checked.append(str(hash))
        return real(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    answers, work = [], []
    for number, login in enumerate(("known", "nobody-at-all", "invited", "gone", "KNOWN ", "'; --")):
        checked.clear()
        answer = sign_in(desk, login, WRONG, f"192.0.2.{number + 10}")
        answers.append((answer.status_code, answer.text, sorted(answer.headers.items())))
        work.append([extract_parameters(one) for one in checked])
    assert len(work[0]) == 1
    assert all(one == work[0] for one in work), work
    assert answers[0][0] == 400
    assert all(one == answers[0] for one in answers)


def test_a_disabled_persons_right_password_is_a_wrong_one(desk: Inside, others: None) -> None:
    right, nobody = sign_in(desk, "gone", WRONG, "192.0.2.30"), sign_in(desk, "nobody", WRONG, "192.0.2.31")
    assert (right.status_code, right.text) == (nobody.status_code, nobody.text)


def test_a_token_that_was_there_before_is_not_taken_over(desk: Inside, known: str) -> None:
    name, records = cookie_name(desk.house.settings), desk.house.records
    attacker = records.add_person("attacker", "Attacker", ["viewer"])
    for planted in (
        "made-up-by-somebody-else",
        *(records.begin_session(attacker.id, s, "x", "y") for s in (CODE, FULL)),
    ):
        desk.cookies = httpx.Cookies()
        desk.cookies.set(name, planted, domain="127.0.0.1", path="/")
        assert sign_in(desk, "known", PASSWORD).headers["location"] == "/console/code"
        half = desk.cookies[name]
        form = re.search(r'name="csrf" value="([0-9a-f]{64})"', desk.ask("GET", "/console/code").text)
        assert form
        fields = {"csrf": form[1], "code": pyotp.TOTP(known).now()}
        entered = desk.ask("POST", "/console/code", "192.0.2.1", data=fields, headers={"Origin": desk.base})
        assert entered.headers["location"] == "/console/", entered.text
        full = desk.cookies[name]
        assert len({planted, half, full}) == 3
        for stale in (planted, half):
            session = records.session_of(stale, touch=False)
            assert session is None or session.person.login == "attacker"
        found = records.session_of(full, touch=False)
        assert found and found.person.login == "known"
        _forget_the_code(desk)
    desk.cookies.clear()


def _forget_the_code(desk: Inside) -> None:
    """As if so much time had passed that the authenticator shows another one."""
    desk.sql("UPDATE staff SET totp_step = 0 WHERE login = 'known'")
