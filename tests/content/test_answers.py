"""The content check: the answers that are served pass it, and it refuses each kind of bad answer."""

from __future__ import annotations

import copy
import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from content.catalogue import ROOT, Catalogue, CatalogueError
from content.check import ContentCheck, shingles

TODAY = dt.date(2026, 12, 1)
TOPIC, OTHER = "safety/calm", "safety/rest"
SHORT = "Most people feel calm. The team stays close by."
COPIED = "a quiet room helps most people feel safe again soon"


def answer(**changes: Any) -> dict[str, Any]:
    """An answer without a problem, but for ``changes``."""
    return {
        "it": "the calm",
        "short": [{"says": SHORT, "from": ["safety/calm.1"]}],
        "detail": [{"says": "It takes some time. You can ask for help.", "from": ["calm-checked"]}],
        "follow_ups": [OTHER, "safety/food"],
        "review": {"status": "editorial", "reviewer": None, "date": "2026-11-01", "expires": "2027-05-01"},
        **changes,
    }


class World:
    """A small folder of answers and of what they rest on."""

    def __init__(self, root: Path) -> None:
        self.root = root
        topics = (TOPIC, OTHER, "safety/food")
        self.examples = {topic: [f"question {n} about {topic}" for n in range(20)] for topic in topics}
        self.answers: dict[str, Any] = {topic: answer() for topic in topics}
        self.answers[OTHER]["follow_ups"] = self.answers["safety/food"]["follow_ups"] = [TOPIC, "safety/food"]
        self.answers["safety/food"]["follow_ups"] = [TOPIC, OTHER]
        fact = {"fact": "Most are calm.", "certainty": "stated", "sources": ["900#Calm"]}
        self.facts: dict[str, Any] = {topic: {"title": topic} for topic in topics}
        self.facts[TOPIC]["facts"] = {"safety/calm.1": fact}

    def problems(self) -> list[str]:
        """Write the folder and check it."""
        write(self.root / "knowledge/facts/safety.yml", self.facts)
        document = {"id": "900", "title": "On calm", "headings": ["Calm"], "never_appear": ["Calmify"]}
        write(self.root / "knowledge/documents.yml", [document])
        write(self.root / "knowledge/authorities.yml", [{"id": "office", "name": "Office", "url": "https://a.example"}])
        correction = {
            "id": "calm-checked", "kind": "added_fact", "verdict": "correct", "claim": "It takes time.",
            "authorities": ["office"], "never_say": ["calm is guaranteed"],
        }  # fmt: skip
        write(self.root / "knowledge/corrections.yml", [correction])
        (self.root / "knowledge/shingles.txt").write_text("\n".join(shingles(COPIED)))
        nlu = [
            {"intent": topic, "examples": "\n".join(f"- {e}" for e in examples)}
            for topic, examples in self.examples.items()
        ]
        responses = {f"utter_{topic}": [{"text": topic, "metadata": a}] for topic, a in self.answers.items()}
        write(self.root / "data/faq/safety.yml", {"version": "3.1", "nlu": nlu, "responses": responses})
        return list(ContentCheck(Catalogue(self.root), TODAY).problems())


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(copy.deepcopy(content), sort_keys=False))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world without a problem, for one test to spoil."""
    made = World(tmp_path)
    assert made.problems() == []
    return made


def says(text: str, rests_on: str = "safety/calm.1") -> list[dict[str, Any]]:
    return [{"says": text, "from": [rests_on]}]


def test_the_answers_that_are_served_have_no_problem() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "content.check"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, f"{len(Catalogue().answers)} answers, no problem.\n")


def test_every_served_answer_has_a_source_a_visitor_can_be_shown() -> None:
    catalogue = Catalogue()
    assert set(catalogue.answers) == set(catalogue.knowledge.topics) == set(catalogue.examples)
    for topic, one in catalogue.answers.items():
        sources = catalogue.knowledge.sources((*one.short, *one.detail))
        assert sources, topic
        assert all(source.title and (source.heading or source.url or source.id == "clinic") for source in sources), (
            topic
        )


SPOILT: dict[str, tuple[dict[str, Any], str]] = {
    "a short form that is too long": (
        {"short": says(" ".join(["We go slow."] * 21))}, "short has 63 words; at most 60 are allowed."),
    "a detail that is too long": (
        {"detail": says(" ".join(["We go slow."] * 51))}, "detail has 153 words; at most 150 are allowed."),
    "words that are too hard": (
        {"short": says("Individualized psychopharmacological considerations necessitate comprehensive evaluation.")},
        "short reads at grade"),
    "a source that does not exist": ({"short": says(SHORT, "safety/calm.9")}, "rests on 'safety/calm.9'"),
    "a phrase that the fact check forbids": (
        {"short": says("With us Calm is  guaranteed.")}, "says 'calm is guaranteed': the fact check says never"),
    "a quirk of a document": ({"short": says("Try calmify now.")}, "says 'calmify': it is a quirk of document 900"),
    "eight copied words": (
        {"detail": says("Here a quiet room helps most people feel safe.")},
        "shares eight words in a row with a document: 'a quiet room helps most people feel safe'"),
    "a dose": ({"short": says("You get 40 mg by drip.")}, "states a dose ('40 mg')"),
    "a dose with a comma": ({"detail": says("You get 0,5 mg/kg.")}, "states a dose"),
    "half a sentence": ({"short": says("Most people feel calm because")}, "is not a whole sentence"),
    "no detail": ({"detail": []}, "has no detail."),
    "no follow-up": ({"follow_ups": []}, "names 0 follow-ups; two or three are wanted."),
    "a follow-up to nowhere": ({"follow_ups": [OTHER, "safety/gone"]}, "the follow-up 'safety/gone' is not another topic"),
    "a follow-up to itself": ({"follow_ups": [OTHER, TOPIC]}, f"the follow-up '{TOPIC}' is not another topic"),
    "an expired review": (
        {"review": {"status": "editorial", "reviewer": None, "date": "2026-01-01", "expires": "2026-11-30"}},
        "its review expired on 2026-11-30"),
    "a clinical review by nobody": (
        {"review": {"status": "clinical", "reviewer": None, "date": "2026-11-01", "expires": "2027-05-01"}},
        "is marked as clinically reviewed without a reviewer's name"),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_bad_answer_is_refused_by_name(world: World, spoilt: str) -> None:
    changes, complaint = SPOILT[spoilt]
    world.answers[TOPIC] = answer(**changes)
    problems = world.problems()
    assert len(problems) == 1
    assert problems[0].startswith(f"{TOPIC}: ")
    assert complaint in problems[0]


def test_a_review_holds_on_its_last_day(world: World) -> None:
    review = {"status": "editorial", "reviewer": None, "date": "2026-01-01", "expires": str(TODAY)}
    world.answers[TOPIC] = answer(review=review)
    assert world.problems() == []


def test_seven_words_in_a_row_may_be_shared(world: World) -> None:
    world.answers[TOPIC] = answer(detail=says("Here a quiet room helps most people feel well."))
    assert world.problems() == []


def test_a_topic_without_an_answer_is_named(world: World) -> None:
    del world.answers[OTHER]
    assert world.problems() == [f"{OTHER}: has no answer. Add utter_{OTHER} to data/faq/safety.yml."]


def test_an_answer_without_a_topic_is_named(world: World) -> None:
    world.answers["safety/strange"] = answer()
    assert world.problems() == ["safety/strange: is not a topic of knowledge/facts/."]


def test_nineteen_examples_are_too_few(world: World) -> None:
    world.examples[TOPIC].pop()
    assert world.problems() == [f"{TOPIC}: has 19 example questions; it needs at least 20."]


def test_an_example_may_not_lead_to_two_topics(world: World) -> None:
    world.examples[TOPIC][0] = "Will I feel calm?"
    world.examples[OTHER][0] = "will i feel CALM"
    assert world.problems() == [
        f"{TOPIC}: the example 'Will I feel calm?' also stands under {OTHER}.",
        f"{OTHER}: the example 'will i feel CALM' also stands under {TOPIC}.",
    ]


def test_a_sentence_that_rests_on_nothing_is_not_even_read(world: World) -> None:
    world.answers[TOPIC] = answer(short=[{"says": SHORT, "from": []}])
    with pytest.raises(CatalogueError, match=r"safety\.yml: the answer 'utter_safety/calm' is malformed"):
        world.problems()


def test_an_unknown_field_of_an_answer_is_refused(world: World) -> None:
    world.answers[TOPIC] = answer(reviewd="yes")
    with pytest.raises(CatalogueError, match="reviewd"):
        world.problems()
