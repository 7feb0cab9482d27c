"""Whatever is sent gets a clear refusal or a harmless answer, and nothing else changes."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import pytest

from tests.conftest import Visitor

INVISIBLE = "\u200b\u200c\u2060\ufeff"
REFUSED_TEXTS = {
    "nothing": "",
    "spaces": "   \n\t ",
    "hard spaces": "\u00a0\u3000\u2003",
    "zero width": INVISIBLE,
    "direction marks": "\u202e\u202c\u200f",
    "control characters": "\x00\x07\x1b",
    "half a surrogate pair": "hello \ud800",
    "the other half": "\udc00 hello",
    "one character too many": "x" * 2001,
}
HARMLESS_TEXTS = {
    "restart": "/restart",
    "session start": "/session_start",
    "an intent with a slot": '/intent{"slot":1}',
    "many slashes": "///",
    "an entity": "[zebrawombat](condition)",
    "an entity with a role": '[zebrawombat]{"entity": "condition", "role": "x"}',
    "a placeholder": "{name} {phone} {0} %s ${HOME}",
    "a script": "<script>alert('zebrawombat')</script>",
    "markup": "<img src=x onerror=alert(1)>",
    "SQL": "'; DROP TABLE messages; --",
    "emoji only": "🙂🎉👩🏽‍⚕️",
    "one letter again and again": "x" * 2000,
    "outside the first plane": "𝔷𝔢𝔟𝔯𝔞 𓀀",
    "a wall of combining marks": "z" + "\u0301" * 300,
}
CLEANED_TEXTS = {
    "right-to-left marks": ("\u202ehow does ketamine work?\u202c", "how does ketamine work?"),
    "null bytes": ("how does\x00 ketamine\x07 work?", "how does ketamine work?"),
    "zero width inside": ("how does keta\u200bmine work?", "how does ketamine work?"),
    "space around": ("  \u00a0how does ketamine work?\n", "how does ketamine work?"),
    "a line break": ("how does\r\nketamine work?", "how does\nketamine work?"),
}
ID = "6a3c1a52-6f0e-4f0e-8d2f-2f8a7c1f0b11"


def raw(visitor: Visitor, body: bytes, content_type: str = "application/json") -> httpx.Response:
    return visitor.http.post(f"/{visitor.id}/messages", content=body, headers={"Content-Type": content_type})


def body_of(**fields: Any) -> bytes:
    """JSON in ASCII, so that half a surrogate pair can be sent."""
    return json.dumps({"client_id": str(uuid.uuid4()), **fields}).encode("ascii")


def assert_problem(response: httpx.Response, status: int, kind: str, starts: str = "") -> None:
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    problem = response.json()
    assert set(problem) == {"type", "title", "status"}
    assert (problem["type"], problem["status"]) == (f"/problems/{kind}", status)
    assert problem["title"].startswith(starts)
    assert problem["title"].endswith((".", "'."))
    assert "zebrawombat" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("text", REFUSED_TEXTS.values(), ids=REFUSED_TEXTS)
def test_what_is_no_message_is_refused_and_not_kept(visitor: Visitor, text: str) -> None:
    answer = visitor.say("How does ketamine work?")
    log = visitor.log()
    assert_problem(raw(visitor, body_of(text=text)), 422, "invalid", "text: ")
    assert visitor.log() == log
    assert visitor.say("tell me more")["topics"] == answer["topics"]


@pytest.mark.parametrize("text", HARMLESS_TEXTS.values(), ids=HARMLESS_TEXTS)
def test_a_command_or_oddity_is_only_words(visitor: Visitor, text: str) -> None:
    answer = visitor.say("How does ketamine work?")
    log = visitor.log()
    response = raw(visitor, body_of(text=text))
    assert response.status_code == 200
    said, reply = response.json()["messages"]
    assert said["text"] == text
    # Words all the same, which may look like an attack (p), a prescription ("script") or a wish to delete ("DROP").
    assert reply["kind"] in ("decline", "clarify", "smalltalk", "advice")
    assert "zebrawombat" not in reply["text"] and "<" not in reply["text"]
    assert visitor.log() == [*log, said, reply]
    more = visitor.say("tell me more")
    assert (more["kind"], more["topics"]) == ("answer", answer["topics"])


def test_a_topic_as_a_command_is_understood_as_words_and_not_obeyed(visitor: Visitor) -> None:
    log = visitor.log()
    said, reply = visitor.post(text="/safety/bladder").json()["messages"]
    assert said["text"] == "/safety/bladder"
    assert reply["kind"] in ("answer", "clarify")
    assert reply["confidence"] < 1  # a command would be certain
    assert visitor.log() == [*log, said, reply]


@pytest.mark.parametrize(("sent", "kept"), CLEANED_TEXTS.values(), ids=CLEANED_TEXTS)
def test_what_no_person_types_is_taken_out(visitor: Visitor, sent: str, kept: str) -> None:
    said, reply = raw(visitor, body_of(text=sent)).json()["messages"]
    assert said["text"] == kept
    assert (reply["kind"], reply["topics"]) == ("answer", ["mechanism/how_it_works"])


def test_markup_around_a_question_is_kept_as_words_and_the_question_answered(visitor: Visitor) -> None:
    said, reply = visitor.post(text="<b>How does ketamine work?</b>").json()["messages"]
    assert said["text"] == "<b>How does ketamine work?</b>"
    assert reply["topics"] == ["mechanism/how_it_works"]
    assert "<" not in reply["text"]


def test_two_thousand_characters_are_a_message(visitor: Visitor) -> None:
    text = ("How does ketamine work? " * 84)[:2000].strip().ljust(2000, "?")
    said, _reply = visitor.post(text=text).json()["messages"]
    assert said["text"] == text
    assert len(visitor.log()) == 3


@pytest.mark.parametrize("size", [70_000, 1_000_000])
def test_a_huge_body_is_refused_however_it_comes(visitor: Visitor, size: int) -> None:
    log, body = visitor.log(), body_of(text="x" * size)
    assert_problem(raw(visitor, body), 413, "too-large")
    headers = {"Content-Type": "application/json"}
    pieces = (body[at : at + 4096] for at in range(0, len(body), 4096))
    assert_problem(visitor.http.post(f"/{visitor.id}/messages", content=pieces, headers=headers), 413, "too-large")
    assert visitor.log() == log
    assert visitor.say("thanks")["kind"] == "smalltalk"


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"text": "zebrawombat', b"zebrawombat", b"\xff\xfe{", b"\x80", b'{"text": "\x01"}', b"[" * 50_000],
    ids=["open", "cut off", "bare word", "wrong encoding", "no encoding", "control character", "deep"],
)
def test_broken_json_is_refused(visitor: Visitor, body: bytes) -> None:
    log = visitor.log()
    assert_problem(raw(visitor, body), 400, "not-json", "The body is not valid JSON.")
    assert visitor.log() == log


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'["zebrawombat"]', b'"zebrawombat"', b"1", b"true"])
def test_anything_but_one_object_is_refused(visitor: Visitor, body: bytes) -> None:
    log = visitor.log()
    assert_problem(raw(visitor, body), 422, "invalid", "The body: ")
    assert visitor.log() == log


@pytest.mark.parametrize(
    ("body", "starts"),
    [
        ({"text": "hello"}, "client_id: is missing."),
        ({"client_id": "zebrawombat", "text": "hello"}, "client_id: should be a UUID."),
        ({"client_id": 7, "text": "hello"}, "client_id: should be a UUID."),
        ({"client_id": None, "text": "hello"}, "client_id: should be a UUID."),
        ({"client_id": "\ud800", "text": "hello"}, "client_id: "),
        ({"client_id": ID}, "The body: Send either 'text' or 'choice'"),
        ({"client_id": ID, "text": "hello", "choice": "person"}, "The body: Send either 'text' or 'choice'"),
        ({"client_id": ID, "text": ["zebrawombat"]}, "text: should be text."),
        ({"client_id": ID, "text": 5}, "text: should be text."),
        ({"client_id": ID, "text": "hello", "sender": "zebrawombat"}, "sender: is not a known field."),
        ({"client_id": ID, "text": "hello", "metadata": {}}, "metadata: is not a known field."),
        ({"client_id": ID, "text": "hello", "\ud800": 1}, "The body: "),
        ({"client_id": ID, "choice": ""}, "choice: is empty."),
        ({"client_id": ID, "choice": "x" * 201}, "choice: is too long."),
    ],
)
def test_a_wrong_field_is_named(visitor: Visitor, body: dict[str, Any], starts: str) -> None:
    log = visitor.log()
    assert_problem(raw(visitor, json.dumps(body).encode("ascii")), 422, "invalid", starts)
    assert visitor.log() == log


@pytest.mark.parametrize(
    "choice",
    ["zebrawombat", "topic:", "topic:no/such", "person:now", "detail:no/such", "/restart", "TOPIC:safety/bladder"],
)
def test_a_choice_that_nobody_offers_is_refused(visitor: Visitor, choice: str) -> None:
    log = visitor.log()
    assert_problem(visitor.post(choice=choice), 422, "unknown-choice", "choice: is nothing that can be chosen.")
    assert visitor.log() == log


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_declared_as_json_is_refused(visitor: Visitor, content_type: str) -> None:
    log = visitor.log()
    assert_problem(raw(visitor, body_of(text="zebrawombat"), content_type), 415, "wrong-content-type")
    assert visitor.log() == log
    declared = raw(visitor, body_of(text="thanks"), "Application/JSON; charset=utf-8")
    assert declared.status_code == 200


@pytest.mark.parametrize(
    ("path", "starts"),
    [
        ("messages?after=-1", "after: "),
        ("messages?after=zebrawombat", "after: "),
        ("messages?after=99999999999", "after: "),
    ],
)
def test_a_wrong_number_in_the_address_is_named(visitor: Visitor, path: str, starts: str) -> None:
    assert_problem(visitor.http.get(f"/{visitor.id}/{path}"), 422, "invalid", starts)


@pytest.mark.parametrize("body", [{"origin": 5}, {"origin": "x" * 2001}, {"locale": "'; --"}, {"name": "zebrawombat"}])
def test_a_conversation_that_starts_wrong_does_not_start(visitor: Visitor, body: dict[str, Any]) -> None:
    (field,) = body
    start = visitor.http.post(str(visitor.http.base_url).rstrip("/"), json=body)
    assert_problem(start, 422, "invalid", f"{field}: ")


@pytest.mark.parametrize("path", ["/zebrawombat", "/", "/api/v2/conversations", "/docs", "/widget/no.js", "/.env"])
def test_an_unknown_address_is_a_problem(visitor: Visitor, path: str) -> None:
    assert_problem(visitor.http.get(str(visitor.http.base_url.copy_with(path=path))), 404, "no-such-page")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/v1/conversations", "POST"),
        ("PATCH", "/api/v1/conversations/x", "DELETE"),
        ("PUT", "/api/v1/conversations/x/events", "GET"),
        ("DELETE", "/health/live", "GET"),
    ],
)
def test_a_method_that_an_address_does_not_take_is_a_problem(
    visitor: Visitor, method: str, path: str, allowed: str
) -> None:
    refused = visitor.http.request(method, str(visitor.http.base_url.copy_with(path=path)))
    assert_problem(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == allowed
