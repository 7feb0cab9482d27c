"""The description of the API is sound, and what the API answers is what it describes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import Visitor
from tools.house import House

CHAT = "/api/v1/conversations"
ONE = f"{CHAT}/{{conversation}}"
OPERATIONS = {
    ("post", CHAT): {"201", "400", "413", "415", "422", "429"},
    ("post", f"{ONE}/messages"): {"200", "400", "401", "404", "413", "415", "422", "429"},
    ("get", f"{ONE}/messages"): {"200", "401", "404", "422"},
    ("get", f"{ONE}/events"): {"200", "401", "404", "422"},
    ("post", f"{ONE}/contact"): {"200", "400", "401", "404", "409", "413", "415", "422", "429"},
    ("post", f"{ONE}/feedback"): {"204", "400", "401", "404", "413", "415", "422", "429"},
    ("delete", ONE): {"202", "401", "404", "422"},
    ("get", "/health/live"): {"200"},
    ("get", "/health/ready"): {"200", "503"},
}
JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
    "null": type(None),
}  # fmt: skip


@pytest.fixture(scope="module")
def described(house: House) -> dict[str, Any]:
    response = httpx.get(f"{house.api}/openapi.json", trust_env=False)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    document: dict[str, Any] = response.json()
    return document


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in the document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def at(described: dict[str, Any], reference: str) -> Any:
    node: Any = described
    assert reference.startswith("#/"), reference
    for step in reference[2:].split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def faults(described: dict[str, Any], schema: dict[str, Any], value: Any, where: str = "body") -> list[str]:
    """What of ``value`` is not as ``schema`` says: types, required and unknown fields, allowed values."""
    if "$ref" in schema:
        return faults(described, at(described, schema["$ref"]), value, where)
    if "anyOf" in schema:
        tries = [faults(described, one, value, where) for one in schema["anyOf"]]
        return [] if [] in tries else tries[0]
    if "type" in schema and not isinstance(value, JSON_TYPES[schema["type"]]):
        return [f"{where}: {type(value).__name__} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value} is not allowed"]
    found = []
    if isinstance(value, dict) and (fields := schema.get("properties")):
        found += [f"{where}.{name} is missing" for name in set(schema.get("required", [])) - set(value)]
        found += [f"{where}.{name} is not described" for name in set(value) - set(fields)]
        for name in set(value) & set(fields):
            found += faults(described, fields[name], value[name], f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            found += faults(described, schema["items"], item, f"{where}[{number}]")
    return found


def assert_described(described: dict[str, Any], method: str, path: str, response: httpx.Response, status: int) -> None:
    assert response.status_code == status, response.text
    answers = described["paths"][path][method]["responses"]
    assert str(status) in answers, f"{method} {path} may not answer {status}"
    content = answers[str(status)].get("content", {})
    kind = response.headers.get("content-type", "").partition(";")[0]
    assert kind in (content or {""}), f"{method} {path} {status} is described as {list(content)}, not {kind}"
    if kind.endswith("json"):
        assert faults(described, content[kind]["schema"], response.json()) == []


def test_it_is_a_sound_openapi_document(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["title"] and described["info"]["version"]
    for node in nodes(described):
        if isinstance(reference := node.get("$ref"), str):
            assert at(described, reference)
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
            in_path = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
            assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            assert all(answer["description"] for answer in operation["responses"].values())


def test_every_operation_lists_what_it_may_answer(described: dict[str, Any]) -> None:
    listed = {(m, path): set(o["responses"]) for path, ms in described["paths"].items() for m, o in ms.items()}
    assert listed.keys() == OPERATIONS.keys()
    for operation, statuses in OPERATIONS.items():
        assert statuses <= listed[operation], operation


def test_every_problem_is_described_as_a_problem(described: dict[str, Any]) -> None:
    for (method, path), statuses in OPERATIONS.items():
        for status in statuses - {"503"}:
            if status.startswith("4"):
                content = described["paths"][path][method]["responses"][status]["content"]
                assert list(content) == ["application/problem+json"], (method, path, status)
                assert set(content["application/problem+json"]["schema"]["required"]) == {"type", "title", "status"}


def test_what_needs_a_token_says_so(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]
    for method, path in OPERATIONS:
        wanted = described["paths"][path][method].get("security", [])
        assert bool(wanted) is path.startswith(ONE), path
        for name in (name for one in wanted for name in one):
            assert (schemes[name]["type"], schemes[name]["scheme"]) == ("http", "bearer")


def test_what_succeeds_is_as_described(described: dict[str, Any], house: House, visitor: Visitor) -> None:
    def check(method: str, path: str, status: int, url: str, **more: Any) -> None:
        response = visitor.http.request(method, url, **more)
        assert_described(described, method, path, response, status)

    def say(**said: str) -> None:
        check("post", f"{ONE}/messages", 200, messages, json={"client_id": str(uuid.uuid4()), **said})

    messages = f"/{visitor.id}/messages"
    check("get", "/health/live", 200, f"{house.api}/health/live")
    check("get", "/health/ready", 200, f"{house.api}/health/ready")
    check("post", CHAT, 201, f"{house.api}{CHAT}", json={})
    for text in ("What are the common side effects?", "What is the capital of France?", "hello", "I want to die"):
        say(text=text)
    say(choice="person")
    check("get", f"{ONE}/messages", 200, messages)
    with visitor.http.stream("GET", f"/{visitor.id}/events") as stream:
        assert_described(described, "get", f"{ONE}/events", stream, 200)
    contact = {"client_id": str(uuid.uuid4()), "email": "someone@clinic.example", "consent": True}
    check("post", f"{ONE}/contact", 200, f"/{visitor.id}/contact", json=contact)
    check("post", f"{ONE}/feedback", 204, f"/{visitor.id}/feedback", json={"seq": 1, "helpful": True})
    check("delete", ONE, 202, f"/{visitor.id}")


@pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if one[1].startswith(CHAT)])
def test_what_is_refused_is_as_described(
    described: dict[str, Any], house: House, visitor: Visitor, method: str, path: str
) -> None:
    def check(status: int, conversation: str = visitor.id, **more: Any) -> None:
        url = f"{house.api}{path.format(conversation=conversation)}"
        assert_described(described, method, path, visitor.http.request(method, url, **more), status)

    if method == "post":
        kind = {"Content-Type": "application/json"}
        check(400, content=b"{", headers=kind)
        check(413, content=b"x" * 70_000, headers=kind)
        check(415, content=b"{}", headers={"Content-Type": "text/plain"})
        check(422, json={"no such field": 1})
    if path.startswith(ONE):
        bodies: dict[str, dict[str, Any]] = {
            "feedback": {"seq": 1, "helpful": True},
            "messages": {"client_id": str(uuid.uuid4()), "text": "hello"},
            "contact": {"client_id": str(uuid.uuid4()), "email": "someone@clinic.example", "consent": True},
        }
        right: dict[str, Any] = {"json": bodies[path.rsplit("/", 1)[1]]} if method == "post" else {}
        check(404, conversation="0123456789abcdef01234567", **right)
        check(401, headers={"Authorization": ""}, **right)
    if path.endswith("/contact"):
        check(409, **right)
    if path.endswith("/messages") and method == "get":
        check(422, params={"after": "x"})
