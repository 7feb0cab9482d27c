"""The normaliser: disguises read the same, and whatever is typed, the plain form keeps its promises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety import Screen

SCREEN = Screen()
CRISES = ["i want to kill myself", "im suicidal", "i cant breathe", "i want to die", "my husband hits me"]


@pytest.mark.parametrize(
    ("plain", "tricks"),
    [
        ("i want to kill myself", ["I WANT TO KILL MYSELF!!!", "i wanna k1ll myself", "i want to k i l l  m y s e l f",
                                   "i want to kill my self", "i want to k*i*l*l myself", "i want to kiiillll myself",
                                   "i want to ki\u200bll myself", "ｉ ｗａｎｔ ｔｏ ｋｉｌｌ ｍｙｓｅｌｆ", "i want to kil mysef"]),
        ("im suicidal", ["I’m suicidal", "im su1c1dal", "im suisidal", "i am suicidal", "im s.u.i.c.i.d.a.l"]),
        ("i cant breathe", ["I can’t breathe", "i cannot breathe", "I CAN'T BREATHE", "i cant breth"]),
    ],
)  # fmt: skip
def test_disguises_read_the_same(plain: str, tricks: list[str]) -> None:
    for trick in tricks:
        assert SCREEN.normalise(trick) == plain
        assert SCREEN.check(trick) == SCREEN.check(plain) != []


@given(st.text(max_size=300))
def test_anything_can_be_screened(text: str) -> None:
    SCREEN.check(text)
    plain = SCREEN.normalise(text)
    assert plain == plain.lower()
    assert "  " not in plain and plain == plain.strip()
    assert "'" not in plain and "," not in plain


@given(st.sampled_from(CRISES), st.lists(st.booleans(), min_size=30, max_size=30))
def test_capitals_hide_nothing(text: str, capitals: list[bool]) -> None:
    shouted = "".join(c.upper() if up else c for c, up in zip(text, capitals, strict=False)) + text[len(capitals) :]
    assert SCREEN.check(shouted) == SCREEN.check(text)


@given(st.sampled_from(CRISES), st.integers(1, 4), st.sampled_from(["\u200b", "\u200d", "\u00ad", "\ufeff"]))
def test_invisible_characters_hide_nothing(text: str, step: int, mark: str) -> None:
    assert SCREEN.check(mark.join(text[i : i + step] for i in range(0, len(text), step))) == SCREEN.check(text)


@given(st.sampled_from(CRISES), st.sampled_from(["!", "...", "!!!", " 😢", " 💔💔", "\n", "  ", " ."]))
def test_what_stands_after_hides_nothing(text: str, tail: str) -> None:
    assert SCREEN.check(text + tail) == SCREEN.check(text)


@given(st.sampled_from(CRISES), st.sampled_from(["hi. ", "hello, quick question. ", "How much is it? ", "ok so\n"]))
def test_what_stands_before_hides_nothing(text: str, lead: str) -> None:
    found = {finding.category for finding in SCREEN.check(lead + text)}
    assert {finding.category for finding in SCREEN.check(text)} <= found


@settings(max_examples=30)
@given(st.text(alphabet="ai lk m1.t 0*_-", min_size=1500, max_size=2000))
def test_hostile_text_is_screened_in_time(text: str) -> None:
    started = time.process_time()
    SCREEN.check(text)
    assert time.process_time() - started < 1.0  # no pattern may run away: a message usually takes a thousandth of this
