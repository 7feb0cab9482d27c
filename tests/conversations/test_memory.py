"""What a message means after the answer before it: follow-ups that name no topic, and those that name half of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Visitor
from tools.house import House

ASKED = "topic:mechanism/neuroplasticity"
NOT_COVERED = "when is the fda going to approve mdma for ptsd"

DETAIL = ("tell me more", "more", "say more about that", "go on", "why?", "but why")
SIMPLER = ("say it simpler", "eli5", "i dont get it", "can u explain that more simply pls")
SOURCES = ("where is that from?", "says who?", "got a source for that?")
AGAIN = ("say that again", "sorry, again?", "can you repeat that")
FOLLOW_UPS = DETAIL + SIMPLER + SOURCES + AGAIN

# first answer | what is said then | the topics that are right
AFTER_AN_ANSWER = """
conditions/gad | and for OCD? | conditions/ocd
conditions/gad | what about ptsd | conditions/ptsd
conditions/gad | how fast does it work? | treatment/how_fast_it_works
conditions/gad | how long does it last? | treatment/how_long_effects_last
conditions/ocd | and panic attacks? | conditions/panic_disorder
conditions/ocd | same for depression? | conditions/depression
conditions/ocd | is it dangerous? | safety/is_it_safe
conditions/depression | wat about social anxiety | conditions/social_anxiety
conditions/ptsd | does it help with eating disorders too? | conditions/eating_disorders
conditions/chronic_pain | is it addictive? | safety/addiction_and_misuse
treatment/iv_infusion | what about the spray? | treatment/nasal_spray
treatment/iv_infusion | and lozenges? | treatment/lozenge_oral
treatment/iv_infusion | how long does that last? | treatment/iv_infusion treatment/session_length
treatment/iv_infusion | how much is it | logistics/cost practical/prices
treatment/iv_infusion | does it work for ocd | conditions/ocd
treatment/nasal_spray | what about lozenges | treatment/lozenge_oral
treatment/nasal_spray | no, the lozenge | treatment/lozenge_oral
treatment/nasal_spray | is it approved? | logistics/fda_status treatment/nasal_spray
treatment/nasal_spray | is it safe? | safety/is_it_safe
treatment/lozenge_oral | no i meant the drip | treatment/iv_infusion
treatment/lozenge_oral | is it addictive? | safety/addiction_and_misuse
safety/dissociation | is that dangerous? | safety/dissociation
safety/dissociation | is it dangerous? | safety/dissociation safety/is_it_safe
safety/dissociation | how long does that last? | safety/dissociation safety/common_side_effects
safety/hallucinations | is that dangerous? | safety/hallucinations safety/serious_side_effects
safety/bladder | is that permanent? | safety/bladder safety/long_term_effects
safety/bladder | and the liver? | safety/liver
safety/heart_and_blood_pressure | is that dangerous? | safety/heart_and_blood_pressure candidacy/heart_conditions
safety/is_it_safe | is it addictive? | safety/addiction_and_misuse
safety/is_it_safe | what about the bladder | safety/bladder
safety/addiction_and_misuse | is it legal? | logistics/controlled_substance
safety/addiction_and_misuse | what about xanax | comparison/benzodiazepines
mechanism/what_is_ketamine | is it legal | logistics/controlled_substance
mechanism/what_is_ketamine | is that dangerous? | safety/is_it_safe safety/serious_side_effects
mechanism/how_it_works | is it safe? | safety/is_it_safe
mechanism/how_it_works | does it work for OCD? | conditions/ocd
treatment/session_length | can people drive after that? | safety/driving_afterwards
treatment/what_happens_in_session | what does that feel like? | treatment/what_it_feels_like
treatment/how_fast_it_works | and for depression? | conditions/depression
therapies/emdr | what about ifs | therapies/ifs therapies/ifs_with_ketamine
therapies/emdr | how about tms instead? | alternatives/deep_tms
comparison/antidepressants | and benzos? | comparison/benzodiazepines
alternatives/stellate_ganglion_block | is that dangerous? | alternatives/stellate_ganglion_block
alternatives/stellate_ganglion_block | is it dangerous? | alternatives/stellate_ganglion_block
safety/common_side_effects | how long do they last? | safety/common_side_effects
safety/memory_and_thinking | is it permanent? | safety/memory_and_thinking safety/long_term_effects
safety/pregnancy_breastfeeding | is it dangerous? | safety/pregnancy_breastfeeding safety/is_it_safe
anxiety/symptoms | what causes it? | anxiety/causes
anxiety/causes | how common is it | anxiety/how_common
logistics/cost | does insurance cover it? | logistics/insurance practical/insurance_accepted
logistics/fda_status | and the nasal spray? | treatment/nasal_spray
candidacy/who_should_not | what about schizophrenia | candidacy/psychosis
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in AFTER_AN_ANSWER.strip().splitlines()]


@pytest.fixture
def visitor_too(house: House) -> Iterator[Visitor]:
    """Another visitor at the same time."""
    one = Visitor(house.api)
    yield one
    one.http.close()


def values(reply: dict[str, Any]) -> list[str]:
    return [suggestion["value"] for suggestion in reply["suggestions"]]


@pytest.mark.parametrize(("first", "said", "right"), ROWS, ids=[f"{row[0]}, {row[1]}" for row in ROWS])
def test_a_follow_up_goes_where_it_points(visitor: Visitor, first: str, said: str, right: str) -> None:
    assert visitor.choose(f"topic:{first}")["topics"] == [first]
    reply = visitor.say(said)
    expected = "decline" if reply["topics"] == ["practical/prices"] else "answer"  # this clinic names no price
    assert reply["kind"] == expected
    assert len(reply["topics"]) == 1
    assert reply["topics"][0] in right.split()


def test_the_table_covers_many_topics() -> None:
    assert len(ROWS) >= 25
    assert len({row[0] for row in ROWS}) >= 10


@pytest.mark.parametrize("said", DETAIL)
def test_more_and_why_show_the_detail(visitor: Visitor, said: str) -> None:
    short = visitor.choose(ASKED)
    reply = visitor.say(said)
    assert (reply["kind"], reply["topics"]) == ("answer", short["topics"])
    assert reply["text"] == visitor.choose(ASKED.replace("topic:", "detail:"))["text"] != short["text"]
    assert reply["sources"]


@pytest.mark.parametrize("said", SIMPLER)
def test_simpler_says_less_about_the_same(visitor: Visitor, said: str) -> None:
    short = visitor.choose(ASKED)
    reply = visitor.say(said)
    assert (reply["kind"], reply["topics"]) == ("answer", short["topics"])
    lead, _, words = reply["text"].partition(": ")
    assert lead == "In short"
    assert short["text"].startswith(words)
    assert 0 < len(words) <= len(short["text"])


@pytest.mark.parametrize("said", SOURCES)
def test_the_sources_are_named(visitor: Visitor, said: str) -> None:
    short = visitor.choose(ASKED)
    reply = visitor.say(said)
    assert (reply["kind"], reply["topics"]) == ("answer", short["topics"])
    assert all(source in reply["sources"] for source in short["sources"])
    assert all(source["title"] in reply["text"] for source in reply["sources"])


@pytest.mark.parametrize("said", AGAIN)
def test_the_answer_is_said_again(visitor: Visitor, said: str) -> None:
    short = visitor.choose(ASKED)
    reply = visitor.say(said)
    assert (reply["kind"], reply["topics"], reply["text"]) == ("answer", short["topics"], short["text"])


def test_follow_ups_on_follow_ups_keep_the_topic(visitor: Visitor) -> None:
    visitor.say("is ketamine addictive?")
    for said in ("why?", "eli5", "thanks", "where is that from?", "say that again"):
        reply = visitor.say(said)
        if said != "thanks":
            assert (reply["kind"], reply["topics"]) == ("answer", ["safety/addiction_and_misuse"]), said


def test_a_jump_to_another_topic_is_followed_and_becomes_the_topic(visitor: Visitor) -> None:
    visitor.choose("topic:safety/bladder")
    jumped = visitor.say("How do I book an appointment?")
    assert (jumped["kind"], jumped["topics"]) == ("answer", ["practical/booking"])
    again = visitor.say("say that again")
    assert (again["topics"], again["text"]) == (jumped["topics"], jumped["text"])


def test_one_conversation_knows_nothing_of_another(visitor: Visitor, visitor_too: Visitor) -> None:
    visitor.choose(ASKED)
    reply = visitor_too.say("tell me more")
    assert (reply["kind"], reply["topics"]) == ("smalltalk", [])


@pytest.mark.parametrize("said", FOLLOW_UPS)
def test_before_any_answer_a_follow_up_is_met_kindly(visitor: Visitor, said: str) -> None:
    reply = visitor.say(said)
    assert (reply["kind"], reply["topics"], reply["sources"]) == ("smalltalk", [], [])
    assert "topic:mechanism/how_it_works" in values(reply)


@pytest.mark.parametrize("said", ["yes", "yes please", "yeah", "sure"])
def test_yes_after_an_answer_shows_the_detail(visitor: Visitor, said: str) -> None:
    visitor.choose(ASKED)
    assert visitor.say(said)["text"] == visitor.choose(ASKED.replace("topic:", "detail:"))["text"]


@pytest.mark.parametrize("said", ["yes", "yes please", "yeah sure"])
def test_yes_after_a_decline_leads_to_a_person(visitor: Visitor, said: str) -> None:
    declined = visitor.say(NOT_COVERED)
    assert declined["kind"] == "decline"
    assert "person" in values(declined)
    reply = visitor.say(said)
    assert (reply["kind"], reply["category"]) == ("handoff", "m")
    assert reply["contacts"][0]["href"].startswith("tel:")


@pytest.mark.parametrize("before", [None, ASKED])
@pytest.mark.parametrize("said", ["no", "nope", "no thanks", "thanks", "thank you so much", "thx", "ok", "bye"])
def test_no_and_thanks_are_small_talk(visitor: Visitor, said: str, before: str | None) -> None:
    if before:
        visitor.choose(before)
    reply = visitor.say(said)
    assert (reply["kind"], reply["topics"], reply["sources"]) == ("smalltalk", [], [])


class TestChoosing:
    """What comes after the question which topic was meant."""

    def asked(self, visitor: Visitor) -> dict[str, Any]:
        visitor.choose("topic:logistics/cost")
        reply = visitor.say("and insurance?")
        assert reply["kind"] == "clarify"
        assert 2 <= len(reply["topics"]) <= 3
        assert values(reply) == [*(f"topic:{topic}" for topic in reply["topics"]), "person"]
        assert "logistics/insurance" in reply["topics"]
        return reply

    def test_each_offered_topic_can_be_chosen(self, visitor: Visitor) -> None:
        for topic in self.asked(visitor)["topics"]:
            reply = visitor.choose(f"topic:{topic}")
            assert reply["topics"] == [topic]
            assert reply["kind"] == ("decline" if topic.startswith("practical/") else "answer")  # no such clinic facts

    def test_none_of_them_offers_a_person(self, visitor: Visitor) -> None:
        self.asked(visitor)
        reply = visitor.say("none of those")
        assert (reply["kind"], values(reply)) == ("smalltalk", ["person"])
        assert visitor.choose("person")["kind"] == "handoff"

    def test_yes_shows_the_choices_again(self, visitor: Visitor) -> None:
        offered = self.asked(visitor)["topics"]
        reply = visitor.say("yes")
        assert (reply["kind"], values(reply)) == ("smalltalk", [f"topic:{topic}" for topic in offered])

    def test_what_was_not_offered_cannot_be_chosen(self, visitor: Visitor) -> None:
        self.asked(visitor)
        before = visitor.log()
        refused = visitor.post(choice="topic:safety/no_such_topic")
        assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (422, "unknown-choice")
        assert visitor.log() == before
