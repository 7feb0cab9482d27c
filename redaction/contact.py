"""E-mail addresses, links and the names that people go by on social networks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.finding import EMAIL, LINK, Finding

# Every repetition is bounded, so that no text takes long. Parts of an address follow RFC 5321: 64 and 63 characters.
_LABEL = r"[\w-]{1,63}"
_WRITTEN = re.compile(rf"(?<![\w.+'-])[\w.+'-]{{1,64}}@{_LABEL}(?:\.{_LABEL}){{1,6}}")
_SIGN = r"(?:[ ]{0,2}[(\[{<]?@[)\]}>]?[ ]{0,2}|[ ]{0,2}[(\[{<](?:at|arroba)[)\]}>][ ]{0,2})"
_AT = rf"(?:{_SIGN}|[ ](?:at|arroba)[ ])"
_SAID_DOT = r"(?:[ ]?[(\[{<](?:dot|punto)[)\]}>][ ]?|[ ](?:dot|punto)[ ])"
_DOT = rf"(?:[ ]?\.[ ]?|{_SAID_DOT})"
_TOP = r"(?:com|org|net|edu|gov|info|health|us|uk|ca|mx|es|de|fr|io|me|co|biz|law|dev|mail|email)"
_USER = r"[\w+-]{1,64}(?:(?:\.|[ ]?[(\[{]dot[)\]}][ ]?|[ ](?:dot|punto)[ ])[\w+-]{1,64}){0,3}"
_SPOKEN = re.compile(
    rf"(?<![\w.+-]){_USER}(?:{_SIGN}{_LABEL}(?:{_DOT}(?!{_TOP}\b){_LABEL}){{0,2}}{_DOT}|[ ](?:at|arroba)"
    rf"[ ]{_LABEL}(?:{_SAID_DOT}(?!{_TOP}\b){_LABEL}){{0,2}}{_SAID_DOT}){_TOP}\b",
    re.I,
)
_PROVIDERS = r"(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|aol|protonmail|proton|comcast|msn|live|ymail|gmx|zoho)"
_PROVIDER_ALONE = re.compile(rf"(?<![\w.+-])(?!(?:my|the|on|in|me)[ ]){_USER}{_AT}{_PROVIDERS}\b", re.I)

_URL = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"'\[\]]{2,2000}", re.I)
_BARE = re.compile(
    rf"(?<![\w@.-]){_LABEL}(?:\.{_LABEL}){{0,4}}\."
    r"(?:com|org|net|edu|gov|info|health|us|io|me|co|biz|dev|app|link|blog|shop|tv|gg|uk|ca|mx)"
    r"\b(?:/[^\s<>\"'\[\]]{0,2000})?",
    re.I,
)
# Where everybody may read: what staff need to see, and no sign of who somebody is.
_PUBLIC = re.compile(
    r"(?:https?://)?(?:www\.)?(?:[\w-]{1,63}\.){0,3}(?:\w{1,63}\.gov|988lifeline\.org|crisistextline\.org|"
    r"thetrevorproject\.org|nami\.org|"
    r"thehotline\.org|wikipedia\.org|webmd\.com|mayoclinic\.org|drugs\.com|spravato\.com|goodrx\.com|"
    r"healthline\.com)(?:/|$|[^\w.])",
    re.I,
)
_TRAILING = re.compile(r"[.,;:!?)]+$")
_HANDLE = re.compile(r"(?<![\w.@/])@(?=[\w.]{0,40}[^\W\d_])[\w.]{2,40}(?<!\.)")
_NETWORK = (
    r"(?:insta(?:gram)?|ig|snap(?:chat)?|tik ?tok|twitter|facebook|fb|discord|telegram|linkedin|reddit|threads|kik|"
    r"venmo|cash ?app|whatsapp|messenger|handle|username|user name|usuario)"
)
_AFTER_NETWORK = re.compile(
    rf"\b{_NETWORK}(?:['’]?s)?(?:[ ](?:is|es|handle|name|user|username|account|me|at|as|im|i'm)"
    rf"){{0,3}}(?:[ ]?[:=-][ ]{{0,2}}|[ ]{{1,2}})"
    r"(?P<it>@?(?=[\w.#-]{0,40}[\d_#]|[\w-]{0,40}\.\w)[^\W_][\w.-]{2,40}(?:#\d{2,6})?)",
    re.I,
)
_DISCORD = re.compile(r"(?<![\w#])[\w.]{2,32}#\d{4}(?!\w)")


def find_contacts(text: str) -> Iterator[Finding]:
    """Yield e-mail addresses, also spelled out ("jane at gmail dot com"), links and handles."""
    for pattern in (_WRITTEN, _SPOKEN, _PROVIDER_ALONE):
        for match in pattern.finditer(text):
            yield Finding(EMAIL, match.start(), match.end() - _tail(match.group()))
    for pattern in (_URL, _BARE, _HANDLE, _DISCORD):
        for match in pattern.finditer(text):
            if _PUBLIC.match(match.group()):
                continue
            yield Finding(LINK, match.start(), match.end() - _tail(match.group()))
    for match in _AFTER_NETWORK.finditer(text):
        yield Finding(LINK, match.start("it"), match.end("it") - _tail(match.group("it")))


def _tail(found: str) -> int:
    """Return how many signs at the end belong to the sentence."""
    trailing = _TRAILING.search(found)
    return len(trailing.group()) if trailing else 0
