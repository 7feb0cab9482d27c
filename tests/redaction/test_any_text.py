"""Whatever is typed: nothing is raised, twice is as once, and what was planted is gone."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redaction import redact

FEW = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
PIECES = [
    "my name is", "im", "Dr.", "Sarah Jones", "dmitri", "512 555 0142", "call", "[name]", "[phone]", "[number]", "ssn", "078-05-1120",
    "@", "gmail", "dot com", "born", "May 4 1990", "12 Elm St", "member id", "ABC123456", "\n", ", ", "'", "- ", "Will", "soy", "\ud800",
]  # fmt: skip
ANY = st.text(max_size=60) | st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map(" ".join)

DIGIT = st.integers(0, 9).map(str)
DIGITS = lambda n: st.lists(DIGIT, min_size=n, max_size=n).map("".join)  # noqa: E731
AREA = st.integers(201, 989).map(str)
NAMES = st.sampled_from(["sarah", "Dmitri", "Thandiwe", "Maria", "Kwame", "ashleigh", "Joaquín"])
LOCAL = st.from_regex(re.compile(r"[a-z]{3,8}[._]?[a-z0-9]{2,6}"), fullmatch=True)
HOST = st.sampled_from(["gmail.com", "cedar-falls.k12.ia.us", "uni-hamburg.de", "acme.biz"])
PLANTED = st.one_of(
    st.builds(lambda a, b, c, f: f.format(a, b, c), AREA, st.integers(200, 999), DIGITS(4), st.sampled_from(["{} {} {}", "({}) {}-{}", "{}.{}.{}", "+1 {} {} {}"])),
    st.builds(lambda u, h: f"{u}@{h}", LOCAL, HOST),
    st.builds(lambda a, b, c: f"{a}-{b}-{c}", DIGITS(3), DIGITS(2), DIGITS(4)),
    st.sampled_from(["4111 1111 1111 1111", "5555555555554444", "3782-822463-10005"]),
    st.builds(lambda d: f"member id ABC{d}", DIGITS(6)),
    st.builds(lambda m, d, y: f"dob {m}/{d}/{y}", st.integers(1, 12), st.integers(1, 28), st.integers(1930, 2008)),
    st.builds(lambda n, s: f"{n} {s}", st.integers(2, 9999), st.sampled_from(["Elm St apt 4", "old mill road", "W. Juniper Ave"])),
    st.builds(lambda n: f"my name is {n}", NAMES),
)  # fmt: skip
AROUND = st.sampled_from(["", "hi there", "can you help me please", "i am so tired", "ok so", "thanks"])


@FEW
@given(ANY)
def test_twice_is_as_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@FEW
@given(AROUND, PLANTED, AROUND)
def test_what_was_planted_is_gone(before: str, planted: str, after: str) -> None:
    redacted = redact(f"{before}, {planted}, {after}")
    identifier = re.sub(r"^(?:member id|dob|my name is) ", "", planted)
    assert identifier not in redacted
    for part in re.findall(r"\d{3,}", identifier):
        assert part not in redacted


@pytest.mark.parametrize(
    "text",
    ["a." * 4000, "1 " * 4000, "@" * 4000, "my " * 2000, "a@b." * 2000, "1-" * 4000, "I'm " * 2000, "dr. " * 2000, "x" * 8000, "calle a " * 1000,
     "9 a a a " * 1000, "born " * 1500, "id # " * 1500, "[name]" * 1000, "$" * 8000, "('" * 4000],
    ids=lambda text: text[:6],
)  # fmt: skip
def test_a_long_row_of_the_same_comes_to_an_end(text: str) -> None:
    assert redact(f"{text}\njane.doe@gmail.com").endswith("[e-mail]")
