"""The authenticator: set up once, every code counts once; recovery codes for who has lost it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.console import codes
from tests.console.parts import CODES, PASSWORD, Browser, Desk, Staff, text_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def asked_for_code(desk: Desk, staff: Staff) -> Browser:
    browser = Browser(desk)
    browser.follow(browser.post("/sign-in", login=staff.login, password=PASSWORD))
    return browser


def test_a_code_cannot_be_used_twice(desk: Desk, clinician: Staff) -> None:
    code = clinician.code()
    assert asked_for_code(desk, clinician).post("/code", code=code).headers["location"] == "/console/"
    again = asked_for_code(desk, clinician).post("/code", code=code)
    assert (again.status_code, "was used already" in again.text) == (400, True)


def test_the_code_of_the_enrolment_cannot_be_used_again(desk: Desk, clinician: Staff) -> None:
    ((step,),) = desk.sql("SELECT totp_step FROM staff WHERE id = ?", clinician.id)
    code = pyotp.TOTP(clinician.secret).at(step * 30)
    assert asked_for_code(desk, clinician).post("/code", code=code).status_code == 400


def test_the_same_code_at_the_same_moment_lets_one_in(desk: Desk, clinician: Staff) -> None:
    code, browsers = clinician.code(), [asked_for_code(desk, clinician) for _ in range(4)]
    desk.sql("DELETE FROM attempts")
    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(lambda browser: browser.post("/code", code=code).status_code, browsers))
    assert sorted(answers) == [303, 400, 400, 400]


def test_a_code_with_a_space_in_the_middle_is_taken(desk: Desk, clinician: Staff) -> None:
    code = clinician.code()
    browser = asked_for_code(desk, clinician)
    assert browser.post("/code", code=f"{code[:3]} {code[3:]}").headers["location"] == "/console/"


def test_a_recovery_code_signs_in_once(desk: Desk, clinician: Staff) -> None:
    code = clinician.codes[0]
    assert asked_for_code(desk, clinician).post("/recover", code=code.upper()).headers["location"] == "/console/"
    again = asked_for_code(desk, clinician).post("/recover", code=code)
    assert (again.status_code, "was used already" in again.text) == (400, True)
    assert "Recovery codes left 9" in text_of(clinician.get("/account"))


def test_another_persons_recovery_code_is_wrong(desk: Desk, clinician: Staff, manager: Staff) -> None:
    assert asked_for_code(desk, manager).post("/recover", code=clinician.codes[0]).status_code == 400


def test_new_recovery_codes_void_the_old_ones(desk: Desk, clinician: Staff) -> None:
    assert clinician.post("/account/recovery-codes", code="000000").status_code == 400
    shown = clinician.post("/account/recovery-codes", code=clinician.code())
    fresh = CODES.findall(shown.text)
    assert len(set(fresh)) == 10 and not set(fresh) & set(clinician.codes)
    assert asked_for_code(desk, clinician).post("/recover", code=clinician.codes[0]).status_code == 400
    assert asked_for_code(desk, clinician).post("/recover", code=fresh[0]).status_code == 303


def test_recovery_codes_are_kept_as_hashes(desk: Desk, clinician: Staff) -> None:
    for path in desk.house.var.iterdir():
        if path.is_file():
            content = path.read_bytes()
            assert not any(code.encode() in content for code in clinician.codes), path.name


def test_the_secret_is_not_shown_again_once_it_is_set_up(desk: Desk, clinician: Staff) -> None:
    assert clinician.get("/enrol").headers["location"] == "/console/"
    assert asked_for_code(desk, clinician).get("/enrol").headers["location"] == "/console/code"


@given(st.integers(1_000, 4_000_000_000), st.integers(-90, 90))
def test_a_clock_may_be_half_a_minute_wrong(now: int, wrong: int) -> None:
    totp = pyotp.TOTP(SECRET)
    code, around = totp.at(now + wrong), [now // 30 - 1, now // 30, now // 30 + 1]
    matching = [step for step in around if totp.at(step * 30) == code]
    assert codes.step_of(SECRET, code, now) == max(matching, default=None)
    if abs((now + wrong) // 30 - now // 30) <= 1:
        assert matching


@given(st.text(max_size=12))
def test_what_is_no_code_is_refused_and_nothing_breaks(typed: str) -> None:
    found = codes.step_of(SECRET, typed, 1_000_000_000)
    assert found is None or "".join(typed.split()).isdigit()
    codes.recovery_hash(typed)


def test_recovery_codes_are_hard_to_guess() -> None:
    fresh = codes.new_recovery_codes()
    assert len(set(fresh)) == codes.COUNT
    assert all(len(code.replace("-", "")) == 15 for code in fresh)
