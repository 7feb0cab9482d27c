"""What the tests of the candidacy guide share: answers, ways through it, and what is left of them."""

from __future__ import annotations

from typing import Any

from content.check import VERDICT
from content.guide import load_guide
from records import Case, Records
from tests.conftest import Visitor
from tools.house import House

GUIDE = load_guide()
QUESTIONS = [question.id for question in GUIDE.questions]
BY_BUTTON = {
    "age": "from_25", "tried": "both", "psychosis": "no", "heart": "unsure", "substances": "past", "pregnancy": "no",
    "support": "yes", "altered": "uneasy", "medicines": "some",
}  # fmt: skip
IN_WORDS = {
    "age": "I'm 47", "tried": "quetiapine and a hypnotist called Brimble", "psychosis": "a manic episode in Zanzibar in 2011",
    "heart": "my blood pressure is a bit high, I take lisinopril", "substances": "mostly beer on Sundays",
    "pregnancy": "no, I'm a man", "support": "my neighbor Xanthippe drives", "altered": "wobbly, but curious",
    "medicines": "moclobemide and sertraline",
}  # fmt: skip


def marked(mark: str) -> dict[str, str]:
    """The same answers with a name in them that is found nowhere else: a trace of it is a trace of the answer."""
    names = ("Brimble", "Zanzibar", "lisinopril", "Sundays", "Xanthippe", "curious", "sertraline")
    answers = dict(IN_WORDS)
    for name in names:
        answers = {question: answer.replace(name, f"{name} {mark}") for question, answer in answers.items()}
    return answers


def values(reply: dict[str, Any]) -> list[str]:
    return [suggestion["value"] for suggestion in reply["suggestions"]]


def asked(reply: dict[str, Any]) -> str | None:
    """The question that a reply asks; checks what every question must have."""
    assert reply["kind"] == "guide", reply
    form, question = reply["form"], GUIDE.question(reply["form"].get("question") or "")
    assert form["kind"] == "guide"
    assert form["of"] == len(QUESTIONS)
    assert not VERDICT.search(reply["text"])
    if question is None:
        return None
    assert form["step"] == QUESTIONS.index(question.id) + 1
    assert reply["text"].endswith(question.asks)
    options = [f"guide:answer:{question.id}:{option.value}" for option in question.options]
    assert values(reply)[: len(options)] == options
    assert {"guide:skip", "guide:stop"} <= set(values(reply))
    return question.id


def is_review(reply: dict[str, Any]) -> bool:
    return asked(reply) is None and reply["form"].get("stage") == "review"


def through(visitor: Visitor, answers: dict[str, str], start: str = "guide:start") -> dict[str, Any]:
    """Answer every question in words, or with its button, and return the review."""
    reply = visitor.choose(start)
    for question in QUESTIONS:
        assert asked(reply) == question
        answer = answers[question]
        known = GUIDE.label_of(f"guide:answer:{question}:{answer}")
        reply = visitor.choose(f"guide:answer:{question}:{answer}") if known else visitor.say(answer)
    assert is_review(reply), reply
    return reply


def cases(house: House, visitor: Visitor) -> list[Case]:
    records = Records(f"sqlite:///{house.var / 'records.db'}")
    try:
        return records.cases_of(visitor.id)
    finally:
        records.dispose()


def lower_flag(house: House, visitor: Visitor) -> None:
    """What a clinician does after a crisis."""
    records = Records(f"sqlite:///{house.var / 'records.db'}")
    try:
        records.lower_flag(visitor.id, "Dr. Test", "spoke with the visitor")
    finally:
        records.dispose()


def files_with(house: House, mark: str) -> list[str]:
    """Return which files of the database, its journal and the logs hold ``mark``."""
    files = [*house.var.glob("records.db*"), *house.var.glob("*.log")]
    return [file.name for file in files if mark.encode() in file.read_bytes()]
