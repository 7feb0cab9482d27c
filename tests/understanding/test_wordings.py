"""Questions in the words of people who saw neither the examples nor the answers, put to the running assistant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Visitor
from tools.house import House

WORDINGS = Path(__file__).parents[2] / "benchmarks" / "wordings" / "second.yml"


@pytest.fixture(scope="module")
def wordings() -> dict[str, Any]:
    """The second set of wordings; nothing was ever chosen or trained by it."""
    content: dict[str, Any] = yaml.safe_load(WORDINGS.read_text(encoding="utf-8"))
    return content


def replies(house: House, texts: list[str]) -> list[dict[str, Any]]:
    """Ask every text in a conversation of its own."""

    def ask(text: str) -> dict[str, Any]:
        visitor = Visitor(house.api)
        try:
            return visitor.say(text)
        finally:
            visitor.http.close()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(ask, texts))


def test_most_questions_of_strangers_are_answered_or_offered_the_right_topic(
    house: House, wordings: dict[str, Any]
) -> None:
    asked = [
        ({topic, *wording.get("also", [])}, wording["text"])
        for topic, found in wordings["questions"].items()
        for wording in found
    ]
    given = replies(house, [text for _, text in asked])
    good, wrong = [], []
    for (right, text), reply in zip(asked, given, strict=True):
        if right & set(reply["topics"]):
            good.append(text)
        elif reply["kind"] == "answer":
            wrong.append((text, reply["topics"]))
    assert len(good) / len(asked) >= 0.93, f"{len(good)} of {len(asked)}"
    assert len(wrong) / len(asked) <= 0.03, wrong


def test_few_messages_out_of_scope_are_answered(house: House, wordings: dict[str, Any]) -> None:
    texts = wordings["out_of_scope"]
    answered = [t for t, reply in zip(texts, replies(house, texts), strict=True) if reply["kind"] == "answer"]
    assert len(answered) / len(texts) <= 0.05, answered


def test_most_double_questions_get_both_answers(house: House, wordings: dict[str, Any]) -> None:
    asked = wordings["two_questions"]
    given = replies(house, [item["text"] for item in asked])
    both = [i for i, reply in zip(asked, given, strict=True) if set(i["topics"]) <= set(reply["topics"])]
    assert len(both) / len(asked) >= 0.7, f"{len(both)} of {len(asked)}"
