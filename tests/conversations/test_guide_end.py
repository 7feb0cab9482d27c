"""How the candidacy guide ends: sent, forgotten, or given way to safety."""

from __future__ import annotations

import json

import pytest

from content.check import VERDICT
from records import Records
from tests.conftest import Visitor
from tests.conversations.guide_parts import (
    BY_BUTTON,
    GUIDE,
    IN_WORDS,
    QUESTIONS,
    asked,
    cases,
    files_with,
    lower_flag,
    marked,
    through,
    values,
)
from tools.house import House

# How the guide is left, each with the mark by which its answers are looked for afterwards.
MARKS = {
    "guide:decline": "tin",
    "no": "oak",
    "guide:stop": "wool",
    "I changed my mind": "silk",
    "guide:answer:age:under_18": "clay",
}


class TestTheEnd:
    """Sent, declined or stopped."""

    def test_sent(self, house: House, visitor: Visitor) -> None:
        through(visitor, IN_WORDS)
        reply = visitor.choose("guide:send")
        assert reply["kind"] == "handoff"
        assert reply["form"]["kind"] == "contact"
        assert reply["form"]["fields"] == ["name", "phone", "email", "best_time"]
        assert reply["contacts"]
        (case,) = cases(house, visitor)
        assert (case.category, case.urgency, case.teams) == ("guide", "U3", ("front_desk",))
        assert case.target_at is not None
        assert case.summary is not None
        told = {answer["question"]: answer["answer"] for answer in case.summary["answers"]}
        assert told == {**IN_WORDS, "age": "25 or older", "pregnancy": "No, or not possible"}
        assert "psychosis or mania, now or in the past" in case.summary["talk_about"]
        log = [message["text"] for message in visitor.log()]
        assert IN_WORDS["heart"] in log
        reply = visitor.say("what is EMDR?")
        assert (reply["kind"], "guide:resume" in values(reply)) == ("answer", False)

    @pytest.mark.parametrize("how", list(MARKS))
    def test_forgotten(self, house: House, visitor: Visitor, how: str) -> None:
        mark = f"Quibble{MARKS[how]}"
        through(visitor, marked(mark))
        assert any(mark in message["text"] for message in visitor.log())  # it is there, sealed
        assert files_with(house, mark) == []
        reply = visitor.choose(how) if ":" in how else visitor.say(how)
        if "age" in how:
            assert (reply["kind"], reply["category"]) == ("advice", "h")
        else:
            assert (reply["kind"], reply["form"]["stage"]) == ("guide", "end")
            assert "delete" in reply["text"]
            assert cases(house, visitor) == []
        log = visitor.log()
        assert [m["text"] for m in log if m["author"] == "visitor"][1:-1] == [GUIDE.texts.forgotten] * len(QUESTIONS)
        assert files_with(house, mark) == []
        visitor.say("how long does it last?")
        assert files_with(house, mark) == []
        assert asked(visitor.choose("guide:start")) == "age"
        assert GUIDE.texts.nothing_told in visitor.say("what have I told you so far?")["text"]

    def test_forgotten_buttons_are_gone_too(self, house: House, visitor: Visitor) -> None:
        through(visitor, BY_BUTTON)
        visitor.choose("guide:decline")
        records = Records(f"sqlite:///{house.var / 'records.db'}")
        log = records.messages_after(visitor.id, 0)
        records.dispose()
        kept = json.dumps([(message.body, message.understanding) for message in log])
        review = kept.split("Change:")
        assert len(review) == 1
        for question, option in BY_BUTTON.items():
            assert f'"choice": "guide:answer:{question}:{option}"' not in kept

    def test_the_clinic_hears_of_no_answer_before(self, house: House, visitor: Visitor) -> None:
        through(visitor, BY_BUTTON)
        assert cases(house, visitor) == []

    def test_sending_again_changes_nothing(self, house: House, visitor: Visitor) -> None:
        through(visitor, BY_BUTTON)
        first = visitor.post("4d9cc7c5-0000-4000-8000-000000000001", choice="guide:send").json()
        again = visitor.post("4d9cc7c5-0000-4000-8000-000000000001", choice="guide:send").json()
        assert first == again
        assert len(cases(house, visitor)) == 1


class TestSafety:
    """A category of the safety policy goes first."""

    def test_a_crisis(self, house: House, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        visitor.choose("guide:answer:age:from_25")
        reply = visitor.say("nothing works, I want to kill myself tonight")
        assert (reply["kind"], reply["category"]) == ("crisis", "a")
        assert "guide:resume" not in values(reply)
        for then in ("guide:resume", "guide:answer:tried:none"):
            assert visitor.choose(then)["kind"] == "crisis"
        assert visitor.say("CBT")["kind"] == "crisis"
        assert "a" in {case.category for case in cases(house, visitor)}

    def test_the_guide_stands_still_until_the_flag_is_lowered(self, house: House, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        visitor.choose("guide:answer:age:from_25")
        visitor.say("nothing works, I want to kill myself tonight")
        for said in ("CBT and some pills", "never", "guide:answer:tried:none"):
            reply = visitor.choose(said) if ":" in said else visitor.say(said)
            assert reply["kind"] == "crisis"
        lower_flag(house, visitor)
        assert asked(visitor.say("mostly CBT")) == "psychosis"
        told = visitor.say("show me my answers")["text"]
        assert "- Age: 25 or older" in told
        assert "- What you have tried: mostly CBT" in told

    def test_what_is_said_after_the_guide_is_no_part_of_it(self, house: House, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        visitor.say("16")  # ends it
        visitor.say("how does ketamine work?")
        visitor.choose("guide:start")
        closing = visitor.choose("guide:stop")
        visitor.choose("guide:start")
        visitor.choose("guide:stop")
        texts = [message["text"] for message in visitor.log()]
        assert "how does ketamine work?" in texts
        assert closing["text"] in texts

    @pytest.mark.parametrize("said", ["guide:answer:age:under_18", "16", "no, I'm a teenager", "I'm 15", "seventeen"])
    def test_a_minor(self, house: House, visitor: Visitor, said: str) -> None:
        visitor.choose("guide:start")
        reply = visitor.choose(said) if ":" in said else visitor.say(said)
        if reply["kind"] == "guide":  # "no, I'm a teenager" says more than one thing
            reply = visitor.say("I'm a teenager")
        assert (reply["kind"], reply["category"], reply["form"]) == ("advice", "h", None)
        assert [(case.category, case.urgency) for case in cases(house, visitor)] == [("h", "U4")]
        reply = visitor.say("how does ketamine work?")
        assert (reply["kind"], "guide:resume" in values(reply)) == ("answer", False)

    @pytest.mark.parametrize("said", ["guide:answer:pregnancy:yes", "maybe", "I'm 8 weeks pregnant"])
    def test_a_pregnancy(self, house: House, visitor: Visitor, said: str) -> None:
        visitor.choose("guide:start")
        for _ in QUESTIONS[: QUESTIONS.index("pregnancy")]:
            visitor.choose("guide:skip")
        reply = visitor.choose(said) if ":" in said else visitor.say(said)
        assert (reply["kind"], reply["category"], values(reply)[0]) == ("advice", "g", "guide:resume")
        assert [case.category for case in cases(house, visitor)] == ["g"]
        assert asked(visitor.choose("guide:resume")) == "support"
        review = visitor.say("show me my answers")["text"]
        assert "- Pregnancy and breastfeeding: Yes, or maybe" in review
        for _ in QUESTIONS[QUESTIONS.index("support") :]:
            reply = visitor.choose("guide:skip")
        reply = visitor.choose("guide:decline")
        assert GUIDE.texts.case_stays in reply["text"]

    def test_after_it_the_next_question_is_shown_before_it_is_answered(self, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        for _ in QUESTIONS[: QUESTIONS.index("pregnancy")]:
            visitor.choose("guide:skip")
        visitor.say("yes")
        assert asked(visitor.say("no")) == "support"
        assert asked(visitor.say("no")) == "altered"

    def test_an_answer_about_oneself_is_an_answer(self, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        visitor.choose("guide:skip")
        visitor.choose("guide:skip")
        for said in ("I am bipolar", "I have high blood pressure", "I drink too much"):
            assert asked(visitor.say(said)) is not None


def test_no_text_of_the_guide_sounds_like_a_verdict(visitor: Visitor) -> None:
    through(visitor, IN_WORDS)
    visitor.choose("guide:send")
    for message in visitor.log():
        assert not VERDICT.search(message["text"]), message["text"]
