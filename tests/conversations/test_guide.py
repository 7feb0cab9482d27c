"""The candidacy guide: asked, explained, interrupted, corrected and reviewed. Never a verdict."""

from __future__ import annotations

import pytest

from tests.conftest import Visitor
from tests.conversations.guide_parts import BY_BUTTON, GUIDE, IN_WORDS, QUESTIONS, asked, is_review, through, values


class TestStarting:
    """With its button, or in words."""

    @pytest.mark.parametrize("how", ["say", "choose"])
    def test_the_answer_on_candidacy_offers_it_first(self, visitor: Visitor, how: str) -> None:
        reply = visitor.say("am i a candidate?") if how == "say" else visitor.choose(f"topic:{GUIDE.topic}")
        assert (reply["kind"], reply["topics"]) == ("answer", [GUIDE.topic])
        assert reply["suggestions"][0] == {"label": "Take me through it", "value": "guide:start"}
        assert asked(visitor.choose("guide:start")) == "age"

    @pytest.mark.parametrize(
        "said",
        [
            "take me through it", "Can you walk me through whether it's for me?", "start the questions",
            "ok lets do those questions", "please go through the questions with me", "ask me your questions",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("before", [None, f"topic:{GUIDE.topic}"])
    def test_words_start_it(self, visitor: Visitor, said: str, before: str | None) -> None:
        if before:
            visitor.choose(before)
        reply = visitor.say(said)
        assert asked(reply) == "age"
        assert str(len(QUESTIONS)) in reply["text"]

    @pytest.mark.parametrize(
        ("said", "topic"),
        [
            ("do i qualify for ketamine", "candidacy/am_i_a_candidate"),
            ("how do I find out if it is right for me", "candidacy/am_i_a_candidate"),
            ("how does someone get started", "logistics/how_to_start"),
            ("what happens at the first assessment", "treatment/initial_assessment"),
            ("what should I discuss with a doctor first", "candidacy/talking_to_provider"),
        ],
    )
    def test_a_question_about_candidacy_is_answered(self, visitor: Visitor, said: str, topic: str) -> None:
        reply = visitor.say(said)
        assert (reply["kind"], reply["topics"][:1]) == ("answer", [topic])

    @pytest.mark.parametrize("choice", ["guide:answer:heart:never", "guide:change:weather", "guide:", "guide:review"])
    def test_what_is_no_choice_is_refused(self, visitor: Visitor, choice: str) -> None:
        assert visitor.post(choice=choice).status_code == 422

    @pytest.mark.parametrize(
        "choice", ["guide:skip", "guide:answer:heart:no", "guide:send", "guide:stop", "guide:change:age"]
    )
    def test_a_button_of_an_earlier_guide_says_that_it_is_over(self, visitor: Visitor, choice: str) -> None:
        reply = visitor.choose(choice)
        assert (reply["kind"], reply["form"]["stage"], values(reply)[0]) == ("guide", "end", "guide:start")
        assert asked(visitor.choose("guide:start")) == "age"


class TestAnswering:
    """Buttons and words; skipped; explained."""

    def test_by_buttons(self, visitor: Visitor) -> None:
        review = through(visitor, BY_BUTTON)
        for question in GUIDE.questions:
            option = question.option(BY_BUTTON[question.id])
            assert option is not None
            assert f"- {question.short}: {option.label}" in review["text"]
        assert "- having your blood pressure checked" in review["text"]
        assert "- how to give a sign if it gets too much" in review["text"]
        assert review["sources"]

    def test_in_words(self, visitor: Visitor) -> None:
        review = through(visitor, IN_WORDS)
        assert "- Age: 25 or older" in review["text"]
        assert "- Heart and blood pressure: my blood pressure is a bit high, I take lisinopril" in review["text"]
        assert "- every medicine you take, before you change any of them" in review["text"]

    def test_the_review_ends_with_what_to_talk_through(self, visitor: Visitor) -> None:
        review = through(visitor, BY_BUTTON)
        assert review["text"].index(GUIDE.texts.talk_lead) > review["text"].index("delete")
        assert review["text"].split("\n")[-1] == f"- {GUIDE.talk_about[-1].says}"
        changes = [f"guide:change:{question}" for question in QUESTIONS]
        assert values(review) == ["guide:send", "guide:decline", *changes]

    def test_everything_can_be_skipped(self, visitor: Visitor) -> None:
        reply = visitor.choose("guide:start")
        for number, question in enumerate(QUESTIONS):
            assert asked(reply) == question
            reply = visitor.choose("guide:skip") if number % 2 else visitor.say("I'd rather not say")
        assert is_review(reply)
        assert reply["text"].count(": skipped") == len(QUESTIONS)
        assert reply["text"].split("\n")[-len(GUIDE.talk_about) :] == [
            f"- {sentence.says}" for sentence in GUIDE.talk_about
        ]

    def test_every_question_says_why_and_where_from(self, visitor: Visitor) -> None:
        reply = visitor.choose("guide:start")
        for number, question in enumerate(GUIDE.questions):
            why = visitor.choose("guide:why") if number % 2 else visitor.say("why do you ask?")
            assert asked(why) == question.id
            assert question.why[0].says in why["text"]
            assert why["sources"]
            reply = visitor.choose("guide:skip")
        assert is_review(reply)

    def test_what_is_not_understood_is_asked_again(self, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        reply = visitor.say("it was a dark and stormy night")
        assert asked(reply) == "age"
        assert GUIDE.texts.unclear in reply["text"]
        assert asked(visitor.say("52")) == "tried"

    def test_braces_are_only_words(self, visitor: Visitor) -> None:
        answers = {**BY_BUTTON, "medicines": "zoloft {name}"}
        assert "- Other medicines: zoloft {name}" in through(visitor, answers)["text"]

    def test_an_earlier_button_corrects_the_earlier_answer(self, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        visitor.choose("guide:answer:age:from_25")
        assert asked(visitor.choose("guide:answer:age:from_18")) == "tried"
        assert "- Age: 18 to 24" in visitor.say("what have I told you so far?")["text"]


class TestInterrupting:
    """Any question is answered, and the guide goes on where it was."""

    def start(self, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        assert asked(visitor.say("31")) == "tried"

    @pytest.mark.parametrize(
        ("said", "topic"),
        [
            ("what is EMDR?", "therapies/emdr"),
            ("can ketamine harm the bladder", "safety/bladder"),
            ("tell me about the side effects", "safety/common_side_effects"),
            ("topic:safety/dissociation", "safety/dissociation"),
            ("detail:safety/dissociation", "safety/dissociation"),
        ],
    )
    @pytest.mark.parametrize("then", ["guide:resume", "continue", "CBT for years"])
    def test_a_question(self, visitor: Visitor, said: str, topic: str, then: str) -> None:
        self.start(visitor)
        reply = visitor.choose(said) if ":" in said else visitor.say(said)
        assert (reply["kind"], reply["topics"]) == ("answer", [topic])
        assert reply["suggestions"][0] == {"label": "Continue the guide", "value": "guide:resume"}
        reply = visitor.choose(then) if ":" in then else visitor.say(then)
        assert asked(reply) == ("psychosis" if then == "CBT for years" else "tried")

    @pytest.mark.parametrize(
        ("said", "kinds"),
        [
            ("when is the fda going to approve mdma for ptsd?", {"decline", "clarify"}),
            ("qwop zxcv asdf?", {"decline", "clarify"}),
            ("are you a bot?", {"smalltalk"}),
            ("hello", {"smalltalk"}),
            ("should I stop my zoloft first?", {"advice"}),
        ],
    )
    def test_anything_else_leads_back_too(self, visitor: Visitor, said: str, kinds: set[str]) -> None:
        self.start(visitor)
        reply = visitor.say(said)
        assert reply["kind"] in kinds
        assert values(reply)[0] == "guide:resume"
        assert asked(visitor.choose("guide:resume")) == "tried"

    def test_several_questions_in_a_row(self, visitor: Visitor) -> None:
        self.start(visitor)
        for said in ("what is EMDR?", "is it safe?", "how long does a session take?", "where is that from?"):
            assert values(visitor.say(said))[0] == "guide:resume"
        assert asked(visitor.choose("guide:answer:tried:none")) == "psychosis"
        assert "- What you have tried: Nothing yet" in visitor.say("show me my answers")["text"]

    def test_at_the_review(self, visitor: Visitor) -> None:
        through(visitor, BY_BUTTON)
        assert values(visitor.say("what does ketamine do to the bladder?"))[0] == "guide:resume"
        assert is_review(visitor.say("yes"))  # to what? the review is shown again before anything is sent
        assert visitor.say("yes")["kind"] == "handoff"

    def test_asking_for_a_person(self, visitor: Visitor) -> None:
        self.start(visitor)
        assert visitor.say("can I talk to a real person?")["kind"] == "handoff"

    def test_no_guide_no_way_back(self, visitor: Visitor) -> None:
        assert "guide:resume" not in values(visitor.say("what is EMDR?"))


class TestCorrecting:
    """Back, and any answer at the review."""

    def test_back(self, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        reply = visitor.say("go back")
        assert asked(reply) == "age"
        assert reply["text"].startswith(GUIDE.texts.first)
        visitor.say("22")
        assert asked(visitor.say("oops, wrong button")) == "age"
        assert asked(visitor.say("47")) == "tried"

    @pytest.mark.parametrize("how", ["guide:change:heart", "change my answer about the heart"])
    def test_at_the_review(self, visitor: Visitor, how: str) -> None:
        through(visitor, BY_BUTTON)
        reply = visitor.choose(how) if ":" in how else visitor.say(how)
        assert asked(reply) == "heart"
        review = visitor.say("no")
        assert is_review(review)
        assert "- Heart and blood pressure: No" in review["text"]
        assert "having your blood pressure checked" not in review["text"]

    def test_in_the_middle(self, visitor: Visitor) -> None:
        visitor.choose("guide:start")
        visitor.choose("guide:answer:age:from_25")
        visitor.choose("guide:answer:tried:both")
        assert asked(visitor.say("change my age")) == "age"
        assert asked(visitor.say("23")) == "psychosis"
