"""Whatever is sent to any operation, no answer is a server error or one that the description does not list."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any
from zlib import crc32

import httpx
import pytest
import requests
from hypothesis import HealthCheck, assume, given, settings
from hypothesis.strategies import one_of
from schemathesis import Case, GenerationMode, openapi
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks as conformance

from frontdesk.app import create_app
from frontdesk.console.app import create_console
from frontdesk.console.rights import ROUTES
from frontdesk.console.secure import cookie_name, form_token
from records.people import CODE, ENROL, FULL
from tests.security.inside import Inside

START = "/api/v1/conversations"
CHAT_EXAMPLES, CONSOLE_EXAMPLES = 30, 10
STAGES = {"/code": CODE, "/recover": CODE, "/enrol": ENROL}
EVENTS = re.compile(r"/events$")  # never end, so a case is never given what opens them

# What the console may answer, by method: a page, the way to another, or a page that says what is refused.
# 401, 403: signed out, another role; 404: no such thing; 409: somebody else has it; 422: not filled in; 429: too many tries.
ANSWERS = {
    "GET": {200, 303, 401, 403, 404, 409, 422},
    "POST": {200, 204, 303, 400, 401, 403, 404, 409, 422, 429},
}


def described_console() -> dict[str, Any]:
    """The console describes its forms to nobody; what it may answer is added here."""
    document = copy.deepcopy(create_console().openapi())
    for methods in document["paths"].values():
        for method, operation in methods.items():
            operation["responses"] = {str(one): {"description": "."} for one in ANSWERS[method.upper()]}
    return document


CHAT, CONSOLE = openapi.from_dict(create_app().openapi()), openapi.from_dict(described_console())


def operations(schema: BaseSchema) -> list[tuple[str, str]]:
    return [(one.ok().method.upper(), one.ok().path) for one in schema.get_all_operations()]


def sent(desk: Inside, case: Case, headers: dict[str, str], prefix: str = "") -> httpx.Response:
    """Send a case as it is."""
    made = case.as_transport_kwargs(base_url=f"{desk.base}{prefix}")
    try:
        prepared = requests.Request(**made).prepare()
    except (ValueError, requests.RequestException):
        assume(False)  # no client could send it
    given = {name: str(value) for name, value in prepared.headers.items() if name != "Content-Length"}
    return desk.ask(case.method, prepared.path_url, content=prepared.body or b"", headers={**given, **headers})


def is_known(case: Case) -> bool:
    """Whether to put in what there is, so that three of four cases come to something."""
    return crc32(repr((case.body, case.query)).encode("utf-8", "replace")) % 4 > 0


def tried(schema: BaseSchema, operation: tuple[str, str], examples: int, check: Callable[[Case], None]) -> None:
    method, path = operation
    described = schema[path][method]
    modes = [described.as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if described.body or described.query:
        modes.append(described.as_strategy(generation_mode=GenerationMode.NEGATIVE))

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(one_of(modes))
    def each(case: Case) -> None:
        check(case)

    each()


def test_every_address_is_tried() -> None:
    assert len(operations(CHAT)) == sum(len(methods) for methods in create_app().openapi()["paths"].values())
    console = {address for address in ROUTES if address[1] != "/static"}
    assert set(operations(CONSOLE)) == console


@pytest.mark.parametrize("operation", operations(CHAT), ids=" ".join)
def test_the_chat_api_answers_what_it_describes(desk: Inside, operation: tuple[str, str]) -> None:
    conversation, mine = desk.start()

    def check(case: Case) -> None:
        nonlocal conversation, mine
        is_open = "conversation" in case.path_parameters and not EVENTS.search(case.path)
        if is_open and is_known(case):
            case.path_parameters["conversation"] = conversation
        answer = sent(desk, case, mine if is_open else {})
        if case.path == "/health/ready":  # no engine is behind this frontdesk, and it says so
            assert answer.status_code == 503
            return
        assert answer.status_code < 500, answer.text
        case.validate_response(
            answer,
            checks=[
                conformance.status_code_conformance,
                conformance.content_type_conformance,
                conformance.response_schema_conformance,
            ],
        )
        if case.method == "DELETE" and answer.status_code == 202:
            conversation, mine = desk.start()

    tried(CHAT, operation, CHAT_EXAMPLES, check)


@pytest.mark.parametrize("operation", operations(CONSOLE), ids=" ".join)
def test_the_console_answers_with_a_page(desk: Inside, operation: tuple[str, str]) -> None:
    records = desk.house.records
    conversation, _ = desk.start()
    me = records.person_by_login("fuzz") or records.add_person("fuzz", "Fuzz", ["manager", "clinician"])
    target = records.person_by_login("target") or records.add_person("target", "Target", ["viewer"])

    def check(case: Case) -> None:
        token = records.begin_session(me.id, STAGES.get(case.path, FULL), "192.0.2.1", "x")
        headers = {"Cookie": f"{cookie_name(desk.house.settings)}={token}", "Origin": desk.base}
        for name, known in (("conversation", conversation), ("person", target.id), ("table", "days")):
            if name in case.path_parameters and is_known(case):
                case.path_parameters[name] = known
        if case.method == "POST":
            fields = case.body if isinstance(case.body, dict) else {}
            case.body, case.media_type = {**fields, "csrf": form_token(token)}, "application/x-www-form-urlencoded"
        if EVENTS.search(case.path):
            headers.pop("Cookie")
        answer = sent(desk, case, headers, "/console")
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, checks=[conformance.status_code_conformance])

    tried(CONSOLE, operation, CONSOLE_EXAMPLES, check)
