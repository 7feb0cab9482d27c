"""Guessing gets slower and slower; nobody is locked out, and success forgets what was before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from frontdesk.console.backoff import limits, wait_words
from records import Backoff, Records
from tests.console.parts import PASSWORD, Browser, Desk, Staff, somebody


@pytest.fixture(autouse=True)
def forgotten(desk: Desk) -> Iterator[None]:
    desk.sql("DELETE FROM attempts")
    yield
    desk.sql("DELETE FROM attempts")


def guess(desk: Desk, login: str, password: str = "not this one at all") -> int:
    return Browser(desk).post("/sign-in", login=login, password=password).status_code


def test_after_a_few_guesses_a_wait_begins_and_says_how_long(desk: Desk, clinician: Staff) -> None:
    assert [guess(desk, clinician.login) for _ in range(6)] == [400] * 6
    refused = Browser(desk).post("/sign-in", login=clinician.login, password=PASSWORD)
    assert refused.status_code == 429  # the right password does not help either
    assert 1 <= int(refused.headers["retry-after"]) <= 2
    assert "Wait 1 second" in refused.text or "Wait 2 seconds" in refused.text


def test_an_unknown_name_is_slowed_down_in_the_same_way(desk: Desk) -> None:
    assert [guess(desk, "nobody-at-all") for _ in range(7)] == [400] * 6 + [429]


def test_the_wait_doubles_and_ends(desk: Desk, clinician: Staff) -> None:
    waits = []
    for _ in range(12):
        guess(desk, clinician.login)
        ((until, last),) = desk.sql("SELECT max(wait_until), max(last_at) FROM attempts")
        waits.append((dt.datetime.fromisoformat(until) - dt.datetime.fromisoformat(last)).total_seconds())
        desk.sql("UPDATE attempts SET wait_until = last_at")  # the wait is over
    assert waits == [0] * 5 + [1, 2, 4, 8, 16, 32, 64]
    assert guess(desk, clinician.login, PASSWORD) == 303  # never locked out


def test_guesses_at_the_same_moment_are_counted_before_they_are_looked_at(desk: Desk, clinician: Staff) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: guess(desk, clinician.login), range(12)))
    assert answers.count(400) == 6
    assert answers.count(429) == 6


def test_codes_are_counted_like_passwords(desk: Desk, clinician: Staff) -> None:
    browser = Browser(desk)
    browser.follow(browser.post("/sign-in", login=clinician.login, password=PASSWORD))
    answers = [browser.post("/code", code="000000").status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]


def test_success_forgets_the_failures(desk: Desk, clinician: Staff) -> None:
    for _ in range(3):
        guess(desk, clinician.login)
        clinician.sign_in(Browser(desk))
        guess(desk, clinician.login)
    assert guess(desk, clinician.login) == 400


def test_many_who_sign_in_from_one_place_do_not_slow_each_other_down(desk: Desk, clinician: Staff) -> None:
    for _ in range(12):
        clinician.sign_in(Browser(desk))
    ((failures,),) = desk.sql("SELECT max(failures) FROM attempts")
    assert failures == 0


def test_guessing_at_many_names_from_one_place_is_slowed_down_too(desk: Desk) -> None:
    answers = [guess(desk, f"nobody-{number}") for number in range(22)]
    assert answers == [400] * 21 + [429]


def test_the_owner_waits_half_a_minute_at_most_when_others_guess_from_elsewhere(desk: Desk) -> None:
    owner = somebody(desk, "viewer")
    records: Records = desk.records
    for number in range(300):
        desk.sql("UPDATE attempts SET wait_until = last_at")
        assert not records.try_sign_in(limits(owner.login, f"192.0.2.{number}"))
    assert dt.timedelta(0) < records.try_sign_in(limits(owner.login, "198.51.100.1")) <= dt.timedelta(seconds=30)


def test_a_failure_is_forgotten_after_a_day(desk: Desk, clinician: Staff) -> None:
    for _ in range(6):
        guess(desk, clinician.login)
    desk.sql("UPDATE attempts SET wait_until = '2026-01-01 00:00:00.000000', last_at = '2026-01-01 00:00:00.000000'")
    assert [guess(desk, clinician.login) for _ in range(5)] == [400] * 5
    assert guess(desk, clinician.login, PASSWORD) == 303


def test_no_name_is_kept_in_the_clear_with_the_attempts(desk: Desk) -> None:
    guess(desk, "a-password-typed-into-the-wrong-field")
    assert all(len(key) == 64 for (key,) in desk.sql("SELECT key_hash FROM attempts"))
    assert "a-password-typed-into-the-wrong-field" not in desk.log


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (5, 0), (6, 1), (7, 2), (14, 256), (15, 512), (16, 900), (10**6, 900)]
)
def test_the_wait_grows_to_its_longest(failures: int, seconds: int) -> None:
    assert Backoff("key", 5, dt.timedelta(minutes=15)).wait(failures).total_seconds() == seconds


@pytest.mark.parametrize(
    ("seconds", "says"), [(0.2, "1 second,"), (29.5, "30 seconds,"), (100, "2 minutes,"), (899, "15 minutes,")]
)
def test_the_wait_is_said_in_words(seconds: float, says: str) -> None:
    assert f"Wait {says}" in wait_words(seconds)
