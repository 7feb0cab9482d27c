"""Street addresses, post-office boxes and ZIP codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.finding import ADDRESS, Finding

_TYPE = (
    r"(?:street|str|st|avenue|ave|av|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|way|place|pl|terrace|ter|"
    r"circle|cir|"
    r"parkway|pkwy|highway|hwy|trail|trl|loop|square|sq|cove|cv|row|alley|plaza|crossing|xing|bend|run|path|pass)"
)
# Ways that are measured, not lived in: "a 20 min drive", "2 blocks down the street", "2 st johns wort".
_NOT_IN_NAME = (
    r"(?!(?:min\w*|hours?|hrs?|h|miles?|mi|blocks?|days?|weeks?|months?|years?|yrs?|mg|mcg|ml|lbs?|kg|times|of|"
    r"the|a|an|in|and|or|"
    r"to|from|on|my|is|was|for|with|at|down|up|more|long|way|one|per|am|pm|percent|dollars?|kids?|people|"
    r"sessions?|infusions?|"
    r"i|im|you|they|we|he|she|it|that|this|but|so|if|can|do|just|not|into|out|off)\b)"
)
_PART = rf"(?:{_NOT_IN_NAME}[^\W_][\w'.]{{0,24}}[ ]{{1,2}})"
_UNIT_PART = (
    r"(?:[ ,.]{1,3}(?:(?:apt|apartment|unit|suite|ste|floor|fl|rm|room|lot|bldg|building|trailer)\.?[ ]?#?[ ]?|#[ ]?)"
    r"[\w-]{1,6}\b)"
)
_STATE = (
    r"(?:(?-i:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|"
    r"UT|V[AT]|W[AIVY])"
    r"|tx|texas|california|florida|new york|oklahoma|louisiana|new mexico|arizona|colorado)"
)
_ZIP = r"\d{5}(?:-\d{4})?"
_CITY = (
    rf"(?:[ ,.]{{1,3}}(?:(?:[^\W\d_][\w'.-]{{1,20}}[ ]?){{1,3}}[ ,]{{1,3}}{_STATE}\b(?:[ ,]{{1,3}}{_ZIP}\b)?|"
    rf"{_STATE}[ ,]{{1,2}}{_ZIP}\b))"
)
_STREET = re.compile(
    rf"(?<![\w$.,/])(?:\d{{1,6}}[a-z]?|\d{{1,4}}-\d{{1,4}})[ ]{{1,2}}(?:\d/\d[ ]|[nsew]\.?[ ]{{1,2}}|(?:north|"
    rf"south|east|west)[ ]{{1,2}})?"
    rf"(?:{_PART}{{1,4}}?(?:\d/\d[ ])?{_TYPE}\b\.?(?![ ](?:johns?|in|home|back)\b)|(?:county road|cr|fm|"
    rf"farm road|state hwy|highway|hwy|rr|ranch road)[ ]\d{{1,5}}|"
    rf"(?:(?:avenue|ave|street|calle|broadway)[ ]?\w{{1,2}}\b|broadway\b))"
    rf"{_UNIT_PART}?{_CITY}?",
    re.I,
)
_LIVE = re.compile(
    r"\b(?:live (?:at|on)|living at|address(?:[ ]is|'s)?|staying at|moved (?:from|to)|house is|home is|come to|"
    r"we're at|located at)[ :]{1,3}"
    rf"(?P<it>\d{{1,6}}[ ]{{1,2}}{_PART}{{1,3}}?(?:[^\W\d_][\w']{{1,24}})?{_UNIT_PART}?{_CITY}?)"
    rf"(?=[ ]*(?:[,.;!?\n]|$))",
    re.I,
)
_BOX = re.compile(
    rf"\b(?:p\.?[ ]?o\.?[ ]?box|apartado(?: postal)?|(?:rr|rural route)[ ]\d{{1,3}}[ ]box)"
    rf"[ #]{{1,2}}\d{{1,7}}\b{_CITY}?",
    re.I,
)
_ZIP_NAMED = re.compile(
    rf"\b(?:zip(?: ?code)?|postal code|c[oó]digo postal)\b(?:[ :#]|is\b|es\b){{0,4}}(?P<it>{_ZIP})(?!\w)", re.I
)
_STATE_ZIP = re.compile(rf"\b(?-i:[A-Z][a-z]{{2,15}},?[ ])?{_STATE}[ ,]{{1,2}}{_ZIP}(?!\w)")
_SPANISH = re.compile(
    r"\b(?:calle|avenida|av\.|avda\.?|bulevar|calzada|carrera|privada)[ ](?:(?!(?:y|que|en|a|para|por|con)\b)"
    r"[^\W\d_][\w'.]{0,20}[ ]){1,4}"
    r"(?:#|n[uú]m(?:ero)?\.?[ ]|no\.?[ ])?\d{1,5}\b(?:[ ,]{1,2}(?:apto?|depto|piso|interior|int)\.?[ ]?\w{1,5}\b)?",
    re.I,
)  # fmt: skip


def find_addresses(text: str) -> Iterator[Finding]:
    """Yield where somebody lives: number and street, with flat, city and ZIP code if they follow; boxes; ZIP codes."""
    for pattern in (_STREET, _BOX, _STATE_ZIP, _SPANISH):
        for match in pattern.finditer(text):
            yield Finding(ADDRESS, *match.span())
    for pattern in (_LIVE, _ZIP_NAMED):
        for match in pattern.finditer(text):
            yield Finding(ADDRESS, *match.span("it"))
