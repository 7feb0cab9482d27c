"""A tight loop meets a limit; a person does not, and a black-box run can switch it off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk.rates import CONVERSATIONS_A_MINUTE, MESSAGES_A_MINUTE
from tests.chat.alone import frontdesk_alone
from tests.conftest import Visitor
from tools.house import House


@pytest.fixture
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with frontdesk_alone(tmp_path_factory.mktemp("limited"), FRONTDESK_RATE_LIMITS="on") as house:
        yield house


@pytest.fixture
def unlimited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with frontdesk_alone(tmp_path_factory.mktemp("unlimited"), FRONTDESK_RATE_LIMITS="off") as house:
        yield house


def test_too_many_messages_wait_and_nothing_of_them_is_kept(limited: House) -> None:
    one, other = Visitor(limited.api), Visitor(limited.api)
    within = [one.post(choice="person").status_code for _ in range(MESSAGES_A_MINUTE.amount)]
    assert within == [200] * MESSAGES_A_MINUTE.amount
    log = one.log()
    refused = one.post(choice="person")
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many")
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    feedback = one.http.post(f"/{one.id}/feedback", json={"seq": 1, "helpful": True})
    assert feedback.status_code == 429
    assert one.log() == log  # reading is not limited
    assert other.post(choice="person").status_code == 200  # nor is another conversation
    for visitor in (one, other):
        visitor.http.close()


def test_too_many_conversations_wait(limited: House) -> None:
    first = Visitor(limited.api)
    start = f"{limited.api}/api/v1/conversations"
    within = [first.http.post(start, json={}).status_code for _ in range(CONVERSATIONS_A_MINUTE.amount - 1)]
    assert within == [201] * (CONVERSATIONS_A_MINUTE.amount - 1)
    refused = first.http.post(start, json={})
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert first.post(choice="person").status_code == 200  # who is in a conversation goes on
    first.http.close()


def test_the_limits_can_be_off(unlimited: House) -> None:
    visitor = Visitor(unlimited.api)
    start = f"{unlimited.api}/api/v1/conversations"
    started = [visitor.http.post(start, json={}).status_code for _ in range(CONVERSATIONS_A_MINUTE.amount + 5)]
    assert set(started) == {201}
    sent = [visitor.post(choice="person").status_code for _ in range(MESSAGES_A_MINUTE.amount + 5)]
    assert set(sent) == {200}
    visitor.http.close()


def test_the_limits_are_on_unless_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRONTDESK_RATE_LIMITS", raising=False)
    with frontdesk_alone(tmp_path) as house:
        visitor = Visitor(house.api)
        sent = [visitor.post(choice="person").status_code for _ in range(MESSAGES_A_MINUTE.amount + 1)]
        visitor.http.close()
    assert sent == [200] * MESSAGES_A_MINUTE.amount + [429]
