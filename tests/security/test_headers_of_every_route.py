"""Every response of every route carries its security headers: a new route is asked too, as soon as it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from starlette.routing import BaseRoute, Mount

from frontdesk.app import create_app
from frontdesk.console.app import create_console
from frontdesk.console.secure import cookie_name, form_token
from frontdesk.settings import Settings
from records.people import FULL
from tests.security.inside import Inside

DATA = {
    "default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'", "trusted-types": "'none'",
}  # fmt: skip
CONSOLE = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
    "connect-src": "'self'", "form-action": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'",
    "require-trusted-types-for": "'script'", "trusted-types": "default",
}  # fmt: skip
ALWAYS = {
    "x-content-type-options": "nosniff", "x-frame-options": "DENY", "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin", "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}  # fmt: skip
EVENTS = ("/console/events", "/api/v1/conversations/{conversation}/events")  # never end; asked without a token


def addresses(routes: list[BaseRoute], where: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path that an application serves."""
    for route in routes:
        if isinstance(route, Mount):
            yield "GET", f"{where}{route.path}/nothing"
        elif inner := getattr(route, "original_router", None):  # what include_router brings in
            yield from addresses(inner.routes, where)
        else:
            for method in sorted((getattr(route, "methods", None) or {"GET"}) - {"HEAD"}):
                yield method, where + route.path  # type: ignore[attr-defined]


EVERY = sorted({*addresses(create_app().routes), *addresses(create_console().routes, "/console")})


def signed_in(desk: Inside) -> str:
    records = desk.house.records
    person = records.person_by_login("all") or records.add_person("all", "All", ["manager", "clinician"])
    return records.begin_session(person.id, FULL, "203.0.113.7", "Chrome on Linux")


def policy_of(answer: httpx.Response) -> dict[str, str]:
    return dict(one.strip().partition(" ")[::2] for one in answer.headers["content-security-policy"].split(";"))


def check(answer: httpx.Response, path: str) -> None:
    headers = answer.headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    policy = policy_of(answer)
    assert "unsafe" not in str(policy) and "*" not in str(policy)
    if path.startswith("/console/"):
        assert policy == CONSOLE
        assert headers["referrer-policy"] == "same-origin"  # browsers would hide the origin of our own forms otherwise
    elif path.startswith("/pages/"):
        style = policy.pop("style-src", "")
        assert policy == {**DATA, "form-action": "'self'"}
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", style)
    else:
        assert policy == DATA
        assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == ("cross-origin" if path.startswith("/widget/") else "same-origin")
    assert headers["cache-control"] == ("no-cache" if path == "/widget/v1.js" else "no-store")
    assert "server" not in headers and "x-powered-by" not in headers


def ask(desk: Inside, method: str, path: str) -> httpx.Response:
    there = re.sub(r"\{table\}", "days", path)
    there = re.sub(r"\{[^}]+\}", "0123456789abcdef01234567", there)
    if path in EVENTS:
        return desk.ask(method, there)
    if path.startswith("/pages/"):
        return desk.ask(method, there, data={"form": "1"} if method == "POST" else None)
    if not path.startswith("/console/"):
        return desk.ask(method, there, json={} if method == "POST" else None)
    token = signed_in(desk)
    headers = {"Cookie": f"{cookie_name(desk.house.settings)}={token}", "Origin": desk.base}
    fields = {"csrf": form_token(token)} if method == "POST" else None
    return desk.ask(method, there, headers=headers, data=fields)


def test_the_routes_are_all_there() -> None:
    paths = {path for _, path in EVERY}
    assert {*EVENTS, "/pages/{token}", "/console/sign-in", "/widget/nothing", "/metrics", "/openapi.json"} <= paths
    assert len(EVERY) > 60


@pytest.mark.parametrize("address", EVERY, ids=" ".join)
def test_every_route_has_its_headers(desk: Inside, address: tuple[str, str]) -> None:
    method, path = address
    answer = ask(desk, method, path)
    assert answer.status_code < 500 or path == "/health/ready"
    check(answer, path)


def test_what_succeeds_and_what_is_refused_early_have_them_too(desk: Inside) -> None:
    conversation, mine = desk.start()
    check(desk.ask("GET", f"/api/v1/conversations/{conversation}/messages", headers=mine), "/api")
    check(desk.ask("GET", "/widget/v1.js"), "/widget/v1.js")
    check(desk.ask("GET", "/nothing"), "/nothing")
    check(desk.ask("PUT", "/health/live"), "/health/live")
    check(desk.ask("POST", "/api/v1/conversations", content=b"x" * 70_000), "/api")
    preflight = {"Origin": "https://clinic.example", "Access-Control-Request-Method": "POST"}
    check(desk.ask("OPTIONS", "/api/v1/conversations", headers=preflight), "/api")
    page = desk.ask("GET", f"/console/conversations/{conversation}", headers={"Cookie": f"console={signed_in(desk)}"})
    assert page.status_code == 200
    check(page, "/console/conversations")


def test_no_staff_page_has_anything_inline(desk: Inside) -> None:
    """So the policies above need neither nonces nor exceptions; the one style of the pages' links is named by its hash."""
    for method, path in EVERY:
        if method == "GET" and path.startswith("/console/") and path not in EVENTS:
            shown = ask(desk, method, path).text
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", shown), path


@pytest.mark.parametrize("strict", [False, True])
def test_outside_this_machine_browsers_are_told_to_use_tls(monkeypatch: pytest.MonkeyPatch, strict: bool) -> None:
    monkeypatch.setenv("ON_CALL_NOTIFY", "mailto://127.0.0.1:2525/?from=a@clinic.example&to=b@clinic.example")
    public = {"public_url": "https://chat.clinic.example", "rasa_token": "Zq3v9XkT0pLw7RbY2mNc5HdJ8sFgA1uE"}
    app = create_app(Settings.model_validate(public if strict else {}))
    with start_blocking_portal() as portal:
        desk = Inside(app, portal, "https://chat.clinic.example")
        for path in ("/health/live", "/widget/v1.js", "/nothing"):
            said = desk.ask("GET", path).headers.get("strict-transport-security")
            assert said == ("max-age=31536000" if strict else None)


def test_an_error_inside_has_them_too(desk: Inside) -> None:
    desk.sql("ALTER TABLE conversations RENAME TO away")
    broken = desk.ask("POST", "/api/v1/conversations", json={})
    desk.sql("ALTER TABLE away RENAME TO conversations")
    assert broken.status_code == 503
    check(broken, "/api")
