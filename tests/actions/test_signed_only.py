"""A clinic that serves signed answers only: the running action server asks the records before every answer."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from content.catalogue import ROOT, Catalogue
from content.clinic import load_clinic
from content.texts import Texts
from content.versions import contents
from records import Person, Records
from records.migrate import upgrade
from tests.chat.alone import wait_until_served
from tools.house import House, Ports

CATALOGUE = Catalogue()
WAITING = Texts(load_clinic()).text("expired")
TODAY = dt.datetime.now(dt.UTC).date()
LEE = Person("1" * 32, "lee", "Dr. Lee", ("clinician",), dt.datetime.now(dt.UTC))


@dataclass
class Server:
    """The action server, as Rasa calls it."""

    http: httpx.Client
    path: Path
    records: Records

    def does(self, action: str, topics: list[str], **more: Any) -> list[dict[str, Any]]:
        understanding = {"topics": topics, "candidates": topics, "confidence": 0.9, "follow_up": None, **more}
        tracker = {
            "sender_id": "c", "slots": {}, "events": [], "paused": False, "followup_action": None, "active_loop": {},
            "latest_message": {"text": "Words.", "understanding": understanding}, "latest_action_name": "action_listen",
        }  # fmt: skip
        answer = self.http.post(
            "/webhook", json={"next_action": action, "sender_id": "c", "tracker": tracker, "domain": {}}
        )
        assert answer.status_code == 200, answer.text
        return [said["reply"] for said in answer.json()["responses"]]

    def answers(self, *topics: str) -> dict[str, Any]:
        (reply,) = self.does("action_answer", list(topics))
        return reply

    def sign(self, topic: str, until: dt.date = TODAY, was: str = "") -> None:
        """Dr. Lee signs the answer, or the one in which ``was`` stood in place of the first sentence."""
        content = contents(CATALOGUE)[topic]
        if was:
            content = content.replace(CATALOGUE.answers[topic].short[0].says, was)
        self.records.sign(topic, content, LEE, until)

    @contextmanager
    def without_signatures(self) -> Iterator[None]:
        """The database is damaged."""
        for old, new in (("signatures", "away"), ("away", "signatures")):
            with closing(sqlite3.connect(self.path)) as connection, connection:
                connection.execute(f"ALTER TABLE {old} RENAME TO {new}")
            if new == "away":
                yield


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var = tmp_path_factory.mktemp("signed")
    clinic, path = var / "clinic.yml", var / "records.db"
    clinic.write_text(yaml.safe_dump({**yaml.safe_load((ROOT / "clinic.yml").read_text()), "answers": "signed-only"}))
    upgrade(f"sqlite:///{path}")
    with (var / "log").open("w") as log:
        house = House(var / "no-model", var, Ports.free(), log, {"CLINIC_FILE": str(clinic)})
        records = Records(house.database_url)
        try:
            house.start_part("actions")
            address = f"http://127.0.0.1:{house.ports.actions}"
            wait_until_served(f"{address}/health")
            with httpx.Client(base_url=address, trust_env=False, timeout=30) as http:
                yield Server(http, path, records)
        finally:
            house.stop()
            records.dispose()


def test_an_answer_is_served_from_its_signature_on(server: Server) -> None:
    topic = "safety/bladder"
    refused = server.answers(topic)
    assert (refused["kind"], refused["text"], refused["topics"]) == ("decline", WAITING, [topic])
    assert refused["contacts"] and refused["suggestions"][-1]["value"] == "person"
    server.sign(topic)
    assert server.answers(topic)["text"] == CATALOGUE.answers[topic].short_text


def test_nothing_of_it_is_served_without_a_signature(server: Server) -> None:
    topic = "safety/monitoring"
    for wish in ("more_detail", "simpler", "source", "again"):
        (reply,) = server.does("action_follow_up", [topic], follow_up=wish)
        assert (reply["kind"], reply["text"]) == ("decline", WAITING), wish
    server.sign(topic)
    (reply,) = server.does("action_follow_up", [topic], follow_up="more_detail")
    assert reply["text"] == CATALOGUE.answers[topic].detail_text


@pytest.mark.parametrize(
    ("topic", "until", "was"),
    [
        ("safety/liver", TODAY - dt.timedelta(days=1), ""),
        ("safety/hallucinations", TODAY, "Another sentence stood here."),
    ],
    ids=["its signature has run out", "it changed since"],
)
def test_a_signature_that_does_not_hold_is_none(server: Server, topic: str, until: dt.date, was: str) -> None:
    server.sign(topic, until, was)
    assert (server.answers(topic)["kind"], server.answers(topic)["text"]) == ("decline", WAITING)


def test_of_two_questions_the_signed_one_is_answered(server: Server) -> None:
    signed, unsigned = "safety/dissociation", "safety/pregnancy_breastfeeding"
    server.sign(signed)
    reply = server.answers(signed, unsigned)
    assert (reply["kind"], reply["topics"]) == ("answer", [signed])
    assert reply["text"] == f"{CATALOGUE.answers[signed].short_text}\n\n{WAITING}"


def test_when_the_records_cannot_be_read_nothing_is_served(server: Server) -> None:
    topic = "safety/nausea_care"
    server.sign(topic)
    with server.without_signatures():
        assert server.does("action_answer", [topic]) == []  # the frontdesk says that it cannot answer
    assert server.answers(topic)["kind"] == "answer"
