"""An ordinary conversation as the chat API shows it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from content.catalogue import Catalogue
from content.clinic import load_clinic
from tests.conftest import Visitor

FIELDS = {
    "seq", "client_id", "author", "author_name", "kind", "topics", "category", "text", "sources", "suggestions",
    "contacts", "form", "confidence", "sent_at",
}  # fmt: skip
KINDS = {
    "opening", "visitor", "answer", "clarify", "decline", "crisis", "emergency", "advice", "handoff", "guide",
    "smalltalk", "clinician", "notice", "unavailable",
}  # fmt: skip
SIDE_EFFECTS = "What are the common side effects of ketamine?"


def hrefs(message: dict[str, Any]) -> list[str]:
    return [contact["href"] for contact in message["contacts"]]


def values(message: dict[str, Any]) -> list[str]:
    return [suggestion["value"] for suggestion in message["suggestions"]]


def test_the_opening_says_who_this_is_and_what_it_is_not_for(visitor: Visitor) -> None:
    (opening,) = visitor.opened["messages"]
    assert (opening["kind"], opening["author"], opening["seq"]) == ("opening", "bot", 1)
    assert load_clinic().name in opening["text"]
    for words in ("automated assistant", "not a clinician", "not watched live", "emergency call 911", "988"):
        assert words in opening["text"], words
    assert {"tel:911", "tel:988", "sms:988", load_clinic().phone_link} <= set(hrefs(opening))


def test_the_opening_offers_questions_that_have_answers_and_a_person(visitor: Visitor) -> None:
    *starters, person = values(visitor.opened["messages"][0])
    assert person == "person"
    assert len(starters) >= 3
    assert {starter.removeprefix("topic:") for starter in starters} <= set(Catalogue().answers)


def test_the_clinic_block_holds_the_clinics_own_facts(visitor: Visitor) -> None:
    clinic, block = load_clinic(), visitor.opened["clinic"]
    assert set(block) == {"name", "phone", "open_now", "opens_next"}
    assert (block["name"], block["phone"]) == (clinic.name, clinic.phone)
    now = dt.datetime.now(dt.UTC)
    assert block["open_now"] is clinic.is_open(now)
    assert dt.datetime.fromisoformat(block["opens_next"]) == clinic.opens_next(now)


def test_a_conversation_starts_with_no_more_than_an_empty_object(visitor: Visitor) -> None:
    started = visitor.http.post(str(visitor.http.base_url).rstrip("/"), json={})
    assert started.status_code == 201
    assert started.json()["conversation"] != visitor.id
    assert started.json()["token"] != visitor.opened["token"]


def test_a_source_says_what_it_corrects_and_each_claim_is_said_once(visitor: Visitor) -> None:
    sources = visitor.choose("topic:safety/common_side_effects")["sources"]
    claims = [source["corrected"] for source in sources if "corrected" in source]
    assert any("favorable" in claim for claim in claims)
    assert len(claims) == len(set(claims)) < len(sources)


def test_a_question_is_answered_with_topic_sources_suggestions_and_confidence(visitor: Visitor) -> None:
    answer = visitor.say(SIDE_EFFECTS)
    assert (answer["kind"], answer["author"], answer["category"]) == ("answer", "bot", None)
    assert answer["topics"] == ["safety/common_side_effects"]
    assert answer["sources"]
    for source in answer["sources"]:
        assert set(source) - {"corrected"} == {"id", "title", "heading", "url"}
        assert source["id"] and source["title"]
        assert source["url"] is None or source["url"].startswith(("https://", "http://"))
    assert len(values(answer)) >= 2
    assert "topic:safety/common_side_effects" not in values(answer)
    assert 0.5 < answer["confidence"] <= 1
    assert answer["text"] and "<" not in answer["text"]


def test_every_message_has_every_field(visitor: Visitor) -> None:
    visitor.say(SIDE_EFFECTS)
    visitor.say("hello")
    visitor.say("What is the capital of France?")
    visitor.choose("person")
    log = visitor.log()
    assert [message["seq"] for message in log] == list(range(1, 10))
    for message in log:
        assert set(message) == FIELDS
        assert message["kind"] in KINDS
        assert message["author_name"] is None  # only clinicians have one
        assert dt.datetime.fromisoformat(message["sent_at"]).utcoffset() == dt.timedelta(0)
        for field in ("topics", "sources", "suggestions", "contacts"):
            assert isinstance(message[field], list), field
        is_visitors = message["kind"] == "visitor"
        assert (message["author"] == "visitor") is is_visitors
        assert (message["client_id"] is not None) is is_visitors
    times = [message["sent_at"] for message in log]
    assert times == sorted(times)


def test_the_log_can_be_read_from_any_number(visitor: Visitor) -> None:
    visitor.say(SIDE_EFFECTS)
    log = visitor.log()
    assert [visitor.log(after=seq) for seq in range(5)] == [log, log[1:], log[2:], [], []]
    assert visitor.http.get(f"/{visitor.id}/messages").json()["owner"] == "bot"


def test_a_suggestion_can_be_followed(visitor: Visitor) -> None:
    offered = visitor.say(SIDE_EFFECTS)["suggestions"]
    chosen = next(suggestion for suggestion in offered if suggestion["value"].startswith("topic:"))
    reply = visitor.choose(chosen["value"])
    assert reply["kind"] == "answer"
    assert reply["topics"] == [chosen["value"].removeprefix("topic:")]
    assert reply["confidence"] == 1.0
    assert visitor.log()[-2]["text"] == chosen["label"]


def test_more_detail_stays_with_its_topic_and_says_more(visitor: Visitor) -> None:
    answer = visitor.say(SIDE_EFFECTS)
    detail = next(value for value in values(answer) if value.startswith("detail:"))
    reply = visitor.choose(detail)
    assert (reply["kind"], reply["topics"]) == ("answer", answer["topics"])
    assert reply["text"] != answer["text"]
    assert reply["sources"]


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ({"text": "which insurance do you take?"}, "practical/insurance_accepted"),
        ({"choice": "topic:practical/prices"}, "practical/prices"),
    ],
)
def test_a_fact_that_the_clinic_left_empty_is_declined(visitor: Visitor, asked: dict[str, str], topic: str) -> None:
    reply = visitor.turn(**asked)
    assert (reply["kind"], reply["topics"]) == ("decline", [topic])
    assert load_clinic().phone in reply["text"]
    assert load_clinic().phone_link in hrefs(reply)
    assert "person" in values(reply)
    assert reply["sources"] == []


def test_what_the_sources_do_not_cover_is_declined(visitor: Visitor) -> None:
    reply = visitor.say("What is the capital of France?")
    assert (reply["kind"], reply["topics"], reply["sources"]) == ("decline", [], [])
    assert load_clinic().phone in reply["text"]
    assert load_clinic().phone_link in hrefs(reply)
    assert values(reply)[-1] == "person"


def test_two_questions_in_one_message_get_both_answers(visitor: Visitor) -> None:
    reply = visitor.say("What are the side effects and how long does a session last?")
    assert reply["kind"] == "answer"
    assert set(reply["topics"]) == {"safety/common_side_effects", "treatment/session_length"}
    alone = [visitor.choose(f"topic:{topic}") for topic in reply["topics"]]
    assert reply["text"] == "\n\n".join(answer["text"] for answer in alone)
    together = {(source["id"], source["heading"]) for source in reply["sources"]}
    assert together == {(source["id"], source["heading"]) for answer in alone for source in answer["sources"]}


@pytest.mark.parametrize("asked", [{"text": "I want to talk to a person"}, {"choice": "person"}])
def test_who_asks_for_a_person_is_told_truthfully_how_to_reach_one(visitor: Visitor, asked: dict[str, str]) -> None:
    clinic, now = load_clinic(), dt.datetime.now(dt.UTC)
    reply = visitor.turn(**asked)
    assert (reply["kind"], reply["category"]) == ("handoff", "m")
    assert clinic.phone in reply["text"]
    assert ("is open now" in reply["text"]) is clinic.is_open(now)
    assert ("is closed now" in reply["text"]) is not clinic.is_open(now)
    assert {clinic.phone_link, "tel:911", "tel:988"} <= set(hrefs(reply))


def test_after_a_crisis_every_reply_shows_the_crisis_contacts(visitor: Visitor) -> None:
    first = visitor.say("I want to kill myself")
    assert (first["kind"], first["category"]) == ("crisis", "a")
    for asked in ({"text": "hello"}, {"text": SIDE_EFFECTS}, {"choice": "topic:safety/is_it_safe"}):
        reply = visitor.turn(**asked)
        assert (reply["kind"], reply["topics"]) == ("crisis", []), asked
        assert {"tel:911", "tel:988"} <= set(hrefs(reply)), asked
    assert visitor.choose("person")["kind"] == "handoff"
