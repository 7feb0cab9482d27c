"""Teach: exactly what is shown is written, once, without words that tell who somebody is; and only what holds."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.console.marked import asked, mark
from tests.console.parts import Desk, Staff, somebody, text_of

WORDS = "does zebrawombat milk curdle in the bladder"


@pytest.fixture(autouse=True)
def nothing_marked(desk: Desk) -> None:
    desk.sql("DELETE FROM marks")


def taught(desk: Desk, name: str) -> Any:
    path: Path = desk.house.var / "taught" / name
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}


def offered(staff: Staff) -> tuple[list[str], list[str]]:
    """The keys and the blocks that the page shows."""
    page = staff.get("/review/teach").text
    keys = re.findall(r'name="chosen" value="([0-9a-f]+)"', page)
    return keys, [unescape(block) for block in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)]


def test_marks_that_hold_are_shown_and_written_exactly_so(desk: Desk, clinician: Staff) -> None:
    for text, judgement, fields in (
        (f"{WORDS}, call 212 555 0123", "topic", {"topic": "safety/bladder"}),
        ('zebrawombat: "recipes" please', "decline", {}),
        ('zebrawombat said: "enough"', "category", {"category": "a"}),
    ):
        mark(clinician, asked(desk, text), judgement, **fields)
    keys, blocks = offered(clinician)
    assert len(keys) == len(blocks) == 3
    sent = clinician.post("/review/teach", chosen=keys)
    assert sent.headers["location"] == "/console/review/teach?written=3"
    assert "3 examples were written" in text_of(clinician.follow(sent))
    topics = {one["intent"]: one["examples"] for one in taught(desk, "topics.yml")["nlu"]}
    assert topics["safety/bladder"] == f"- {WORDS}, call a number\n"
    assert topics["out_of_scope/unclear"] == '- zebrawombat: "recipes" please\n'
    assert {"category": "a", "text": 'zebrawombat said: "enough"'} in taught(desk, "safety.yml")["learnt"]
    written = "".join((desk.house.var / "taught" / name).read_text() for name in ("topics.yml", "safety.yml"))
    assert all(block in written for block in blocks)
    assert offered(clinician) == ([], [])
    again = clinician.post("/review/teach", chosen=keys)
    assert (again.status_code, "Nothing was written" in text_of(again)) == (409, True)


def test_each_conversation_is_in_the_audit_when_shown_and_when_taught(desk: Desk, clinician: Staff) -> None:
    conversation = asked(desk, f"{WORDS} one")
    mark(clinician, conversation, "decline")
    keys, _ = offered(clinician)
    clinician.post("/review/teach", chosen=keys)
    actions = [row.action for row in desk.records.audit_rows(conversation=conversation)]
    assert actions[:2] == ["teach", "read-to-teach"]
    assert conversation not in (desk.house.var / "taught" / "topics.yml").read_text()


def test_what_cannot_be_written_down_is_neither_shown_nor_taught(desk: Desk, clinician: Staff) -> None:
    mark(clinician, asked(desk, f"{WORDS} two"), "decline")
    keys, _ = offered(clinician)
    before = taught(desk, "topics.yml")
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        shown, done = clinician.get("/review/teach"), clinician.post("/review/teach", chosen=keys)
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")
    assert (shown.status_code, done.status_code, "zebrawombat" in shown.text) == (503, 503, False)
    assert taught(desk, "topics.yml") == before


def test_what_is_not_ticked_is_not_written(desk: Desk, clinician: Staff) -> None:
    for number in ("three", "four"):
        mark(clinician, asked(desk, f"{WORDS} {number}"), "decline")
    keys, _ = offered(clinician)
    clinician.post("/review/teach", chosen=keys[:1])
    text = (desk.house.var / "taught" / "topics.yml").read_text()
    assert (f"{WORDS} three" in text, f"{WORDS} four" in text) == (True, False)
    assert clinician.post("/review/teach").status_code == 409


def test_all_there_is_to_teach_is_on_some_page(desk: Desk, clinician: Staff) -> None:
    for number in range(27):
        mark(clinician, asked(desk, f"{WORDS} page {number}", kind="answer"), "decline")
    first, second = (clinician.get(f"/review/teach?page={page}").text for page in (1, 2))
    shown = [re.findall(r"page (\d+)\n", page) for page in (first, second)]
    assert shown == [[str(number) for number in range(25)], ["25", "26"]]
    assert "27 examples, the oldest first. Page 1 of 2." in first
    assert 'href="/console/review/teach?page=2"' in first and 'href="/console/review/teach?page=1"' in second
    clinician.get("/review/teach?page=2")
    keys = re.findall(r'name="chosen" value="([0-9a-f]+)"', second)
    sent = clinician.post("/review/teach", chosen=keys, page=2)
    assert sent.headers["location"] == "/console/review/teach?written=2&page=2"
    assert len(re.findall('name="chosen"', clinician.follow(sent).text)) == 25  # there is one page by now


def test_a_mark_that_changed_since_is_not_written(desk: Desk, clinician: Staff) -> None:
    conversation = asked(desk, f"{WORDS} five")
    mark(clinician, conversation, "decline")
    keys, _ = offered(clinician)
    mark(clinician, conversation, "topic", topic="safety/bladder")
    assert clinician.post("/review/teach", chosen=keys).status_code == 409


def test_only_what_all_who_are_wanted_agree_on_is_taught(desk: Desk, clinician: Staff) -> None:
    other = somebody(desk, "reviewer")
    alone, apart, agreed = (asked(desk, f"{WORDS} {word}", twice=True) for word in ("six", "seven", "eight"))
    mark(clinician, alone, "decline")
    for conversation, second in ((apart, "right"), (agreed, "decline")):
        mark(clinician, conversation, "decline")
        mark(other, conversation, second)
    _, blocks = offered(clinician)
    assert [f"{WORDS} eight" in block for block in blocks] == [True]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I'm Zebulon, is it safe", "somebody may be named in it"),
        ("?!", "nothing is left of its words"),
        ("zebra " * 80, "it is too long"),
        ("What is anxiety?", "are an example of anxiety/what_is_it"),
    ],
)
def test_what_teaches_nothing_is_named_with_its_reason_and_without_words(
    desk: Desk, clinician: Staff, text: str, why: str
) -> None:
    mark(clinician, asked(desk, text), "decline")
    page = clinician.get("/review/teach")
    assert why in text_of(page)
    assert "Zebulon" not in page.text and 'name="chosen"' not in page.text


def test_the_same_words_marked_in_two_ways_teach_nothing(desk: Desk, clinician: Staff) -> None:
    mark(clinician, asked(desk, f"{WORDS} nine"), "decline")
    mark(clinician, asked(desk, f"{WORDS}, NINE!"), "topic", topic="safety/bladder")
    page = clinician.get("/review/teach")
    assert text_of(page).count("are marked in another way elsewhere") == 2
    assert 'name="chosen"' not in page.text


def test_the_same_words_in_the_same_way_are_one_example_and_an_existing_one_is_none(
    desk: Desk, clinician: Staff
) -> None:
    for text in (f"{WORDS} ten", f"{WORDS} TEN?"):
        mark(clinician, asked(desk, text), "decline")
    mark(clinician, asked(desk, "what is anxiety"), "topic", topic="anxiety/what_is_it")
    assert len(offered(clinician)[0]) == 1


def test_a_conversation_becomes_a_regression_test(desk: Desk, clinician: Staff) -> None:
    conversation = asked(desk, f"{WORDS}, mail ann@example.com", kind="answer", topics=["safety/bladder"])
    where = f"/conversations/{conversation}/regression"
    refused = clinician.get(where)
    assert (refused.status_code, "None of its messages has a mark that holds" in text_of(refused)) == (409, True)
    assert clinician.post(where).status_code == 409
    mark(clinician, conversation, "right")
    shown = clinician.get(where)
    assert "an e-mail address" in text_of(shown) and "ann@" not in shown.text
    for _ in range(2):
        assert clinician.post(where).status_code == 303
    cases = taught(desk, "regressions.yml")["cases"]
    turns = [
        {
            "seq": 2,
            "say": f"{WORDS}, mail an e-mail address",
            "expect": {"kind": "answer", "topics": ["safety/bladder"]},
        }
    ]
    assert [case["turns"] for case in cases] == [turns]
    desk.write(conversation, "not looked through")
    for judgement, more, expected in (
        ("decline", {}, {"kind": "decline"}),
        ("topic", {"topic": "safety/is_it_safe"}, {"kind": "answer", "topics": ["safety/is_it_safe"]}),
        ("new_topic", {}, None),
        ("category", {"category": "a"}, {"category": "a"}),
    ):
        mark(clinician, conversation, judgement, **more)  # the newest judgement counts, in the one case that there is
        (case,) = taught(desk, "regressions.yml")["cases"]
        assert [turn.get("expect") for turn in case["turns"]] == [expected]
    actions = [row.action for row in desk.records.audit_rows(conversation=conversation)]
    assert actions.count("regression") == 2
    assert conversation not in str(cases)


def test_a_conversation_in_which_somebody_may_be_named_becomes_none(desk: Desk, clinician: Staff) -> None:
    conversation = asked(desk, "My name is Zebulon")
    mark(clinician, conversation, "right")
    page = clinician.get(f"/conversations/{conversation}/regression")
    assert (page.status_code, "Somebody may be named in message 2" in text_of(page)) == (409, True)
    assert "Zebulon" not in page.text
