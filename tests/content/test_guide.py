"""The guide's words: read whole, refused when malformed, and free of anything that sounds like a verdict."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from content.catalogue import ROOT, Catalogue
from content.check import VERDICT, ContentCheck
from content.guide import FILE, Guide, GuideError, load_guide

TODAY = dt.date(2026, 12, 1)
QUESTIONS = ["age", "tried", "psychosis", "heart", "substances", "pregnancy", "support", "altered", "medicines"]


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


@pytest.fixture
def words() -> dict[str, Any]:
    """The guide's file as data, for one test to spoil."""
    content: dict[str, Any] = yaml.safe_load((ROOT / FILE).read_text())["guide"]
    return yaml.safe_load(yaml.safe_dump(content))  # type: ignore[no-any-return]  # without shared parts


def read(folder: Path, content: Any) -> Guide:
    (folder / FILE).parent.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(yaml.safe_dump({"guide": content}))
    return load_guide(folder)


def problems(guide: Guide, today: dt.date = TODAY) -> list[str]:
    return list(ContentCheck(Catalogue(), today).guide_problems(guide))


def test_the_guide_that_is_served_has_no_problem(guide: Guide) -> None:
    assert problems(guide) == []


def test_it_asks_what_it_should(guide: Guide) -> None:
    assert [question.id for question in guide.questions] == QUESTIONS
    for question in guide.questions:
        assert question.asks.rstrip().endswith(("?", ".")), question.id
        assert ContentCheck(Catalogue(), TODAY).knowledge.sources(question.why), question.id


def test_the_form_asks_for_the_same(guide: Guide) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    slots = [*(f"guide_{question.id}" for question in guide.questions), "guide_decision"]
    assert domain["forms"]["candidacy_guide"]["required_slots"] == slots
    assert {*slots, "guide_turn"} == {slot for slot in domain["slots"] if slot.startswith("guide_")}
    assert [a for a in domain["actions"] if a.startswith("action_ask_")] == [f"action_ask_{slot}" for slot in slots]


@pytest.mark.parametrize(
    ("choice", "label", "category"),
    [
        ("guide:start", "Take me through it", None),
        ("guide:resume", "Continue the guide", None),
        ("guide:answer:age:under_18", "Under 18", "h"),
        ("guide:answer:age:from_25", "25 or older", None),
        ("guide:answer:pregnancy:yes", "Yes, or maybe", "g"),
        ("guide:answer:pregnancy:no", "No, or not possible", None),
        ("guide:change:heart", "Change: Heart and blood pressure", None),
        ("guide:send", "Pass this on to the clinic", None),
        ("guide:decline", "No, keep nothing", None),
        ("guide:answer:age:from_99", None, None),
        ("guide:answer:age", None, None),
        ("guide:change:weather", None, None),
        ("guide:review", None, None),
        ("guide:", None, None),
        ("topic:safety/bladder", None, None),
        ("", None, None),
    ],
)
def test_a_choice_has_its_label_and_category(
    guide: Guide, choice: str, label: str | None, category: str | None
) -> None:
    assert (guide.label_of(choice), guide.category_of(choice)) == (label, category)


def test_only_two_answers_are_a_matter_of_safety(guide: Guide) -> None:
    found = {choice: category for choice, (_, category) in guide.choices.items() if category}
    assert found == {"guide:answer:age:under_18": "h", "guide:answer:pregnancy:yes": "g"}


SPOILT: dict[str, tuple[str, str]] = {
    "an unknown field": ("words['questions'][0]['colour'] = 'red'", "questions.0.colour: Extra inputs are not permitted"),
    "a missing text": ("del words['texts']['declined']", "texts.declined: Field required"),
    "a missing label": ("del words['labels']['stop']", "labels.stop: Field required"),
    "a question without a reason": ("words['questions'][3]['why'] = []", "questions.3.why"),
    "a reason without a source": ("words['questions'][3]['why'][0]['from'] = []", "questions.3.why.0.from"),
    "a question twice": ("words['questions'][1]['id'] = 'age'", "there are two questions 'age': rename one"),
    "an option twice": (
        "words['questions'][3]['options'][1]['value'] = 'yes'", "the question 'heart' has two options 'yes': rename one"),
    "a word with two meanings": (
        "words['questions'][3]['options'][1]['words'] = ['nope']",
        "'nope' means two options of the question 'heart': keep it under one"),
    "an open question without advice": (
        "words['questions'][3]['talk_about'] = []", "the question 'heart' is open: say under 'talk_about'"),
    "a category that is none": ("words['questions'][0]['options'][0]['category'] = 'z'", "options.0.category"),
    "a review that nobody dated": ("del words['review']['date']", "review.date: Field required"),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
def test_malformed_words_are_refused_by_name(tmp_path: Path, words: dict[str, Any], spoilt: str) -> None:
    change, complaint = SPOILT[spoilt]
    exec(change, {"words": words})
    with pytest.raises(GuideError, match=r"guide\.yml needs mending") as refused:
        read(tmp_path, words)
    assert complaint in str(refused.value)


@pytest.mark.parametrize("content", ["", "- a list", "guide:", "other: {}", "guide: [unclosed"])
def test_a_file_that_is_no_guide_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_text(content)
    with pytest.raises(GuideError, match=r"guide\.yml"):
        load_guide(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r"guide\.yml cannot be read"):
        load_guide(tmp_path)


CHECKED = {
    "a verdict": ("words['texts']['review'] = 'You are a good candidate.'", "text 'review' says 'You are a good candidate'"),
    "a verdict against": ("words['texts']['offer'] = 'You are not eligible.'", "text 'offer' says 'You are not eligible'"),
    "hard words": (
        "words['questions'][3]['asks'] = 'Any cardiovascular contraindications necessitating evaluation?'",
        "question 'heart' reads at grade"),
    "a dose": ("words['questions'][8]['asks'] = 'Do you take 5 mg?'", "question 'medicines': states a dose ('5 mg')"),
    "a source that does not exist": (
        "words['talk_about'][0]['from'] = ['no-such-fact']", "rests on 'no-such-fact', which does not exist"),
    "a topic that does not exist": ("words['topic'] = 'candidacy/none'", "the topic 'candidacy/none' does not exist"),
    "a forbidden phrase": (
        "words['texts']['again'] = 'You would be an ideal candidate, back there.'", "text 'again': says 'you would be an"),
    "a review by nobody": ("words['review']['status'] = 'clinical'", "clinically reviewed without a reviewer's name"),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", CHECKED)
def test_the_check_refuses_what_must_not_be_said(tmp_path: Path, words: dict[str, Any], spoilt: str) -> None:
    change, complaint = CHECKED[spoilt]
    exec(change, {"words": words})
    assert any(complaint in problem for problem in problems(read(tmp_path, words)))


def test_an_expired_review_is_a_problem(guide: Guide) -> None:
    last = guide.review.expires
    assert guide.is_current(last)
    assert not guide.is_current(last + dt.timedelta(days=1))
    assert "guide: its review expired" in problems(guide, last + dt.timedelta(days=1))[0]


@pytest.mark.parametrize(
    "text",
    [
        "You are a candidate.", "you're not a candidate", "You might be a good candidate", "You qualify", "you do not qualify",
        "You are eligible", "You are not suitable", "You seem fit for it", "Ketamine is right for you", "It is not safe for you",
    ],
)  # fmt: skip
def test_verdicts_are_recognised(text: str) -> None:
    assert VERDICT.search(text), text


@pytest.mark.parametrize(
    "text", ["Only a clinician can look at that with you.", "what to talk through", "Who is a candidate?"]
)
def test_what_is_no_verdict_is_let_through(text: str) -> None:
    assert not VERDICT.search(text)
