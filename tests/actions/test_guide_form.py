"""The guide's actions by themselves: what they do when a store fails, and what they set aside."""

from __future__ import annotations

import asyncio
import logging
import pickle
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.guide as guide_actions
from actions.guide import ActionAsk, ActionGuideEnd, ValidateCandidacyGuide
from actions.guide_course import DECISION, FORM, TURN, Course, slot_of
from content.guide import load_guide

GUIDE = load_guide()
SLOTS = [slot_of(question.id) for question in GUIDE.questions]
MARK = "zebrawombat"


class Records:
    """A database in which nothing is up."""

    def raised(self, conversation: str) -> None: ...


class NoRecords:
    """A database that is down."""

    def __getattr__(self, name: str) -> Any:
        raise ConnectionError(MARK)


def tracker(
    text: str = "",
    command: str | None = None,
    *,
    active: bool = True,
    findings: list[dict[str, Any]] | None = None,
    **slots: Any,
) -> Tracker:
    understanding: dict[str, Any] = {"topics": [], "follow_up": None}
    if command is not None:
        understanding["guide"] = command
    if findings:
        understanding["findings"] = findings
    intent = "escalate" if findings else ("guide" if command else "out_of_scope")
    message = {"text": text, "intent": {"name": intent}, "understanding": understanding, "metadata": {"seq": 4}}
    loop = {"name": FORM} if active else {}
    kept = {**dict.fromkeys([*SLOTS, DECISION, TURN]), "last_kind": "guide", **slots}
    return Tracker("c", kept, message, [{"event": "user"}], False, None, loop, "action_listen")


def run(action: Action, about: Tracker) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    dispatcher = CollectingDispatcher()
    return list(asyncio.run(action.run(dispatcher, about, {}))), dispatcher.messages


def set_by(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def answered(**changes: Any) -> dict[str, Any]:
    return {**{slot: {"skipped": True} for slot in SLOTS}, **changes}


def heard(category: str, urgency: str) -> list[dict[str, Any]]:
    return [{"category": category, "urgency": urgency, "unsure": False, "form": None, "teams": []}]


@pytest.fixture(autouse=True)
def records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide_actions, "records", Records)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide_actions, "records", NoRecords)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("how", ["sent", "declined", "stopped"])
def test_what_failed_is_not_said_to_be_done(how: str, caplog: pytest.LogCaptureFixture) -> None:
    """No reply is a fault, which the frontdesk tells; the answers stay, so that it can be tried again."""
    with caplog.at_level(logging.ERROR):
        events, messages = run(ActionGuideEnd(), tracker(command="send", **answered(guide_turn={"did": how})))
    assert (events, messages) == ([], [])
    assert "ConnectionError" in caplog.text
    assert MARK not in caplog.text


@pytest.mark.parametrize(("command", "did"), [("send", "sent"), ("decline", "declined"), ("stop", "stopped")])
def test_the_end_can_be_tried_again(command: str, did: str) -> None:
    events, _ = run(ValidateCandidacyGuide(), tracker(command=command, active=False, **answered(guide_decision="send")))
    assert set_by(events) == {TURN: {"did": did}, "requested_slot": None}


@pytest.mark.usefixtures("broken")
def test_a_start_that_fails_asks_nothing() -> None:
    events, messages = run(ValidateCandidacyGuide(), tracker(command="start", active=False))
    assert set_by(events) == {"requested_slot": guide_actions.NOWHERE}
    assert messages == []


def test_actions_can_be_handed_to_another_process() -> None:
    made = [ActionGuideEnd(), ValidateCandidacyGuide(), *(action() for action in ActionAsk.__subclasses__())]
    names = {pickle.loads(pickle.dumps(action)).name() for action in made}
    asked = {f"action_ask_{slot}" for slot in (*SLOTS, DECISION)}
    assert names == {"action_guide_end", "validate_candidacy_guide", *asked}


@pytest.mark.parametrize(
    ("text", "category", "urgency", "pending"),
    [
        ("lorem ipsum", "f", "U3", "psychosis"),
        ("lorem ipsum", "d", "U1", "medicines"),
        ("go back", "o", "U4", "tried"),
        ("change my age", "h", "U4", "tried"),
        ("nobody", "a", "U1", "support"),
    ],
)
def test_what_only_the_learnt_screen_hears_in_an_answer_is_set_aside(
    text: str, category: str, urgency: str, pending: str
) -> None:
    before = {slot: {"skipped": True} for slot in SLOTS[: SLOTS.index(slot_of(pending))]}
    events, _ = run(ValidateCandidacyGuide(), tracker(text, findings=heard(category, urgency), **before))
    assert "action_execution_rejected" not in {event["event"] for event in events}


@pytest.mark.parametrize(
    ("text", "category", "urgency", "pending"),
    [
        ("lorem ipsum", "a", "U1", "tried"),  # never a crisis
        ("lorem ipsum", "d", "U0", "medicines"),  # more urgent than usual
        ("lorem ipsum", "d", "U1", "support"),  # not what was asked
        ("should I stop it", "f", "U3", "medicines"),  # asks for advice
        ("lorem ipsum", "f", "U3", "pregnancy"),  # any words are no answer there
        ("took 3 troches instead of 1", "d", "U1", "medicines"),  # the rules find it too
    ],
)
def test_safety_goes_first(text: str, category: str, urgency: str, pending: str) -> None:
    before = {slot: {"skipped": True} for slot in SLOTS[: SLOTS.index(slot_of(pending))]}
    events, _ = run(ValidateCandidacyGuide(), tracker(text, findings=heard(category, urgency), **before))
    assert "action_execution_rejected" in {event["event"] for event in events}
    assert slot_of(pending) not in set_by(events)


@pytest.mark.parametrize("before", ["safety", "held"])
@pytest.mark.parametrize(("text", "did"), [("lorem", "resumed"), ("no", "resumed"), ("stop", "stopped")])
def test_after_a_safety_reply_the_question_is_shown_first(text: str, did: str, before: str) -> None:
    events, _ = run(ValidateCandidacyGuide(), tracker(text, guide_age={"skipped": True}, guide_turn={"did": before}))
    assert set_by(events)[TURN] == {"did": did}


@pytest.mark.parametrize("command", [None, "answer:tried:both", "send", "stop"])
def test_while_a_flag_is_up_the_guide_stands_still(monkeypatch: pytest.MonkeyPatch, command: str | None) -> None:
    monkeypatch.setattr(Records, "raised", lambda self, conversation: "a")
    events, _ = run(ValidateCandidacyGuide(), tracker("no", command, guide_age={"skipped": True}))
    assert set_by(events) == {TURN: {"did": "held"}}
    assert events[-1]["event"] == "action_execution_rejected"


def test_an_answer_that_sounded_like_too_much_taken_is_kept_with_a_word_of_care() -> None:
    before = {slot: {"skipped": True} for slot in SLOTS[:-1]}
    events, _ = run(ValidateCandidacyGuide(), tracker("lorem ipsum", findings=heard("d", "U1"), **before))
    assert set_by(events)[SLOTS[-1]] == {"words": "lorem ipsum"}
    after = tracker("lorem ipsum", **before, guide_medicines={"words": "lorem ipsum"}, guide_turn=set_by(events)[TURN])
    ask = next(action for action in ActionAsk.__subclasses__() if action.slot == DECISION)
    _, (message,) = run(ask(), after)
    assert message["text"].startswith("If you have just taken too much")
    assert "- Other medicines: lorem ipsum" in message["text"]


def test_points_to_talk_through_come_once() -> None:
    slots = {slot_of("tried"): {"option": "medicine"}, slot_of("heart"): {"words": "a murmur"}}
    points = [sentence.says for sentence in Course.of(GUIDE, slots).talk_about()]
    assert len(points) == len(set(points))
    assert points[0] == "what you have tried, for how long, and how it went"
    assert points[-1] == GUIDE.talk_about[-1].says
