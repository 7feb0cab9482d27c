"""Every address of the console asks for a right; every role gets in where it should, and nowhere else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.routing import BaseRoute, Mount

from frontdesk.app import create_app
from frontdesk.console.app import create_console
from frontdesk.console.rights import RIGHTS, ROUTES, Right, Role, rights_of
from frontdesk.console.secure import cookie_name
from frontdesk.settings import Settings
from tests.console.parts import Browser, Desk, Staff, somebody, text_of

OF_A_STAGE = (Right.OPEN, Right.CODE, Right.ENROL)


def addresses(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        methods = {"GET"} if isinstance(route, Mount) else getattr(route, "methods", None) or {"GET"}
        yield from ((method, route.path) for method in methods - {"HEAD"})  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def everybody(desk: Desk) -> dict[Role, Staff]:
    staff = {role: somebody(desk, str(role)) for role in Role}
    desk.browsers.clear()  # for all tests of this file
    return staff


@pytest.fixture(autouse=True, scope="module")
def closed(everybody: dict[Role, Staff]) -> Iterator[None]:
    yield
    for staff in everybody.values():
        staff.http.close()


def test_every_route_is_in_the_table_and_nothing_else_is() -> None:
    assert set(addresses(create_console().routes)) == set(ROUTES)


def test_nothing_under_the_consoles_address_is_served_beside_it() -> None:
    served = [getattr(route, "path", "") for route in create_app().routes]
    assert [path for path in served if path.startswith("/console")] == ["/console", "/console"]  # itself, and to it


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_in_where_its_rights_lead_and_nowhere_else(
    desk: Desk, everybody: dict[Role, Staff], role: Role
) -> None:
    staff, target = everybody[role], somebody(desk, "viewer")
    conversation = desk.conversation()
    for (method, path), right in ROUTES.items():
        if right in OF_A_STAGE or path in ("/sign-out", "/events", "/"):
            continue
        there = path.format(
            conversation=conversation, person=target.id, token="x", table="days", area="safety", name="bladder"
        )
        answer = staff.get(there) if method == "GET" else staff.post(there)
        allowed = right in RIGHTS[role]
        assert (answer.status_code == 403) is not allowed, (role, method, path, answer.status_code)
        assert answer.status_code < 500, (method, path)
        if not allowed:
            assert "Your role does not allow this" in text_of(answer)


@pytest.mark.parametrize("address", sorted(ROUTES), ids=" ".join)
def test_without_a_session_nothing_is_shown_or_done(desk: Desk, address: tuple[str, str]) -> None:
    method, path = address
    if ROUTES[address] is Right.OPEN:
        return
    there = path.format(conversation="c", person="p", token="x", table="days", area="safety", name="bladder")
    answer = Browser(desk).get(there) if method == "GET" else Browser(desk).post(there)
    assert answer.status_code in (303, 401)
    if answer.status_code == 303:
        assert answer.headers["location"] == "/console/sign-in"


@pytest.mark.parametrize("path", ["/nothing", "/people/x/y", "/inbox/", "//", "/../api", "/%2e%2e/health/live"])
def test_an_address_that_is_none_is_no_page(desk: Desk, everybody: dict[Role, Staff], path: str) -> None:
    assert everybody[Role.MANAGER].get(path).status_code == 404


def test_a_route_that_is_not_in_the_table_is_refused_to_everybody(
    desk: Desk,
    everybody: dict[Role, Staff],
) -> None:
    settings = Settings(database_url=desk.records.url)
    app = create_app(settings)
    console = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "/console")

    @console.get("/forgotten")  # type: ignore[attr-defined, untyped-decorator]
    async def forgotten() -> str:
        return "shown"

    async def ask() -> httpx.Response:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            cookies = {cookie_name(settings): everybody[Role.MANAGER].http.cookies["console"]}
            async with httpx.AsyncClient(transport=transport, base_url=settings.link_base, cookies=cookies) as client:
                assert (await client.get("/console/people")).status_code == 200
                return await client.get("/console/forgotten")

    with ThreadPoolExecutor(1) as elsewhere:  # the browser tests have a loop running in this thread
        answer = elsewhere.submit(asyncio.run, ask()).result()
    assert (answer.status_code, "This page is closed" in answer.text) == (403, True)


def test_an_unknown_role_has_no_rights() -> None:
    assert rights_of(["owner", ""]) == frozenset()
    assert rights_of(["viewer", "auditor"]) == RIGHTS[Role.VIEWER] | RIGHTS[Role.AUDITOR]


def test_only_clinicians_answer_visitors_lower_flags_and_sign() -> None:
    for right in (Right.ANSWER, Right.LOWER, Right.SIGN):
        assert [role for role in Role if right in RIGHTS[role]] == [Role.CLINICIAN]


def test_two_roles_have_the_rights_of_both(desk: Desk) -> None:
    both = somebody(desk, "manager", "clinician")
    conversation = desk.conversation()
    assert both.get("/people").status_code == 200
    assert both.post(f"/conversations/{conversation}/take-over").status_code == 303


def test_the_navigation_offers_what_the_role_may_see(everybody: dict[Role, Staff]) -> None:
    def offered(role: Role) -> list[str]:
        return re.findall(r'<li><a href="/console/(\w+)"', everybody[role].get("/account").text)

    assert offered(Role.VIEWER) == ["inbox", "conversations", "answers", "insights", "account"]
    everything = ["inbox", "conversations", "review", "answers", "insights", "people", "audit", "account"]
    assert offered(Role.MANAGER) == everything
    assert offered(Role.AUDITOR) == ["audit", "account"]


def test_a_new_role_counts_from_the_next_request(desk: Desk, manager: Staff) -> None:
    staff = somebody(desk, "viewer")
    assert staff.get("/audit").status_code == 403
    assert manager.post(f"/people/{staff.id}/roles", roles=["auditor"]).status_code == 303
    assert (staff.get("/audit").status_code, staff.get("/inbox").status_code) == (200, 403)
