"""The conversations in ``data/reviewed/regressions.yml`` go as they must, from their first turn to their last."""

from __future__ import annotations

from typing import Any

from content.catalogue import read_yaml
from review.files import LEARNT, REGRESSIONS
from review.regressions import differences
from tests.conftest import Visitor
from tools.house import House


def test_every_conversation_goes_as_it_must(house: House) -> None:
    path = LEARNT / REGRESSIONS
    cases: list[dict[str, Any]] = (read_yaml(path) or {}).get("cases") or [] if path.is_file() else []
    wrong = [found for case in cases for found in play(house, case)]
    assert wrong == []


def play(house: House, case: dict[str, Any]) -> list[str]:
    """Play one conversation; return in what it went otherwise, by turn and without words."""
    visitor, found = Visitor(house.api), list[str]()
    try:
        for number, turn in enumerate(case["turns"], start=1):
            reply = visitor.say(turn["say"]) if "say" in turn else visitor.choose(turn["choose"])
            wrong = differences(turn.get("expect", {}), reply)
            found += [f"{case['origin']}, turn {number}: {one}" for one in wrong]
    finally:
        visitor.http.close()
    return found
