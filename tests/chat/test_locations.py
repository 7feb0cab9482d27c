"""A group with several locations: whose name, phone, hours, facts and people a conversation gets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from content.catalogue import ROOT
from content.clinic import WEEKDAYS, load_clinic
from records import Records
from tests.chat.alone import frontdesk_alone, wait_until_served
from tests.conftest import Visitor
from tests.escalation.parts import Mailbox, mailbox, wait_for
from tools.house import House

WHERE = "practical/hours_and_location"
CRISIS = "I want to kill myself tonight"


@dataclass
class Group:
    """A running frontdesk and action server of a group, and the mail that its people get."""

    house: House
    mail: Mailbox
    file: Path

    @contextmanager
    def visitor(self, location: str | None) -> Iterator[Visitor]:
        one = Visitor(self.house.api, location=location)
        try:
            yield one
        finally:
            one.http.close()

    def told(self, who: str) -> list[str]:
        return [got.body for got in self.mail.got if got.to == f"{who}@clinic.example"]

    def answers(self, visitor: Visitor, topic: str) -> str:
        """What the action server answers when Rasa names a topic in a visitor's conversation."""
        tracker = {
            "sender_id": visitor.id, "slots": {}, "events": [], "paused": False, "followup_action": None,
            "latest_message": {"text": "Words.", "understanding": {"topics": [topic], "confidence": 0.9}},
            "active_loop": {}, "latest_action_name": "action_listen",
        }  # fmt: skip
        body = {"next_action": "action_answer", "sender_id": visitor.id, "tracker": tracker, "domain": {}}
        address = f"http://127.0.0.1:{self.house.ports.actions}/webhook"
        (said,) = httpx.post(address, json=body, timeout=30, trust_env=False).json()["responses"]
        return str(said["reply"]["text"])


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    var = tmp_path_factory.mktemp("group")
    file = var / "clinic.yml"
    with mailbox() as mail:

        def on_call(who: str) -> dict[str, Any]:
            return {"on_call": [{"name": who, "notify": mail.url(who)}]}

        facts = yaml.safe_load((ROOT / "clinic.yml").read_text()) | {"teams": on_call("group"), "time_zone": "UTC"}
        facts["locations"] = [
            {"id": "north", "name": "North Clinic", "phone": "+1 555 010 0111", "address": "1 North Road",
             "hours": dict.fromkeys(WEEKDAYS, "00:00-23:59"), "holidays": [], "teams": on_call("north")},
            {"id": "south", "name": "South Clinic", "phone": "+1 555 010 0122", "parking": None,
             "hours": {"monday": "09:00-10:00"},
             "time_zone": "America/Denver"},
        ]  # fmt: skip
        file.write_text(yaml.safe_dump(facts))
        settings = {"CLINIC_FILE": str(file), "FRONTDESK_RATE_LIMITS": "off", "FRONTDESK_NOTIFY_EVERY": "0.1"}
        with frontdesk_alone(var, **settings) as house:
            house.start_part("actions")
            wait_until_served(f"http://127.0.0.1:{house.ports.actions}/health")
            yield Group(house, mail, file)


def test_a_conversation_shows_the_name_phone_and_hours_of_its_location(group: Group) -> None:
    clinic, now = load_clinic(group.file), dt.datetime.now(dt.UTC)
    for location in (None, "", "north", "south"):
        there, opens = clinic.at(location), clinic.at(location).opens_next(now)
        with group.visitor(location) as visitor:
            block, opening = visitor.opened["clinic"], visitor.opened["messages"][0]
            assert (block["name"], block["phone"], block["open_now"]) == (there.name, there.phone, there.is_open(now))
            assert opens is not None
            assert dt.datetime.fromisoformat(block["opens_next"]) == opens
            assert there.name in opening["text"]
            assert there.phone_link in [contact["href"] for contact in opening["contacts"]]
            assert there.phone in visitor.say("How does ketamine work?")["text"]  # without Rasa it says whom to call
            assert there.name in visitor.turn(choice="person")["text"]


def test_answers_hold_the_facts_of_the_location(group: Group) -> None:
    clinic = load_clinic(group.file)
    with group.visitor(None) as nowhere, group.visitor("north") as north, group.visitor("south") as south:
        assert f"{clinic.address}." in group.answers(nowhere, WHERE)
        at_north, at_south = group.answers(north, WHERE), group.answers(south, WHERE)
    for words in ("1 North Road", "00:00-23:59", str(clinic.parking)):  # the last is not named there: as everywhere
        assert words in at_north, words
    assert clinic.at("south").phone in at_south
    assert "- Monday: 09:00-10:00" in at_south
    assert "parking" not in at_south  # named there and left empty: never guessed


def test_the_people_of_the_location_are_told_or_those_of_the_group(group: Group) -> None:
    with group.visitor("north") as north, group.visitor("south") as south:
        assert north.say(CRISIS)["kind"] == "crisis"
        wait_for(
            lambda: any(
                body.startswith("North Clinic: a conversation needs a clinician now") for body in group.told("north")
            )
        )
        assert south.say(CRISIS)["kind"] == "crisis"  # which has no people of its own
        wait_for(
            lambda: any(
                body.startswith("South Clinic: a conversation needs a clinician now") for body in group.told("group")
            )
        )
        assert not [body for body in group.told("group") if body.startswith("North")]
        # What is kept of an erased conversation for its pages goes on to the same people.
        assert north.http.delete(f"/{north.id}").status_code == 202
    records = Records(group.house.database_url)
    assert "north" in [records.location(case.conversation) for case in records.open_cases() if case.category == "a"]
    records.dispose()


def test_a_location_that_is_not_there_is_refused_and_one_that_is_no_more_is_the_group(group: Group) -> None:
    address = f"{group.house.api}/api/v1/conversations"
    refused = httpx.post(address, json={"location": "nroth"}, trust_env=False)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/unknown-location")
    assert "north, south" in refused.json()["title"] and "nroth" not in refused.text
    assert httpx.post(address, json={"location": "x" * 33}, trust_env=False).status_code == 422
    clinic = load_clinic(group.file)
    assert clinic.at("closed-last-year") is clinic
