"""From a visitor's words to a clinician's button, through a frontdesk process of its own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from records import Cause, Records
from tests.chat.alone import frontdesk_alone
from tests.conftest import Visitor
from tests.escalation.parts import MARK, Mailbox, mailbox, notices, wait_for
from tools.house import House

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Desk:
    """A frontdesk, its database, and its people's mailbox."""

    house: House
    records: Records
    box: Mailbox

    def call(self, method: str, path: str, **more: object) -> httpx.Response:
        return httpx.request(method, f"{self.house.api}{path}", trust_env=False, timeout=10, **more)  # type: ignore[arg-type]

    def press(self, token: str) -> httpx.Response:
        return self.call("POST", f"/pages/{token}", headers=FORM)

    @property
    def log(self) -> str:
        return (self.house.var / "house.log").read_text()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    var = tmp_path_factory.mktemp("desk")
    with mailbox() as box:
        settings = {
            "ON_CALL_NOTIFY": box.url("on-call"), "FRONTDESK_NOTIFY_EVERY": "0.1", "FRONTDESK_RATE_LIMITS": "off",
            "FRONTDESK_PUBLIC_URL": "https://chat.clinic.example",
        }  # fmt: skip
        with frontdesk_alone(var, **settings) as house:
            records = Records(f"sqlite:///{var / 'records.db'}")
            yield Desk(house, records, box)
            records.dispose()


@pytest.fixture
def visitor(desk: Desk) -> Iterator[Visitor]:
    one = Visitor(desk.house.api)
    yield one
    one.http.close()


def paged(desk: Desk, visitor: Visitor) -> str:
    """Let the visitor be in danger, and return the token of the mail that follows."""
    before = len(desk.box.got)
    assert visitor.say(f"I want to kill myself tonight {MARK}")["kind"] == "crisis"
    wait_for(lambda: len(desk.box.got) > before)
    (page,) = desk.records.pages_of(visitor.id)
    assert desk.box.got[-1].token == page.token
    return page.token


def test_a_crisis_is_mailed_and_acknowledged_and_the_visitor_is_told(desk: Desk, visitor: Visitor) -> None:
    token = paged(desk, visitor)
    mail = desk.box.got[-1]
    assert f"https://chat.clinic.example/pages/{token}" in mail.body
    assert MARK not in mail.raw

    for _ in range(2):  # a mail program looks at links by itself
        shown = desk.call("GET", f"/pages/{token}")
        assert shown.status_code == 200
        assert "<dd>Not yet</dd>" in shown.text
        assert "<button" in shown.text
    (page,) = desk.records.pages_of(visitor.id)
    assert page.state == "sent"
    assert notices(desk.records, visitor.id) == []

    pressed = [desk.press(token) for _ in range(2)]
    assert [one.status_code for one in pressed] == [303, 303]
    after = httpx.get(f"{desk.house.api}/pages/{pressed[0].headers['Location']}", trust_env=False)
    assert "<button" not in after.text
    assert re.search(r"<dt>Acknowledged</dt><dd>\d+:\d\d [ap]m", after.text)
    (case,) = desk.records.cases_of(visitor.id)
    assert (case.acknowledged_by, case.acknowledged_at is not None) == ("on_call", True)
    (notice,) = [m for m in visitor.log() if m["author"] == "system"]
    assert (notice["kind"], notice["category"]) == ("notice", None)
    assert "has seen that you may need help" in notice["text"]
    assert {"tel:911", "tel:988"} <= {contact["href"] for contact in notice["contacts"]}


def test_the_page_shows_no_words_of_the_visitor_and_lets_nothing_in(desk: Desk, visitor: Visitor) -> None:
    token = paged(desk, visitor)
    shown = desk.call("GET", f"/pages/{token}")
    assert "Suicide or self-harm risk now" in shown.text
    for words in (MARK, "tonight", visitor.id, "<script"):
        assert words not in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in shown.headers


def test_an_unknown_link_and_one_of_an_erased_conversation_look_the_same(desk: Desk, visitor: Visitor) -> None:
    token = paged(desk, visitor)
    desk.press(token)
    visitor.http.delete(f"/{visitor.id}").raise_for_status()
    tries = [
        *(desk.call("GET", f"/pages/{one}") for one in (token, "x" * 32, "%3Cscript%3E")),
        *(desk.press(one) for one in (token, "x" * 32)),
    ]
    assert {one.status_code for one in tries} == {404}
    assert len({one.text for one in tries}) == 1
    assert "<h1>No such case</h1>" in tries[0].text


def test_an_unseen_crisis_is_kept_without_words_and_the_receipt_says_so(desk: Desk, visitor: Visitor) -> None:
    token = paged(desk, visitor)
    receipt = visitor.http.delete(f"/{visitor.id}").json()
    assert "What you wrote has been erased." in receipt["text"]
    assert "until a clinician has seen it" in receipt["text"]
    assert visitor.http.get(f"/{visitor.id}/messages").status_code == 404
    shown = desk.call("GET", f"/pages/{token}")
    assert "Erased at the visitor&#x27;s wish" in shown.text
    assert "<button" in shown.text
    assert desk.press(token).status_code == 303
    after = desk.call("GET", f"/pages/{token}")
    assert re.search(r"<dt>Acknowledged</dt><dd>\d+:\d\d [ap]m", after.text)


def test_a_cancelled_wish_has_no_button(desk: Desk, visitor: Visitor) -> None:
    visitor.choose("person")
    (page,) = desk.records.pages_of(visitor.id)
    assert "<button" in desk.call("GET", f"/pages/{page.token}").text
    visitor.choose("cancel_request")
    shown = desk.call("GET", f"/pages/{page.token}")
    assert "the visitor no longer asks for a person" in shown.text
    assert "<button" not in shown.text
    assert desk.press(page.token).status_code == 303


def test_only_this_path_takes_a_form_and_nothing_else(desk: Desk, visitor: Visitor) -> None:
    token = paged(desk, visitor)
    assert desk.call("POST", f"/pages/{token}", json={}).status_code == 415
    assert desk.call("POST", "/api/v1/conversations", headers=FORM).status_code == 415
    assert desk.call("POST", f"/pages/{token}/more", headers=FORM).status_code == 415
    assert desk.call("PUT", f"/pages/{token}", headers=FORM).status_code == 405
    (page,) = desk.records.pages_of(visitor.id)
    assert page.state == "sent"
    assert not any(path.startswith("/pages") for path in desk.call("GET", "/openapi.json").json()["paths"])


def test_tokens_and_addresses_and_words_are_in_no_log(desk: Desk, visitor: Visitor) -> None:
    token = paged(desk, visitor)
    desk.call("GET", f"/pages/{token}")
    desk.press(token)
    for words in (token, MARK, "on-call@clinic.example", "mailto"):
        assert words not in desk.log
    assert "Traceback" not in desk.log


def test_links_are_not_guessed_at_speed(tmp_path: Path) -> None:
    with frontdesk_alone(tmp_path) as house, httpx.Client(base_url=house.api, trust_env=False) as client:
        found = [client.get(f"/pages/{number}").status_code for number in range(70)]
    assert found[0] == 404
    assert found[-1] == 429
    assert sorted(set(found)) == [404, 429]


def test_a_page_acknowledged_by_another_way_shows_it(desk: Desk, visitor: Visitor) -> None:
    desk.records.escalate(visitor.id, 1, [Cause("l", "U2", ("practice_manager",))])
    (page,) = desk.records.pages_of(visitor.id)
    desk.records.acknowledge(page.token, dt.datetime.now(dt.UTC))
    shown = desk.call("GET", f"/pages/{page.token}").text
    assert "A conversation needs a person soon" in shown
    assert "Complaint or legal threat" in shown
    assert "<button" not in shown
    assert notices(desk.records, visitor.id) == []
