"""Only the origins that clinic.yml lists, letter by letter, may use the chat API in a browser; none the staff's pages."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.clinic import load_clinic
from tests.security.inside import Inside

CLINIC = "https://clinic.example"
START = "/api/v1/conversations"
LOOKALIKES = [
    "null", "*", "", "https://", "http://clinic.example", "https://clinic.example:443", "https://clinic.example:8443",
    "https://clinic.example.", "https://clinic.example/", "https://CLINIC.example", "https://clinic.example.evil.example",
    "https://evil-clinic.example", "https://evil.example#https://clinic.example", "https://clinic.example@evil.example",
    "https://www.clinic.example", "https://clinic.example https://evil.example", "https://clinic.example,https://evil.example",
    "file://", "chrome-extension://clinic.example", "https://clinic.examplé", "http://127.0.0.1", "http://localhost:8081",
]  # fmt: skip


def allowed(desk: Inside, origin: str, path: str = START) -> set[str]:
    """What a request and its preflight are told of allowed origins."""
    headers = [("origin", origin.encode())]
    asked = [("access-control-request-method", b"POST"), ("access-control-request-headers", b"authorization")]
    answers: list[httpx.Response] = [
        desk.ask("POST", path, headers=headers, json={}),
        desk.ask("GET", path, headers=headers),
        desk.ask("OPTIONS", path, headers=[*headers, *asked]),
    ]
    for answer in answers:
        assert "access-control-allow-credentials" not in answer.headers
        assert "origin" in answer.headers.get("vary", "origin").lower()
    return {found for one in answers if (found := one.headers.get("access-control-allow-origin"))}


def test_the_clinics_own_pages_may(desk: Inside) -> None:
    for origin in load_clinic().allowed_origins:
        assert allowed(desk, origin) == {origin}
        assert allowed(desk, origin, "/widget/v1.js") == {origin}


@pytest.mark.parametrize("origin", LOOKALIKES)
def test_what_only_looks_like_one_of_them_may_not(desk: Inside, origin: str) -> None:
    assert allowed(desk, origin) == set()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, len(CLINIC)), st.sampled_from(" .:/@%#?*,a0-\u00e9"), st.booleans())
def test_one_letter_more_or_another_one_and_it_may_not(desk: Inside, place: int, letter: str, instead: bool) -> None:
    other = CLINIC[:place] + letter + CLINIC[place + instead :]
    if other != CLINIC:
        assert allowed(desk, other) == set()


@pytest.mark.parametrize(
    "path", ["/console/sign-in", "/console/", "/pages/x", "/metrics", "/health/ready", "/openapi.json"]
)
def test_nobodys_pages_read_anything_else(desk: Inside, path: str) -> None:
    assert allowed(desk, CLINIC, path) == set()
