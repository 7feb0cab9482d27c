"""What Rasa does by default and must not do here."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from content.catalogue import ROOT, read_yaml
from tests.conftest import Visitor
from tools.house import House

TURNS = "/webhooks/frontdesk/turns"
COMMANDS = (
    "/restart",
    "/session_start",
    "/back",
    "  /restart",
    "//restart",
    "\u200b/restart",
    '/smalltalk{"topic": "x"}',
)


@pytest.fixture
def rasa(house: House) -> Iterator[httpx.Client]:
    """A way to the Rasa server with the secret that the frontdesk has."""
    secret = (house.var / "rasa_token").read_text()
    address = f"http://127.0.0.1:{house.ports.rasa}"
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {secret}"}, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("command", COMMANDS)
def test_a_leading_slash_commands_nothing(visitor: Visitor, command: str) -> None:
    answered = visitor.choose("topic:safety/bladder")
    assert visitor.say(command)["kind"] in ("decline", "clarify", "smalltalk")
    again = visitor.say("say that again")  # a restart would have taken the topic
    assert (again["kind"], again["text"]) == ("answer", answered["text"])


def test_a_question_with_a_leading_slash_is_a_question(visitor: Visitor) -> None:
    reply = visitor.say("/can ketamine harm the bladder?")
    assert (reply["kind"], reply["topics"]) == ("answer", ["safety/bladder"])
    assert reply["confidence"] < 1.0  # understood, not commanded


def test_rasa_itself_reads_a_leading_slash_as_words(rasa: httpx.Client) -> None:
    body = {"conversation": "slash", "text": "/safety"}
    understood = rasa.post(TURNS, json=body).raise_for_status().json()["understanding"]
    assert understood["confidence"] < 1.0
    assert understood["ranking"]  # the classifier has read it; a command would have passed it by


def metadata(model: Path) -> dict[str, Any]:
    """What a trained model says about itself."""
    with tarfile.open(model) as archive:
        member = archive.extractfile(next(name for name in archive.getnames() if name.endswith("metadata.json")))
        assert member is not None
        found: dict[str, Any] = json.load(member)
        return found


def test_a_session_never_expires(model: Path) -> None:
    assert metadata(model)["domain"]["session_config"] == {
        "session_expiration_time": 0,
        "carry_over_slots_to_new_session": True,
    }


def test_the_trained_model_is_loaded_and_answers(
    model: Path, house: House, rasa: httpx.Client, visitor: Visitor
) -> None:
    assert rasa.get("/webhooks/frontdesk/state").json() == {"model": metadata(model)["model_id"]}
    ready = httpx.get(f"{house.api}/health/ready", trust_env=False)
    assert (ready.status_code, ready.json()["model"]) == (200, "ok")
    assert visitor.say("Is ketamine addictive?")["topics"] == ["safety/addiction_and_misuse"]


@pytest.mark.parametrize("secret", [None, "wrong", "${RASA_CHANNEL_TOKEN}"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", TURNS), ("GET", "/webhooks/frontdesk/state"), ("DELETE", "/webhooks/frontdesk/conversations/x")]
)  # fmt: skip
def test_rasa_refuses_who_does_not_know_the_secret(
    rasa: httpx.Client, method: str, path: str, secret: str | None
) -> None:
    del rasa.headers["Authorization"]
    headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
    refused = rasa.request(method, path, headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert refused.json() == {"title": "The token is missing or wrong.", "status": 401}


@pytest.mark.parametrize(
    "path", ["/webhooks/rest/webhook", "/webhooks/callback/webhook", "/model/parse", "/conversations/x/messages"]
)
def test_rasa_has_no_other_way_in(rasa: httpx.Client, path: str) -> None:
    assert rasa.post(path, json={"sender": "x", "message": "hello", "text": "hello"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({}, "Send a JSON object with 'conversation'."),
        ({"conversation": 5, "text": "hi"}, "Send a JSON object with 'conversation'."),
        ({"conversation": "x"}, "Send 'text' of 1 to 4000 characters, 'topic' or 'guide'."),
        ({"conversation": "x", "text": " "}, "Send 'text' of 1 to 4000 characters, 'topic' or 'guide'."),
        ({"conversation": "x", "text": "a" * 4001}, "Send 'text' of 1 to 4000 characters, 'topic' or 'guide'."),
    ],
)
def test_a_wrong_request_to_rasa_is_named(rasa: httpx.Client, body: dict[str, Any], title: str) -> None:
    refused = rasa.post(TURNS, json=body)
    assert (refused.status_code, refused.json()["title"]) == (422, title)


@pytest.mark.parametrize("part", ["rasa", "actions", "frontdesk", "demo"])
def test_every_part_listens_on_loopback_only(house: House, part: str) -> None:
    port = getattr(house.ports, part)
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        pass
    with pytest.raises(OSError):  # another address of this machine: who listens on all of them would accept
        socket.create_connection(("127.0.0.2", port), timeout=2).close()


def test_the_rules_are_few() -> None:
    rules = read_yaml(ROOT / "data" / "conversation" / "rules.yml")["rules"]
    areas = {path.stem for path in (ROOT / "data" / "faq").glob("*.yml")}
    others = {"nlu_fallback", "out_of_scope", "follow_up", "smalltalk", "escalate", "guide"}
    form_over = [{"action": "candidacy_guide"}, {"active_loop": None}, {"action": "action_guide_end"}]
    rules = [rule for rule in rules if rule["steps"] != form_over]
    assert sorted(rule["steps"][0]["intent"] for rule in rules) == sorted(areas | others)


def test_two_quick_messages_do_not_cost_a_second(visitor: Visitor) -> None:
    visitor.say("hello")
    with ThreadPoolExecutor(2) as pool:
        started = time.monotonic()
        replies = list(pool.map(visitor.say, ["Can ketamine harm the bladder?", "Is ketamine addictive?"]))
        took = time.monotonic() - started
    assert sorted(reply["topics"][0] for reply in replies) == ["safety/addiction_and_misuse", "safety/bladder"]
    assert took < 1.0
    assert sorted(message["author"] for message in visitor.log()[-4:]) == ["bot", "bot", "visitor", "visitor"]


@pytest.mark.parametrize("start", ["import rasa.telemetry", "import os; os.chdir('/'); import rasa.telemetry"])
def test_telemetry_is_off_however_rasa_is_started(tmp_path: Path, start: str) -> None:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("RASA_", "PYTHON"))} | {"HOME": str(tmp_path)}
    command = [str(ROOT / ".venv-rasa/bin/python"), "-c", f"{start}; print(rasa.telemetry.is_telemetry_enabled())"]
    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "False")


@pytest.fixture(scope="module")
def without_actions(fragile: House) -> Iterator[House]:
    """An assistant whose action server has stopped."""
    fragile.stop_part("actions")
    yield fragile
    fragile.start_part("actions")
    fragile.wait()


def test_rasa_says_that_no_action_replied(without_actions: House) -> None:
    secret = (without_actions.var / "rasa_token").read_text()
    failed = httpx.post(
        f"http://127.0.0.1:{without_actions.ports.rasa}{TURNS}",
        json={"conversation": "x", "text": "Is ketamine addictive?"},
        headers={"Authorization": f"Bearer {secret}"},
        trust_env=False,
    )
    assert (failed.status_code, failed.json()["title"]) == (502, "No action replied.")


def test_without_actions_the_visitor_is_shown_whom_to_call(without_actions: House) -> None:
    one = Visitor(without_actions.api)
    reply = one.say("Is ketamine addictive?")
    assert reply["kind"] == "unavailable"
    assert one.opened["clinic"]["phone"] in reply["text"]
    assert {"tel:911", "tel:988"} < {contact["href"] for contact in reply["contacts"]}
    assert [message["kind"] for message in one.log()] == ["opening", "visitor", "unavailable"]
    one.http.close()


def test_without_actions_a_crisis_is_answered_all_the_same(without_actions: House) -> None:
    one = Visitor(without_actions.api)
    reply = one.say("I want to kill myself")
    assert (reply["kind"], reply["category"]) == ("crisis", "a")
    one.http.close()
