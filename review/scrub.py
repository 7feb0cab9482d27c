"""Takes out of a visitor's words what could tell who they are, before the words become an example.

It goes beyond what redaction does, as examples are kept for good. Conservative: what looks like a number, a date, an
address or a link is replaced by plain words; where somebody seems to be named, the message is no example at all. A
person looks at the rest before it is written.
"""

from __future__ import annotations

import re

import phonenumbers

_NAME = r"[A-Z][\w'’-]+"
_RELATION = (
    r"(?:husband|wife|partner|son|daughter|brother|sister|mother|mom|mum|father|dad|friend|boyfriend|girlfriend|boss|"
    r"doctor|therapist|psychiatrist|nurse|aunt|uncle|cousin|grandma|grandpa|neighbou?r|roommate|kid|child)"
)
_NAMED = re.compile(
    # "I'm Ann", "this is Ann speaking"; after "my name is" it need not be written large.
    rf"(?i:\b(?:i['’]?m|i am|this is|it['’]?s|call me|here is)\s+(?:the\s+)?){_NAME}"
    r"|(?i:\bmy (?:full |first |last |maiden )?name(?:['’]?s| is|:)\s*\w)"
    rf"|\b(?i:dr|mr|mrs|ms|miss|prof|doctor|nurse)\.?\s+{_NAME}"
    rf"|(?i:\bmy {_RELATION}(?:['’]s)?,?\s+(?:is\s+)?){_NAME}"
    rf"|\b(?i:regards|thanks|thank you|sincerely|cheers|love|best),?\s+{_NAME}\s*\W*$"
    r"|(?i:\b(?:soy|me llamo|mi nombre es)\s+\w)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_REPLACED = (
    (re.compile(r"[\w.+'-]+\s*@\s*[\w-]+(?:\.[\w-]+)+"), "an e-mail address"),
    (re.compile(r"(?i)\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|edu|gov|info|health|us)\b(?:/\S*)?"), "a link"),
    (re.compile(r"(?<!\w)@\w{3,}"), "an account"),
    (
        re.compile(
            r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b"
            rf"|(?i:\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?)"
            rf"|(?i:\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}\b\.?(?:,?\s+\d{{4}}\b)?)"
            r"|(?i:(?<=born in )(?:19|20)\d\d\b|(?<=born )(?:19|20)\d\d\b)"
        ),
        "a date",
    ),
    (
        re.compile(
            r"\b\d{1,6}\s+(?:[NSEW]\.?\s+)?(?:[A-Z][\w'’-]+\s+){1,3}"
            r"(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Way|Place|Pl)\b\.?"
        ),
        "an address",
    ),
    (re.compile(r"\d(?:[\s().-]{0,2}\d){4,}"), "a number"),
)  # fmt: skip
# What stands for them in a redacted text.
_MARKS = {
    "[e-mail]": "an e-mail address", "[link]": "a link", "[birth date]": "a date", "[address]": "an address",
    "[phone]": "a number", "[number]": "a number",
}  # fmt: skip
_A_NAME = "[name]"
# Rasa would take these for marks of its own in an example.
_MARKUP = re.compile(r"[\[\]{}<>`|\\]")


def scrubbed(text: str, region: str = "US") -> str | None:
    """Return a visitor's words in one line without what could tell who they are; None when they name somebody.

    Args:
        text: The visitor's words, redacted.
        region: Two letters, for telephone numbers without a country's.
    """
    if _A_NAME in text or _NAMED.search(text):
        return None
    for mark, words in _MARKS.items():
        text = text.replace(mark, words)
    for pattern, words in _REPLACED[:2]:  # before numbers are looked for in them
        text = pattern.sub(words, text)
    phones = phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE)
    for found in reversed(list(phones)):
        text = f"{text[: found.start]}a number{text[found.end :]}"
    for pattern, words in _REPLACED[2:]:
        text = pattern.sub(words, text)
    printable = "".join(c if c.isprintable() else " " for c in _MARKUP.sub(" ", text))
    return " ".join(printable.split()).lstrip("-*# ")
