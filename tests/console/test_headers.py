"""What every response of the console carries, errors and files included."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from frontdesk.console.pages import HERE
from frontdesk.console.secure import cookie_name, headers_of, is_loopback_http
from frontdesk.settings import Settings
from tests.console.parts import Browser, Desk, Staff

POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
    "connect-src": "'self'", "form-action": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'",
    "require-trusted-types-for": "'script'", "trusted-types": "default",
}  # fmt: skip


def check(answer: httpx.Response) -> None:
    directives = dict(one.strip().partition(" ")[::2] for one in answer.headers["content-security-policy"].split(";"))
    assert directives == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


def test_every_kind_of_response_has_them(desk: Desk, manager: Staff, clinician: Staff) -> None:
    conversation = desk.conversation()
    for path in (
        "/inbox",
        "/inbox/queue",
        "/people",
        "/audit",
        "/account",
        f"/conversations/{conversation}",
        "/nothing",
    ):
        check(manager.get(path))
    check(clinician.get("/people"))  # refused
    check(clinician.get(f"/conversations/{conversation}/log"))
    for path in ("/sign-in", "/join/nothing", "/inbox", "/static/console.css", "/static/nothing.css"):
        check(Browser(desk).get(path))
    check(Browser(desk).post("/sign-in", login="nobody", password="nothing"))
    check(Browser(desk).post("/sign-in"))  # not filled in
    check(clinician.post(f"/conversations/{conversation}/take-over", csrf="x"))
    check(clinician.post(f"/conversations/{conversation}/take-over"))


def test_the_clinics_own_pages_get_no_way_in(desk: Desk, manager: Staff) -> None:
    origin = {"Origin": "https://clinic.example"}
    check(manager.http.get("/console/inbox", headers=origin))
    asked = manager.http.options("/console/inbox", headers={**origin, "Access-Control-Request-Method": "GET"})
    assert "access-control-allow-origin" not in asked.headers


@pytest.mark.parametrize(
    ("settings", "loopback"),
    [
        ({"host": "127.0.0.1"}, True),
        ({"host": "localhost"}, True),
        ({"host": "127.0.0.1", "public_url": "https://chat.clinic.example"}, False),
        ({"host": "127.0.0.1", "public_url": "http://chat.clinic.example"}, False),
        ({"host": "0.0.0.0"}, False),
        ({"host": "192.168.0.10"}, False),
    ],
)
def test_the_cookie_is_secure_unless_it_never_leaves_the_machine(settings: dict[str, str], loopback: bool) -> None:
    found = Settings.model_validate(settings)
    assert is_loopback_http(found) is loopback
    assert cookie_name(found).startswith("__Host-") is not loopback
    assert ("Strict-Transport-Security" in headers_of(found)) is not loopback


@pytest.mark.parametrize("path", sorted((HERE / "templates").iterdir()), ids=lambda path: path.name)
def test_no_template_has_anything_inline_or_from_elsewhere(path: Path) -> None:
    text = path.read_text()
    for inline in (
        r"<style",
        r"\sstyle=",
        r"\son\w+=",
        r"hx-on",
        r"javascript:",
        r"\|\s*safe",
        r"autoescape",
        r"https?://",
    ):
        assert not re.search(inline, text), inline
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_htmx_is_the_file_that_it_should_be() -> None:
    import hashlib

    from content.catalogue import ROOT

    digest = hashlib.sha256((HERE / "static" / "htmx.min.js").read_bytes()).hexdigest()
    assert digest in (ROOT / "docs" / "dependencies.md").read_text()
    assert (HERE / "static" / "htmx.LICENSE").read_text().startswith("Zero-Clause BSD")
    page = (HERE / "templates" / "base.html").read_text()
    for off in ('"allowEval":false', '"allowScriptTags":false', '"historyCacheSize":0', '"selfRequestsOnly":true'):
        assert off in page
