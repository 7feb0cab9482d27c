"""A token opens its own conversation and nothing else; what is erased is gone."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import Visitor
from tools.house import House

OPERATIONS = {
    "read": ("GET", "/messages", None),
    "send": ("POST", "/messages", {"client_id": "7e0a1a4e-6a55-4b8c-9b38-0d4f6f3f2a11", "text": "hello"}),
    "listen": ("GET", "/events", None),
    "feedback": ("POST", "/feedback", {"seq": 1, "helpful": True}),
    "contact": (
        "POST",
        "/contact",
        {"client_id": "7e0a1a4e-6a55-4b8c-9b38-0d4f6f3f2a12", "email": "a@b.example", "consent": True},
    ),
    "erase": ("DELETE", "", None),
}
NEVER_WAS = "0123456789abcdef01234567"
MARK = "zebrawombat"


@pytest.fixture
def other(house: House) -> Iterator[Visitor]:
    one = Visitor(house.api)
    yield one
    one.http.close()


def call(visitor: Visitor, operation: str, conversation: str, authorization: str | None) -> httpx.Response:
    """Call an operation with a header of one's own choice."""
    method, path, body = OPERATIONS[operation]
    headers = {} if authorization is None else {"Authorization": authorization}
    url = f"{visitor.http.base_url}{conversation}{path}"
    return httpx.request(method, url, json=body, headers=headers, timeout=10, trust_env=False)


def traces(house: House, words: str) -> list[str]:
    """The files of the running house that hold ``words``."""
    return [path.name for path in house.var.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_token_does_not_open_looks_as_if_it_did_not_exist(
    visitor: Visitor, other: Visitor, operation: str
) -> None:
    visitor.say("hello")
    log = visitor.log()
    theirs, wrong = f"Bearer {other.opened['token']}", f"Bearer {'x' * 43}"
    nothing = call(other, operation, NEVER_WAS, theirs)
    assert (nothing.status_code, nothing.json()["type"]) == (404, "/problems/not-found")
    assert nothing.headers["content-type"] == "application/problem+json"
    tries = [
        call(other, operation, visitor.id, theirs),
        call(other, operation, visitor.id, wrong),
        call(other, operation, visitor.id, f"{theirs}{visitor.opened['token']}"),
        call(other, operation, "a" * 500, theirs),
        call(other, operation, "%00", theirs),
    ]
    assert [(one.status_code, one.content) for one in tries] == [(404, nothing.content)] * len(tries)
    assert visitor.log() == log


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic dXNlcjpwYXNz"])
def test_without_a_token_nothing_is_told(visitor: Visitor, operation: str, authorization: str | None) -> None:
    log = visitor.log()
    refused = call(visitor, operation, visitor.id, authorization)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/token-missing")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert call(visitor, operation, NEVER_WAS, authorization).content == refused.content
    assert visitor.log() == log


def test_after_erasing_everything_is_gone(visitor: Visitor) -> None:
    visitor.say("hello")
    erased = visitor.http.delete(f"/{visitor.id}")
    assert erased.status_code == 202
    assert set(erased.json()) == {"receipt", "text"}
    assert len(erased.json()["receipt"]) >= 16
    mine = f"Bearer {visitor.opened['token']}"
    for operation in OPERATIONS:
        gone = call(visitor, operation, visitor.id, mine)
        assert (gone.status_code, gone.content) == (404, call(visitor, operation, NEVER_WAS, mine).content), operation


def test_after_erasing_no_file_holds_the_words(house: House, visitor: Visitor) -> None:
    said = visitor.say(f"Is ketamine safe for a {MARK} like me?")
    comment = {"seq": said["seq"], "helpful": False, "comment": f"Nothing about the {MARK}."}
    assert visitor.http.post(f"/{visitor.id}/feedback", json=comment).status_code == 204
    assert any(MARK in message["text"] for message in visitor.log())
    assert visitor.http.delete(f"/{visitor.id}").status_code == 202
    assert traces(house, MARK) == []
    assert traces(house, visitor.opened["token"]) == []


def test_erasing_one_conversation_leaves_the_others(visitor: Visitor, other: Visitor) -> None:
    client_id = str(uuid.uuid4())
    kept = other.post(client_id, text="How does ketamine work?").json()["messages"]
    receipts = {visitor.http.delete(f"/{visitor.id}").json()["receipt"]}
    assert other.log()[1:] == kept
    assert other.say("tell me more")["topics"] == kept[1]["topics"]
    receipts.add(other.http.delete(f"/{other.id}").json()["receipt"])
    assert len(receipts) == 2


@pytest.mark.parametrize("text", ["I want to talk to a person", "How does ketamine work?", "I want to kill myself"])
def test_erasing_while_an_answer_is_on_its_way_leaves_nothing(house: House, text: str) -> None:
    for milliseconds in range(0, 24, 3):
        visitor, mark = Visitor(house.api), f"wombat{uuid.uuid4().hex}"
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(visitor.post, text=f"{text} {mark}")
            time.sleep(milliseconds / 1000)
            assert visitor.http.delete(f"/{visitor.id}").status_code == 202
        assert sent.result().status_code in (200, 404), milliseconds
        assert visitor.http.get(f"/{visitor.id}/messages").status_code == 404
        assert traces(house, mark) == []
        visitor.http.close()


def test_only_the_clinics_pages_may_use_the_api_in_a_browser(house: House, visitor: Visitor) -> None:
    url = f"{visitor.http.base_url}{visitor.id}/messages"
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}

    def allowed(origin: str) -> str | None:
        answer = httpx.options(url, headers={**asks, "Origin": origin}, trust_env=False)
        found: str | None = answer.headers.get("access-control-allow-origin")
        return found

    clinic = f"http://127.0.0.1:{house.ports.demo}"
    assert allowed(clinic) == clinic
    assert allowed("https://elsewhere.example") is None
    assert allowed("null") is None
