"""Rate limits by address and by token, limits of live streams and of bodies: each a clear problem that says when to try again."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import httpx
import pytest
from limits import RateLimitItemPerMinute

from frontdesk import guards, rates
from frontdesk.rates import (
    CONVERSATIONS_A_MINUTE,
    MESSAGES_A_MINUTE,
    PAGES_A_MINUTE,
    READS_A_MINUTE,
    SIGN_INS_A_MINUTE,
    STREAMS_OF_A_TOKEN,
)
from tests.security.inside import Inside, inside

START = "/api/v1/conversations"
_number = iter(range(1, 250))


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with inside(tmp_path_factory.mktemp("limits"), trusted_proxies="10.1.1.1,10.2.0.0/16") as limited:
        yield limited


@pytest.fixture
def here() -> str:
    """An address that no other test comes from."""
    return f"198.51.100.{next(_number)}"


def check(answer: httpx.Response, kind: str = "too-many") -> None:
    assert answer.status_code == 429, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (f"/problems/{kind}", 429)
    assert problem["title"].endswith(".")
    assert 1 <= int(answer.headers["retry-after"]) <= 60


def until_refused(limit: int, ask: Any) -> httpx.Response:
    """Ask until the limit is met, which must be exactly then."""
    for number in range(limit):
        answer = ask()
        assert answer.status_code != 429, number
    refused: httpx.Response = ask()
    return refused


def test_conversations_are_limited_by_address(limited: Inside, here: str) -> None:
    check(until_refused(CONVERSATIONS_A_MINUTE.amount, lambda: limited.ask("POST", START, here, json={})))
    limited.start("192.0.2.251")  # others start theirs


@pytest.mark.parametrize("part", ["messages", "feedback", "contact", ""])
def test_writing_is_limited_by_token(limited: Inside, here: str, part: str) -> None:
    conversation, mine = limited.start(here)
    method, path = ("POST", f"{START}/{conversation}/{part}") if part else ("DELETE", f"{START}/unknown")

    def write() -> httpx.Response:
        return limited.ask(method, path, here, headers=mine, json={} if part else None)

    check(until_refused(MESSAGES_A_MINUTE.amount, write))
    other, theirs = limited.start(here)
    said = {"client_id": "6a3c1a52-6f0e-4f0e-8d2f-2f8a7c1f0b11", "choice": "person"}
    assert limited.ask("POST", f"{START}/{other}/messages", here, headers=theirs, json=said).status_code == 200


def test_who_knows_an_id_alone_uses_nothing_up(limited: Inside, here: str) -> None:
    conversation, mine = limited.start(here)
    path = f"{START}/{conversation}/messages"
    check(until_refused(MESSAGES_A_MINUTE.amount, lambda: limited.ask("POST", path, "198.51.100.251", json={})))
    said = {"client_id": "6a3c1a52-6f0e-4f0e-8d2f-2f8a7c1f0b12", "choice": "person"}
    assert limited.ask("POST", path, here, headers=mine, json=said).status_code == 200


def test_reading_is_limited_by_token(limited: Inside, here: str) -> None:
    conversation, mine = limited.start(here)
    path = f"{START}/{conversation}/messages"
    check(until_refused(READS_A_MINUTE.amount, lambda: limited.ask("GET", path, here, headers=mine)))


def test_whoever_invents_tokens_is_limited_by_address(
    limited: Inside, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "FROM_AN_ADDRESS_A_MINUTE", RateLimitItemPerMinute(50))  # the same, in less time
    numbers = iter(range(10_000))

    def guess() -> httpx.Response:
        return limited.ask("GET", f"{START}/x/messages", here, headers={"Authorization": f"Bearer {next(numbers)}"})

    check(until_refused(50, guess))


def test_staffs_links_sign_ins_and_pages_are_limited(
    limited: Inside, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "CONSOLE_A_MINUTE", RateLimitItemPerMinute(50))
    form = {"Origin": "https://elsewhere.example"}  # refused before any password is looked at

    def sign_in() -> httpx.Response:
        return limited.ask("POST", "/console/sign-in", here, data={"login": "a", "password": "b"}, headers=form)

    check(until_refused(PAGES_A_MINUTE.amount, lambda: limited.ask("GET", "/pages/unknown", here)))
    check(until_refused(SIGN_INS_A_MINUTE.amount, sign_in))
    check(until_refused(50, lambda: limited.ask("GET", "/console/nothing", here)))


def test_an_address_is_believed_from_a_trusted_proxy_alone(limited: Inside, here: str) -> None:
    def start(peer: str, *forwarded: str) -> int:
        headers = [("X-Forwarded-For", one) for one in forwarded]
        return limited.ask("POST", START, peer, json={}, headers=headers).status_code

    for number in range(CONVERSATIONS_A_MINUTE.amount):  # says it is somebody else each time, and is not believed
        assert start(here, f"192.0.2.{number}") == 201
    assert start(here, "192.0.2.250") == 429
    for proxy in ("10.1.1.1", "10.2.3.4"):
        assert start(proxy, here) == 429  # the same person through a proxy of ours
        assert start(proxy, f"192.0.2.77, {here}") == 429  # what they say of themselves comes before it
        assert start(proxy, f"{here}, 10.2.9.9") == 429  # through two of ours
        assert start(proxy, "192.0.2.78") == 201
    assert start("10.3.0.1", "192.0.2.79") == 201


def test_the_figures_are_not_shown_through_a_proxy_whatever_it_says(limited: Inside) -> None:
    def status(peer: str, forwarded: str | None) -> int:
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        return limited.ask("GET", "/metrics", peer, headers=headers).status_code

    assert [status("127.0.0.1", None), status("8.8.8.8", None)] == [200, 404]
    for peer in ("127.0.0.1", "10.1.1.1", "8.8.8.8"):
        for forwarded in ("127.0.0.1", "10.0.0.9", "8.8.8.8"):
            assert status(peer, forwarded) == 404


class Stream:
    """One live stream, held open until it is closed."""

    def __init__(self, desk: Inside, path: str, address: str, headers: dict[str, str]) -> None:
        self.answered, self.head, self.body = threading.Event(), dict[str, Any](), b""
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw,
            "client": (address, 1), "server": ("test", 80), "scheme": "http", "http_version": "1.1", "root_path": "",
        }  # fmt: skip
        self._app, self._portal = desk.app, desk.portal
        self._running: Future[None] = desk.portal.start_task_soon(self._run)
        assert self.answered.wait(20)

    async def _run(self) -> None:
        self._gone, self._asked = asyncio.Event(), False
        await self._app(self._scope, self._receive, self._send)
        self.answered.set()

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.head = message
        self.body += message.get("body", b"")
        if self.head["status"] == 200 and message["type"] == "http.response.body":
            self.answered.set()

    def close(self) -> None:
        """Close it as a browser does."""
        self._portal.call(self._gone.set)
        self._running.result(20)

    def answer(self) -> httpx.Response:
        """The answer so far."""
        return httpx.Response(self.head["status"], headers=self.head["headers"], content=self.body)


def test_live_streams_are_limited_by_token_and_free_again_when_closed(limited: Inside, here: str) -> None:
    conversation, mine = limited.start(here)
    path = f"{START}/{conversation}/events"
    held = [Stream(limited, path, here, mine) for _ in range(STREAMS_OF_A_TOKEN)]
    assert {one.head["status"] for one in held} == {200}
    refused = Stream(limited, path, here, mine)
    check(refused.answer(), "too-many-streams")
    other, theirs = limited.start(here)
    held.append(Stream(limited, f"{START}/{other}/events", here, theirs))
    assert held[-1].head["status"] == 200
    held.pop(0).close()
    held.append(Stream(limited, path, here, mine))
    assert held[-1].head["status"] == 200
    for one in held:
        one.close()


def test_live_streams_are_limited_by_address(limited: Inside, here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "STREAMS_OF_AN_ADDRESS", 20)
    conversations = [limited.start(f"192.0.2.{100 + number}") for number in range(4)]
    held: list[Stream] = []
    for number in range(20):
        conversation, mine = conversations[number // STREAMS_OF_A_TOKEN]
        held.append(Stream(limited, f"{START}/{conversation}/events", here, mine))
    assert {one.head["status"] for one in held} == {200}
    last, mine = conversations[-1]
    check(Stream(limited, f"{START}/{last}/events", here, mine).answer(), "too-many-streams")
    elsewhere = Stream(limited, f"{START}/{last}/events", "192.0.2.200", mine)
    assert elsewhere.head["status"] == 200
    for one in (*held, elsewhere):
        one.close()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(limited: Inside, here: str) -> None:
    answer = limited.ask("POST", START, here, content=b"x" * (guards.BODY_LIMIT + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    form = limited.ask("POST", "/console/sign-in", here, data={"login": "x" * guards.BODY_LIMIT, "password": "x"})
    assert (form.status_code, form.json()["type"]) == (413, "/problems/too-large")


def test_a_body_that_does_not_arrive_is_not_waited_for(
    limited: Inside, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "BODY_SECONDS", 0.1)

    async def never() -> Any:
        yield b'{"origin": '
        await asyncio.sleep(3600)

    answer = limited.ask("POST", START, here, content=never(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (408, "/problems/too-slow")


def test_the_wait_that_is_told_is_the_one_that_is_needed(limited: Inside, here: str) -> None:
    began = time.time()
    refused = until_refused(CONVERSATIONS_A_MINUTE.amount, lambda: limited.ask("POST", START, here, json={}))
    assert time.time() + int(refused.headers["retry-after"]) >= began + 60
