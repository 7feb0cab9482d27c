"""How a visitor may be reached: checked, with consent, kept with the case and nowhere else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from records import Cause, Contact, Records
from tests.chat.alone import frontdesk_alone
from tests.conftest import Visitor
from tools.house import House

PHONE = "(212) 555-0123"
TOMORROW = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
REQUEST = Cause("m", "U3", ("front_desk",), TOMORROW)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with frontdesk_alone(tmp_path_factory.mktemp("contact"), FRONTDESK_RATE_LIMITS="off") as one:
        yield one


@pytest.fixture(scope="module")
def records(house: House) -> Iterator[Records]:
    one = Records(f"sqlite:///{house.var / 'records.db'}")
    yield one
    one.dispose()


@pytest.fixture
def visitor(house: House) -> Iterator[Visitor]:
    one = Visitor(house.api)
    yield one
    one.http.close()


@pytest.fixture
def asked(visitor: Visitor, records: Records) -> Visitor:
    """A visitor who has asked for a person."""
    records.escalate(visitor.id, 1, [REQUEST])
    return visitor


def leave(visitor: Visitor, client_id: str | None = None, **fields: Any) -> httpx.Response:
    body = {"client_id": client_id or str(uuid.uuid4()), "consent": True, **fields}
    return visitor.http.post(f"/{visitor.id}/contact", json={k: v for k, v in body.items() if v is not None})


def test_what_is_left_is_kept_in_its_normal_form_and_said_truthfully(asked: Visitor, records: Records) -> None:
    said = leave(asked, name=" Ann ", phone=PHONE, email="Ann@Example.com", best_time="after 5")
    assert said.status_code == 200
    (notice,) = said.json()["messages"]
    assert (notice["author"], notice["kind"]) == ("system", "notice")
    assert notice == asked.log()[-1]
    assert records.contact_of(asked.id) == Contact("Ann", "+12125550123", "Ann@example.com", "after 5")
    for words in ("Thank you", "used for nothing else", "We aim to have a person look at your request"):
        assert words in notice["text"], words
    for words in ("Ann", "212", "coming"):
        assert words not in notice["text"], words


def test_what_is_said_about_who_looks_at_it_is_true(visitor: Visitor, records: Records) -> None:
    def then() -> str:
        text: str = leave(visitor, phone=PHONE).json()["messages"][0]["text"]
        return text

    records.escalate(visitor.id, 1, [Cause("o", "U4")])  # nobody is told of it
    assert "I cannot say by when" in then()
    records.escalate(visitor.id, 1, [REQUEST])
    assert "We aim to have a person look at your request by" in then()
    late = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    records.escalate(visitor.id, 1, [Cause("a", "U1", ("on_call",), late)])
    text = then()
    assert "Nobody has confirmed seeing your request yet." in text
    assert "Please do not wait for us" in text
    assert "911" in text
    for page in records.pages_of(visitor.id):
        records.acknowledge(page.token, dt.datetime.now(dt.UTC))
    assert "A person at Example Ketamine Clinic has already confirmed seeing your request." in then()


def test_one_of_both_is_enough_and_the_last_counts(asked: Visitor, records: Records) -> None:
    assert leave(asked, email="a.b+c@clinic.example.org").status_code == 200
    assert records.contact_of(asked.id) == Contact(email="a.b+c@clinic.example.org")
    assert leave(asked, phone="+44 20 7946 0018 x12", name="  ").status_code == 200
    assert records.contact_of(asked.id) == Contact(phone="+442079460018;ext=12")


def test_the_same_client_id_changes_nothing_even_at_once(asked: Visitor, records: Records) -> None:
    client_id = str(uuid.uuid4())
    with ThreadPoolExecutor(6) as pool:
        several = list(pool.map(lambda _: leave(asked, client_id, phone=PHONE), range(6)))
    assert [one.status_code for one in several] == [200] * 6
    assert len({one.text for one in several}) == 1
    again = leave(asked, client_id, phone="+1 212 555 0199")
    assert again.json() == several[0].json()
    assert records.contact_of(asked.id) == Contact(phone="+12125550123")
    assert [message["author"] for message in asked.log()].count("system") == 1


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no consent": ({"consent": None, "phone": PHONE}, "consent"),
    "consent refused": ({"consent": False, "phone": PHONE}, "consent"),
    "consent as a word": ({"consent": "true", "phone": PHONE}, "consent"),
    "consent as a number": ({"consent": 1, "phone": PHONE}, "consent"),
    "neither phone nor email": ({"name": "Ann"}, "phone"),
    "only spaces": ({"phone": "  ", "email": " "}, "phone"),
    "no number": ({"phone": "call my zebrawombat"}, "phone"),
    "too few digits": ({"phone": "555 01"}, "phone"),
    "a number that cannot be": ({"phone": "+1 000 000 0000"}, "phone"),
    "a phone that is an object": ({"phone": {"a": 1}}, "phone"),
    "no address": ({"email": "zebrawombat"}, "email"),
    "an address without a domain": ({"email": "zebrawombat@localhost"}, "email"),
    "two addresses": ({"email": "a@example.com, zebrawombat@example.com"}, "email"),
    "a long name": ({"phone": PHONE, "name": "zebrawombat" * 20}, "name"),
    "a long time": ({"phone": PHONE, "best_time": "zebrawombat" * 20}, "best_time"),
    "no uuid": ({"phone": PHONE, "client_id": "zebrawombat"}, "client_id"),
    "another field": ({"phone": PHONE, "address": "zebrawombat street"}, "address"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_refused_by_field_and_not_repeated(asked: Visitor, records: Records, wrong: str) -> None:
    fields, field = WRONG[wrong]
    refused = leave(asked, **fields)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["title"].startswith(f"{field}: ")
    for words in ("zebrawombat", "000", "555 01", "localhost"):
        assert words not in refused.text
    assert records.contact_of(asked.id) is None
    assert len(asked.log()) == 1


def test_without_an_open_case_nothing_is_kept(visitor: Visitor, records: Records) -> None:
    refused = leave(visitor, phone=PHONE)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/no-open-case")
    assert "Ask for a person first" in refused.json()["title"]
    assert records.contact_of(visitor.id) is None


def test_nothing_is_kept_of_a_minor(asked: Visitor, records: Records) -> None:
    records.escalate(asked.id, 1, [Cause("h", "U4")])
    refused = leave(asked, phone=PHONE)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-collected")
    for words in ("Thank you for reaching out", "an adult you trust", "988"):
        assert words in refused.json()["title"]
    assert records.contact_of(asked.id) is None
    assert len(asked.log()) == 1


def test_who_listens_is_told_at_once(asked: Visitor) -> None:
    with asked.http.stream("GET", f"/{asked.id}/events", headers={"Last-Event-ID": "1"}) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: owner"
        leave(asked, phone=PHONE)
        event = next(line for line in lines if line.startswith("data:") and '"notice"' in line)
    assert "Thank you" in event


def test_a_strangers_token_does_not_open_it(asked: Visitor, house: House) -> None:
    other = Visitor(house.api)
    other.id = asked.id
    assert leave(other, phone=PHONE).status_code == 404
    other.http.close()


def test_it_is_in_no_log_and_goes_with_the_conversation(asked: Visitor, house: House, records: Records) -> None:
    leave(asked, phone=PHONE, name="Zebrawombat", email="zebrawombat@example.com")
    leave(asked, phone="zebrawombat")
    assert "ebrawombat" not in (house.var / "house.log").read_text()
    asked.http.delete(f"/{asked.id}").raise_for_status()
    assert records.contact_of(asked.id) is None
    for path in house.var.iterdir():
        assert path.is_dir() or b"zebrawombat@example.com" not in path.read_bytes(), path.name


def test_a_tight_loop_meets_a_limit(tmp_path: Path) -> None:
    with frontdesk_alone(tmp_path) as house:
        one = Visitor(house.api)
        found = {leave(one, phone=PHONE).status_code for _ in range(45)}
        one.http.close()
    assert found == {409, 429}
