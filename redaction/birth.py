"""Dates of birth. Other dates stay: staff need to read when an appointment is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.finding import BORN, Finding

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|"
    r"octubre|noviembre|"
    r"diciembre)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
_YEAR = r"(?:19|20)\d\d\b|'?\d\d\b"
_DATE = (
    r"(?:\d{1,4}[ ]?[/.-][ ]?\d{1,2}[ ]?[/.-][ ]?\d{1,4}\b|\d{1,2}[ ]\d{1,2}[ ](?:19|20)?\d\d\b|\d{6}\b|\d{8}\b|"
    r"\d{1,2}[/.-]\d{1,2}\b|"
    rf"{_MONTH}[ ]?(?:the[ ])?{_DAY}(?:,?[ ](?:de[ ])?(?:{_YEAR}))?|"
    rf"(?:the[ ]|el[ ])?{_DAY}[ ]?(?:of[ ]|de[ ])?{_MONTH}(?:,?[ ](?:del?[ ])?(?:{_YEAR}))?|"
    rf"{_MONTH}[ ](?:19|20)\d\d\b)"
)
_WORD = (
    r"(?:born|d\.?o\.?b\b\.?|date of birth|birth ?date|birth ?day|b-?day|"
    r"nac[ií]\b|nacid[oa]|fecha de nacimiento|nacimiento|cumplea[nñ]os)"
)
_BORN = re.compile(
    rf"(?<!\w){_WORD}(?:['’]?s\b)?[^\w\n]{{0,3}}(?:(?:is|was|on|the|in|el|es|d[ií]a)"
    rf"[^\w\n]{{1,2}}){{0,3}}(?P<it>{_DATE})",
    re.I,
)
_IS_MY = re.compile(
    rf"(?<![\w/.-])(?P<it>{_DATE})[ ,]{{0,2}}(?:(?:is|was|es)[ ])?(?:(?:my|his|her|the|mi|su)[ ])?(?:{_WORD})(?!\w)",
    re.I,
)
# With a year as long ago as this, a date in figures or in full is taken for a date of birth.
_LONG_AGO = r"(?:19[2-9]\d|200[0-8])"
_OLD = re.compile(
    rf"(?<![\w/.-])(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_LONG_AGO}|{_LONG_AGO}[/.-]\d{{1,2}}[/.-]\d{{1,2}}|"
    rf"{_MONTH}[ ]{_DAY},?[ ]{_LONG_AGO}|{_DAY}[ ](?:of[ ]|de[ ])?{_MONTH}(?:,|[ ]del?)?[ ]{_LONG_AGO})(?![\w/-])",
    re.I,
)


def find_births(text: str) -> Iterator[Finding]:
    """Yield dates that somebody was born on; a year alone stays, as an age does."""
    for pattern in (_BORN, _IS_MY):
        for match in pattern.finditer(text):
            yield Finding(BORN, *match.span("it"))
    for match in _OLD.finditer(text):
        yield Finding(BORN, *match.span())
