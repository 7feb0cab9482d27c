"""The fixed replies of the safety room. Every word comes from ``data/safety/``; nothing is written here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any

from safety.region import LANGUAGE, Region, in_language
from safety.rules import CATEGORIES, FOLDER, KINDS, SafetyRulesError, read_yaml
from safety.screen import Finding

Reply = dict[str, Any]
"""A message's fields as the chat API names them."""

_MOST_CONTACTS = 14
CONTACT_FORM: dict[str, Any] = {"kind": "contact", "fields": ["name", "phone", "email", "best_time"]}


class Templates:
    """Fills the approved replies in with one clinic's name and phone.

    Args:
        name: The clinic's name.
        phone: Its phone number as people read it.
        phone_link: The same as a link, ``tel:+15550100100``.
        region: Whose emergency numbers are shown.

    Raises:
        SafetyRulesError: A text is missing.
    """

    def __init__(self, name: str, phone: str, phone_link: str, region: Region, folder: Path = FOLDER) -> None:
        self._blanks = {"name": name, "phone": phone, "phone_link": phone_link}
        self._region = region
        path = folder / "replies.yml"
        self._texts: dict[str, Any] = read_yaml(path)
        wanted = (*CATEGORIES, "also", "still_raised", "seen", "not_seen", "check_in_no", "soft_line", "person")
        if missing := [key for key in wanted if key not in self._texts]:
            raise SafetyRulesError(f"{path} lacks {', '.join(missing)}.")

    def naming(self, name: str, phone: str, phone_link: str) -> Templates:
        """Return the same replies with another name and phone: those of one of the clinic's locations."""
        other = copy(self)
        other._blanks = {"name": name, "phone": phone, "phone_link": phone_link}
        return other

    def reply(self, findings: Sequence[Finding], language: str = LANGUAGE, **more: str) -> Reply:
        """Return the reply to ``findings``: the words of the first, and the contacts that all of them need.

        ``more`` fills in what depends on the hour: ``hours_now`` and ``target``.

        Raises:
            ValueError: ``findings`` is empty.
        """
        if not findings:
            raise ValueError("findings is empty: there is nothing to reply to.")
        forms = [self._texts[finding.category] for finding in findings]
        if not all(form.get("form", True) for form in forms):  # such as a minor: nobody asks for a number then
            more["not_watched"] = self._region.says(language)["not_watched_short"]
        lead = findings[0]
        template = self._form(lead)
        paragraphs = [self._text(template["text"], language, **more)]
        contacts: list[str] = list(template["contacts"])
        for other in findings[1:]:
            if also := self.also(other, language):
                paragraphs.append(also)
            contacts += self._form(other)["contacts"]
        reply: Reply = {
            "kind": KINDS.get(lead.category, "advice"),
            "category": lead.category,
            "text": "\n\n".join(paragraphs),
            "contacts": self._links(contacts, language),
        }
        if all(form.get("person", True) for form in forms):
            reply["suggestions"] = [self.person(language)]
        if all(form.get("form", True) for form in forms):
            reply["form"] = CONTACT_FORM
        return reply

    def also(self, finding: Finding, language: str = LANGUAGE) -> str:
        """Return the sentence that a finding adds when another one leads; empty where there is none."""
        words = self._texts["also"].get(finding.category)
        return self._text(words, language) if words else ""

    def still_raised(self, category: str = "a", language: str = LANGUAGE, *, minor: bool = False) -> Reply:
        """Return what is said to everything, once a or b was found, until a clinician lowers the flag.

        A ``minor`` is asked for no number and no place.
        """
        reply: Reply = {"kind": "crisis", "category": category}
        if minor:
            return {
                **reply,
                **self.say("still_raised", language, not_watched=self._region.says(language)["not_watched_short"]),
            }
        return {**reply, **self.say("still_raised", language), "form": CONTACT_FORM}

    def say(self, key: str, language: str = LANGUAGE, **more: str) -> Reply:
        """Return one of the texts that belong to no category, with its contacts and the way to a person."""
        template = self._texts[key]
        return {
            "text": self._text(template["text"], language, **more),
            "contacts": self._links(template["contacts"], language),
            "suggestions": [self.person(language)],
        }

    def line(self, key: str, language: str = LANGUAGE) -> str:
        """Return a single sentence, such as the soft line that offers help after an answer about suicide."""
        return self._text(self._texts[key], language)

    def contacts(self, names: Sequence[str], language: str = LANGUAGE) -> list[dict[str, str]]:
        """Return contacts by name; what the region does not have is left out."""
        return self._links(names, language)

    def person(self, language: str = LANGUAGE) -> dict[str, str]:
        """The button that leads to a person."""
        return {"label": in_language(self._texts["person"], language), "value": "person"}

    def _form(self, finding: Finding) -> dict[str, Any]:
        """The category's reply, or its form for a message that is unsure, cannot wait, or has a form of its own."""
        reply: dict[str, Any] = self._texts[finding.category]
        for form in ("unsure" if finding.unsure else "", finding.form or "", finding.urgency.lower()):
            if form in reply:
                chosen: dict[str, Any] = reply[form]
                return chosen
        return reply

    def _text(self, by_language: dict[str, str], language: str, **more: str) -> str:
        chosen = language if language in by_language else LANGUAGE
        blanks = defaultdict(str, {**self._region.says(chosen), **self._blanks, **more})
        # What is left empty, such as the hours in a reply made without them, leaves no gap.
        return re.sub(" {2,}", " ", by_language[chosen].format_map(blanks)).strip()

    def _links(self, names: Sequence[str], language: str) -> list[dict[str, str]]:
        return self._region.contacts(list(dict.fromkeys(names))[:_MOST_CONTACTS], self._blanks, language)
