"""Telephone, social security, card, member and record numbers.

Every repetition is bounded, so that no text takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from redaction.finding import NUMBER, PHONE, Finding

_GAP = r"[ .\-/]{0,3}"
# What follows a dose, a price or a span of time is no telephone number.
_UNIT = (
    r"(?![ ]?(?:mgs?|mcg|ml|milligrams?|g|kg|lbs?|pounds|%|dollars?|bucks|usd|cal|calories|steps|hours?|hrs?|"
    r"min\w*|days?|"
    r"weeks?|months?|years?|people|times|a month|per)\b|[ ]?%)"
)
_NOT_INSIDE = r"(?<![\w$€£@#.,/])(?<!\d[-:])"
_NOT_GOING_ON = r"(?![\w@]|[.,:/-]\d)"
_EXTENSION = r"(?:[ ,]{1,2}(?:ext|extension|x)\.?[ ]?\d{1,6})?"
_US = re.compile(
    rf"{_NOT_INSIDE}(?:\+?1{_GAP})?(?:\([ ]?\d{{3}}[ ]?\)|"
    rf"\d{{3}}){_GAP}\d{{3}}{_GAP}\d{{4}}{_NOT_GOING_ON}{_UNIT}{_EXTENSION}",
    re.I,
)
_LOCAL = re.compile(rf"{_NOT_INSIDE}[2-9]\d{{2}}[ .\-]\d{{4}}{_NOT_GOING_ON}{_UNIT}{_EXTENSION}", re.I)
_INTERNATIONAL = re.compile(
    rf"(?<![\w@])(?:\+[ ]?[1-9]|(?:00|011)[ ]?[1-9])(?:[ .\-/()]{{0,2}}\d){{6,16}}(?!\w){_EXTENSION}", re.I
)
_CALL = (
    r"\b(?:call|text|txt|phone|cell(?:ular)?|cel|number|num|tel(?:e?phone|[eé]fono)?|mobile|reach|fax|whats ?app|ring|"
    r"landline|n[uú]mero|ll[aá]me(?:n?me|n)|ll[aá]mar(?:me|nos)?|m[oó]vil|celu)\b"
)
_CALLED = re.compile(
    rf"{_CALL}[^\d\n]{{0,30}}?(?<![\w$€£.,/-])(?P<it>\+?\(?\d(?:[ .\-/()]{{0,3}}\d){{6,14}}){_NOT_GOING_ON}{_UNIT}",
    re.I,
)
_CALL_BEFORE = re.compile(rf"{_CALL}[^\d\n]{{0,30}}$", re.I)
_DIGIT = (
    r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|"
    r"cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|\d)"
)
_SPELLED = re.compile(rf"(?<![\w-]){_DIGIT}(?:[ ,.-]{{1,2}}{_DIGIT}){{6,14}}(?![\w-])", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")

_SSN = re.compile(r"(?<![\w-])\d{3}([-. ])\d{2}\1\d{4}(?![\w-])")
_SSN_NAMED = re.compile(
    r"\b(?:ssn?|s\.s\.n|social|seguro social|seguro|tax id|itin)"
    r"\b[^\d\n]{0,40}(?P<it>\d{3}[-. ]{0,3}\d{2}[-. ]{0,3}\d{4})(?!\w)"
    r"|\blast (?:4|four)[^\d\n]{0,30}\b(?:ssn|social)[^\d\n]{0,20}(?P<last>\d{4})(?!\w)"
    r"|\b(?:ssn|social)[^\d\n]{0,20}\b(?:last (?:4|four)|end(?:s|ing))[^\d\n]{0,20}(?P<end>\d{4})(?!\w)",
    re.I,
)
_CARD = re.compile(
    r"(?<![\w-])(?:\d{4}([ .-]?)\d{4}\1\d{4}\1\d{4}|\d{4}([ .-]?)\d{6}\2\d{5}|\d{13,19}|"
    r"\d(?:[ .-]{0,2}\d){12,18})(?![\w-])"
)
_CARD_BEFORE = re.compile(r"\b(?:card|visa|master ?card|amex|discover|debit|credit|cc|tarjeta)\b[^\d\n]{0,25}$", re.I)
_CARD_AFTER = re.compile(
    r"[ ,]{1,3}(?:exp\w*[ :]{0,2})?(?:\d\d[ ]?/[ ]?\d\d(?:\d\d)?)[ ,]{1,3}(?P<it>\d{3,4})(?![\w/])", re.I
)
_CODE = re.compile(r"\b(?:cvv2?|cvc2?|csc|security code)\b(?:[ :#]|is\b){0,4}(?P<it>\d{3,4})(?!\w)", re.I)

_KEY = (
    r"(?:member(?:ship)?|subscriber|policy|group|grp|account|acct|claim|patient|chart|records?|mrn|ref(?:erence)?|"
    r"confirmation|conf|case|invoice|order|rx|prescription|medicaid|medicare|tricare|insurance|ins|passport|"
    r"licen[cs]e|"
    r"lic|sponsor|enrollee|id|prior auth\w*|authorization|file|plate|p[oó]liza|expediente|afiliado|cuenta|"
    r"identificaci[oó]n)"
)
_SAYS_NUMBER = r"(?:id|number|num|nr|no\.?|n[uú]mero|code|#)"
_IDENTIFIER = (
    r"(?:(?-i:[A-Z]{1,5})[ ])?(?=[A-Za-z-]{0,10}\d)[A-Za-z\d]{1,24}(?:[-./][A-Za-z\d]{1,16}){0,6}"
    r"(?:[ ](?=[A-Z\d-]{0,8}\d)(?-i:[A-Z\d-]{2,12})\b){0,4}"
)
_RECORD = re.compile(
    rf"\b{_KEY}\b['’]?s?(?P<filler>(?:[ ]{{0,2}}(?:{_SAYS_NUMBER}|is|es|was|with you(?: is)?|at \w{{1,20}}(?: is)?|"
    rf"card|sponsor|de|del|my|[:=#,.-])(?!\w)){{0,6}})[ ]{{0,2}}(?<![$€£])(?<!\w)(?P<it>{_IDENTIFIER})(?![\w%]){_UNIT}",
    re.I,
)
_SAID = re.compile(rf"(?<!\w){_SAYS_NUMBER}(?!\w)", re.I)
_ALWAYS = re.compile(
    # Medicare's beneficiary identifier; letters before a long number; a long number; an address on the internet.
    r"(?<![\w-])(?:[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2}|[A-Z]{1,5}-?\d{6,20}[A-Z]?|\d{7,40}|"
    r"\d{1,3}(?:\.\d{1,3}){3})(?![\w-])"
)
_LONG = re.compile(r"(?<![\w$€£.,/-])\d{1,14}(?:[ -]\d{1,14}){1,8}(?![\w%]|[.,/:-]\d)" + _UNIT, re.I)


def find_numbers(text: str) -> Iterator[Finding]:
    """Yield telephone numbers (US, international, local, spelled out) and every number that stands for a person."""
    yield from _phones(text)
    for match in _SSN.finditer(text):
        yield Finding(NUMBER, *match.span())
    for match in _SSN_NAMED.finditer(text):
        group = next(name for name in ("it", "last", "end") if match.group(name))
        yield Finding(NUMBER, *match.span(group))
    yield from _cards(text)
    for match in _RECORD.finditer(text):
        if _stands_for_somebody(
            match.group("it"), bool(_SAID.search(match.group()[: match.start("it") - match.start()]))
        ):
            yield Finding(NUMBER, *match.span("it"))
    for match in _ALWAYS.finditer(text):
        yield Finding(NUMBER, *match.span())
    for match in _LONG.finditer(text):
        groups = re.split("[ -]", match.group())
        if _significant(match.group()) in _public_numbers():
            continue
        long = len("".join(groups)) >= 9 and not all(_YEAR.fullmatch(one) for one in groups)
        if long and any(len(one) > 2 and not one.endswith("0") for one in groups):
            yield Finding(NUMBER, *match.span())


def _phones(text: str) -> Iterator[Finding]:
    public = _public_numbers()
    for pattern in (_US, _INTERNATIONAL, _SPELLED):
        for match in pattern.finditer(text):
            if _significant(match.group()) not in public:
                yield Finding(PHONE, *match.span())
    for match in _CALLED.finditer(text):
        if _significant(match.group("it")) not in public:
            yield Finding(PHONE, *match.span("it"))
    for match in _LOCAL.finditer(text):
        last = match.group()[4:8]
        asked = _CALL_BEFORE.search(text, max(0, match.start() - 60), match.start())
        if asked or not (last.endswith("00") or _YEAR.fullmatch(last)):
            yield Finding(PHONE, *match.span())


@lru_cache(maxsize=1)
def _public_numbers() -> frozenset[str]:
    """Return the numbers of help lines that replies name: a visitor who repeats one tells nothing on himself."""
    said = (Path(__file__).resolve().parent.parent / "data" / "safety" / "regions.yml").read_text(encoding="utf-8")
    return frozenset(_significant(number) for number in re.findall(r"\d[\d -]{6,}\d", said)) | {"8002738255"}


def _significant(number: str) -> str:
    """Return the digits of a number without North America's 1."""
    return "".join(c for c in number if c.isdigit()).removeprefix("1")


def _cards(text: str) -> Iterator[Finding]:
    for match in _CARD.finditer(text):
        if luhn(match.group()) or _CARD_BEFORE.search(text, max(0, match.start() - 60), match.start()):
            yield Finding(NUMBER, *match.span())
            code = _CARD_AFTER.match(text, match.end())
            if code:
                yield Finding(NUMBER, *code.span("it"))
    for match in _CODE.finditer(text):
        yield Finding(NUMBER, *match.span("it"))


def _stands_for_somebody(token: str, called_a_number: bool) -> bool:
    """Tell a member or record number from a year, a price, a count."""
    digits = sum(c.isdigit() for c in token)
    if called_a_number:
        return digits >= 3
    plain = token.isdigit()
    return digits >= 5 if plain else digits >= 4 and not re.fullmatch(r"[\d./-]{3,10}", token)


def luhn(number: str) -> bool:
    """Tell whether the digits of ``number`` pass the check of ISO/IEC 7812 that card numbers pass."""
    digits = [int(c) for c in number if c.isdigit()]
    doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
