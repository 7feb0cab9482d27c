"""The fixed replies: what each must say, in which words, with which contacts, and where."""

from __future__ import annotations

import re
from typing import Any

import pytest

from safety import Finding, Region, Templates, language_of
from safety.rules import CATEGORIES, FOLDER, KINDS, read_yaml
from tests.safety.examples import RULES

PHONE = "+1 555 010 0100"
HREF = re.compile(r"(?:tel:\+?\d{3,15}|sms:\d{3,6}(?:\?body=\w+)?|https://[\w.\-]+(?:/[\w.\-/#]*)?)")
REPLIES: dict[str, Any] = read_yaml(FOLDER / "replies.yml")
FORMS = ("u0", "unsure", "other", "staff", "third")
SPANISH = "abcdj"

# What the policy's "Reply must" asks for, as words that cannot be missing, in every form of the reply.
MUST_SAY = {
    "a": ["988", "988lifeline.org", "Veterans press 1", "Spanish press 2", "911", "nearest ER", "Thank you",
          "not to be alone", "distance", "not emergency treatment", PHONE],
    "a other": ["988", "911", "Thank you", "Stay with them if it is safe", "ask them directly", "distance",
                "helps people who worry", "not emergency treatment", PHONE],
    "a unsure": ["988", "are you thinking about killing yourself?", "911", "Thank you", "not emergency treatment"],
    "a u0": ["911", "988", "Thank you", "near someone you trust", "distance", "not emergency treatment", PHONE],
    "b": ["step away", "weapon", "911", "988"],
    "c": ["Call 911 now", "Do not drive", "Stay with", "on their side", "ketamine, and when", PHONE],
    "d": ["911", "1-800-222-1222", "Do not wait for symptoms", "Do not make them vomit", "take nothing more",
          "do not drive", "packet", "on purpose"],
    "e": ["taking seriously", "nurse", "911", "Do not drive", "another dose", "988", "after-hours"],
    "f": ["clinician", "do not start, stop or change", "benzodiazepines", "antidepressants", PHONE],
    "g": ["not recommended in pregnancy", "hold your next treatment", "Do not stop any other medicine", "OB", PHONE],
    "h": ["under 18", "adult you trust", "school counselor", "988", "1-800-422-4453"],
    "i": ["cannot help with that", "dangerous", "1-800-662-4357", "911"],
    "j": ["I believe you", "911", "1-800-799-7233", "START to 88788", "1-800-656-4673", "1-800-422-4453", "exit",
          "never email, text or call"],
    "k": ["cannot prescribe", "prescriber", "FDA", "Spravato cannot", "call today", "Do not stop it suddenly"],
    "l": ["sorry", "practice manager", "medical board", "HHS"],
    "m": [PHONE, "911", "988"],
    "n": ["privacy contact", "corrected", "limit", "60 days", "cannot promise", "by law"],
    "o": [PHONE],
    "p": ["automated", "not a clinician", "same rules", PHONE],
}  # fmt: skip
NEVER_SAID = ["press 3", "help is on the way", "help is coming", "someone is coming", "are being alerted", "promise me"]


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates("Example Clinic", PHONE, "tel:+15550100100", Region("US"))


def finding(letter: str, form: str = "") -> Finding:
    urgency = "U0" if form == "u0" else ("U1" if letter in "abcd" else RULES[letter]["urgency"])
    return Finding(letter, urgency, form == "unsure", form if form in ("other", "staff", "third") else None)


def all_forms() -> list[tuple[str, str]]:
    return [(letter, form) for letter in CATEGORIES for form in ("", *FORMS) if not form or form in REPLIES[letter]]


@pytest.mark.parametrize(("letter", "form"), all_forms())
def test_a_reply_says_what_it_must(templates: Templates, letter: str, form: str) -> None:
    reply = templates.reply([finding(letter, form)], hours_now="The clinic is open now.", target="noon today")
    said = reply["text"].lower()
    for words in MUST_SAY.get(f"{letter} {form}", MUST_SAY[letter]):
        assert words.lower() in said, words
    assert (reply["kind"], reply["category"]) == (KINDS.get(letter, "advice"), letter)
    assert not [words for words in NEVER_SAID if words in said]
    assert not re.search(r"[{}<>]|  ", reply["text"])


@pytest.mark.parametrize(("letter", "form"), all_forms())
def test_contacts_are_links(templates: Templates, letter: str, form: str) -> None:
    contacts = templates.reply([finding(letter, form)])["contacts"]
    assert contacts
    assert [contact for contact in contacts if not (contact["label"] and HREF.fullmatch(contact["href"]))] == []
    assert len({contact["href"] for contact in contacts}) == len(contacts)


@pytest.mark.parametrize(("letter", "form"), [(a, f) for a, f in all_forms() if a in "abcdj"])
def test_crisis_replies_put_the_number_first_and_do_not_claim_a_watch(
    templates: Templates, letter: str, form: str
) -> None:
    reply = templates.reply([finding(letter, form)])
    assert re.search(r"911|988|1-800-222-1222", reply["text"].split(".")[0])
    assert "not watched live and cannot call 911" in reply["text"]
    assert letter == "j" or "leave a callback number and where you are" in reply["text"]
    assert reply["form"]["kind"] == "contact"


def test_what_cannot_wait_leads_with_911(templates: Templates) -> None:
    assert templates.reply([finding("a", "u0")])["contacts"][0]["href"] == "tel:911"
    assert templates.reply([finding("c")])["text"].startswith("Call 911 now")


def test_a_reply_leads_with_the_first_and_adds_what_the_others_need(templates: Templates) -> None:
    reply = templates.reply([finding("d"), finding("a"), finding("j")])
    hrefs = [contact["href"] for contact in reply["contacts"]]
    assert reply["category"] == "d"
    assert hrefs[0] == "tel:+18002221222"
    assert {"tel:911", "tel:988", "sms:988", "tel:+18007997233"} <= set(hrefs)
    assert "on purpose" in reply["text"]


def test_a_minor_is_offered_no_form_and_asked_for_nothing(templates: Templates) -> None:
    assert templates.reply([finding("f")])["suggestions"] == [{"label": "Talk to a person", "value": "person"}]
    for findings in ([finding("h")], [finding("a"), finding("h")]):
        reply = templates.reply(findings)
        assert "suggestions" not in reply
        assert "form" not in reply


@pytest.mark.parametrize("letter", SPANISH)
def test_crisis_replies_are_there_in_spanish(templates: Templates, letter: str) -> None:
    for form in ("", *FORMS):
        if form and form not in REPLIES[letter]:
            continue
        reply = templates.reply([finding(letter, form)], "es")
        assert re.search(r"911|988|1-800-222-1222", reply["text"].split(".")[0])
        assert "no se vigila en vivo" in reply["text"]
        assert not re.search(r"\b(?:the|you|call|please|now)\b", reply["text"], re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "locale", "language"),
    [
        ("quiero morir", "en-US", "es"),
        ("mi esposo me pega y tengo miedo", "en-US", "es"),
        ("no puedo respirar", "", "es"),
        ("¿cuánto cuesta?", "", "es"),
        ("i want to die", "es-MX", "en"),
        ("no", "en-US", "en"),
        ("", "es-US", "es"),
        ("me and my son are going to la jolla", "en-US", "en"),
        ("is it safe", "en-US", "en"),
    ],
)
def test_the_language_is_the_visitors(text: str, locale: str, language: str) -> None:
    assert language_of(text, locale) == language


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_region_without_numbers_shows_none(language: str) -> None:
    elsewhere = Templates("Klinik", "+49 30 901820", "tel:+4930901820", Region("DE"))
    for letter, form in all_forms():
        reply = elsewhere.reply([finding(letter, form)], language)
        without_ours = reply["text"].replace("+49 30 901820", "")
        assert not re.search(r"911|988|1-800|88788", without_ours), (letter, form)
        assert {contact["href"] for contact in reply["contacts"]} <= {
            "tel:+4930901820",
            "https://www.google.com/#leave",
        }
        if letter in "abcdj":
            assert ("local emergency number" if language == "en" else "número local de emergencias") in reply["text"]


def test_while_a_flag_is_up(templates: Templates) -> None:
    reply = templates.still_raised("b")
    assert (reply["kind"], reply["category"]) == ("crisis", "b")
    for words in ("988", "911", PHONE, "person", "contacts"):
        assert words in reply["text"]
    assert {"tel:988", "tel:911", "tel:+15550100100"} <= {contact["href"] for contact in reply["contacts"]}


def test_no_findings_no_reply(templates: Templates) -> None:
    with pytest.raises(ValueError, match="findings is empty"):
        templates.reply([])
