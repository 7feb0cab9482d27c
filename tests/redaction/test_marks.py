"""What staff read in place of an identifier, and what must stay as it was."""

from __future__ import annotations

import pytest

from redaction import redact


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("im sarah jones call me at 555 0142", "im [name] call me at [phone]"),
        ("Dr. Lindqvist, (512) 555-0142 ext 3", "Dr. [name], [phone]"),
        ("jane at gmail dot com or my insta @jane_doe", "[e-mail] or my insta [link]"),
        ("ssn 078-05-1120, visa 4111 1111 1111 1111", "ssn [number], visa [number]"),
        ("MRN 0045213, dob 12-01-1990", "MRN [number], dob [birth date]"),
        ("i live at 12 Elm St apt 4", "i live at [address]"),
        ("me llamo rosario y mi numero es 956 555 0120", "me llamo [name] y mi numero es [phone]"),
        ("my name is [name] 555-0142", "my name is [name] [phone]"),
        ("I’m Siobhán — 512‑555‑0142", "I’m [name] — [phone]"),
    ],
)
def test_an_identifier_becomes_a_mark(said: str, read: str) -> None:
    assert redact(said) == read


@pytest.mark.parametrize(
    "said",
    [
        "I'm depressed",
        "I'm Irish",
        "im pregnant",
        "im depresed and scared",
        "I'm on Lexapro 20mg and Spravato",
        "Dr. said 0.5 mg/kg over 40 minutes",
        "this is scary",
        "i want to die, should i call 988 or 911",
        "the SAMHSA helpline 1-800-662-4357 told me, and 988lifeline.org",
        "my appointment on 3/12/2027 at 2:30, open 24/7?",
        "Will I remember? May I drive? Mark my words, I hope so",
        "$400-1200 a month, 6 sessions since 2019-2023",
        "im 45, born in 1982, a 20 min drive",
        "soy diabetico y tomo sertralina 50 mg",
        "me llamo la atencion",
    ],
)
def test_everything_else_stays(said: str) -> None:
    assert redact(said) == said
