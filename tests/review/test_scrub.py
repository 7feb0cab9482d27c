"""What could tell who somebody is does not become an example."""

from __future__ import annotations

import pytest

from review.scrub import scrubbed


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("call me at (212) 555-0123 please", "call me at a number please"),
        ("+44 20 7946 0958 is mine", "a number is mine"),
        ("mail ann.lee+x@example.co.uk now", "mail an e-mail address now"),
        ("ann @ example.com", "an e-mail address"),
        ("see https://example.com/ann?id=3 for it", "see a link for it"),
        ("look at annlee.com", "look at a link"),
        ("i am @annlee99 there", "i am an account there"),
        ("my chart is 123 456 78", "my chart is a number"),
        ("member 4417-1234-5678-9113", "member a number"),
        ("on 12/05/2024 or 2024-05-12", "on a date or a date"),
        ("since May 12, 1990 i worry", "since a date i worry"),
        ("the 3rd of march was bad", "the a date was bad"),
        ("i was born in 1985", "i was born in a date"),
        ("I live at 12 North Main Street here", "I live at an address here"),
        ("is [it](topic) {ok} <b>", "is it (topic) ok b"),
        ("[phone] or [e-mail], born [birth date]", "a number or an e-mail address, born a date"),
        ("- does\nit\thelp", "does it help"),
        ("is 100 mg in 40 minutes ok, 6 times in 3 weeks?", "is 100 mg in 40 minutes ok, 6 times in 3 weeks?"),
        ("may i ask 2 things", "may i ask 2 things"),
        ("I'm afraid. i'm 45 and my doctor said no", "I'm afraid. i'm 45 and my doctor said no"),
    ],
)
def test_what_looks_like_a_trace_is_put_in_plain_words(text: str, becomes: str) -> None:
    assert scrubbed(text) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "I'm Ann and scared", "i am Ann", "I’m Ann", "this is Ann speaking", "my name is ann", "my full name is ann",
        "my name's ann", "Dr. Smith told me", "ask nurse Kelly", "my son Kevin is 16", "my husband's Bob", "is it safe? thanks, Ann",
        "me llamo ana", "call me Ann", "does [name] know",
    ],
)  # fmt: skip
def test_where_somebody_may_be_named_there_is_no_example(text: str) -> None:
    assert scrubbed(text) is None
