"""The fixed replies of the safety room. Every word comes from ``data/safety/``; nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safety.rules import FOLDER, category_files, read_yaml
from safety.screen import Finding

Reply = dict[str, Any]
"""A message's fields as the chat API names them."""

LANGUAGE = "en"
_MOST_CONTACTS = 8


class Templates:
    """Fills the approved replies in with one clinic's name and phone.

    Args:
        name: The clinic's name.
        phone: Its phone number as people read it.
        phone_link: The same as a link, ``tel:+15550100100``.
        language: Which of the texts to send; English where there is none in that language.
    """

    def __init__(
        self, name: str, phone: str, phone_link: str, *, language: str = LANGUAGE, folder: Path = FOLDER
    ) -> None:
        self._blanks = {"name": name, "phone": phone, "phone_link": phone_link}
        self._language = language
        shared = read_yaml(folder / "shared.yml")
        self._contacts: dict[str, dict[str, Any]] = shared["contacts"]
        self._still_raised: dict[str, Any] = shared["still_raised"]
        self._added: dict[str, Any] = shared["also"]
        self._person: dict[str, str] = shared["person"]
        self._replies: dict[str, dict[str, Any]] = {
            content["category"]: content["reply"] for _, content in category_files(folder)
        }

    def reply(self, findings: Sequence[Finding]) -> Reply:
        """Return the reply to ``findings``: the words of the first, and the contacts that all of them need.

        Raises:
            ValueError: ``findings`` is empty.
        """
        if not findings:
            raise ValueError("findings is empty: there is nothing to reply to.")
        lead = findings[0]
        template = self._template(lead)
        paragraphs = [self._text(template["text"])]
        contacts: list[str] = list(template["contacts"])
        for other in findings[1:]:
            if other.category in self._added and lead.category != other.category:
                paragraphs.append(self._text(self._added[other.category]))
            contacts += self._template(other)["contacts"]
        reply: Reply = {
            "kind": lead.kind,
            "category": lead.category,
            "text": "\n\n".join(paragraphs),
            "contacts": self._links(contacts),
        }
        if template.get("person", True):
            reply["suggestions"] = [{"label": self._text(self._person), "value": "person"}]
        return reply

    def still_raised(self) -> Reply:
        """Return what is said to everything, once a or b was found, until a clinician lowers the flag."""
        return {
            "kind": "crisis",
            "category": "a",
            "text": self._text(self._still_raised["text"]),
            "contacts": self._links(self._still_raised["contacts"]),
            "suggestions": [{"label": self._text(self._person), "value": "person"}],
        }

    def _template(self, finding: Finding) -> dict[str, Any]:
        """The category's reply, or its form for a message that is unsure or cannot wait."""
        reply = self._replies[finding.category]
        form = "unsure" if finding.unsure else finding.urgency.lower()
        chosen: dict[str, Any] = reply.get(form, reply)
        return chosen

    def _text(self, by_language: dict[str, str]) -> str:
        return self._fill(by_language.get(self._language, by_language[LANGUAGE])).strip()

    def _links(self, names: Sequence[str]) -> list[dict[str, str]]:
        links = []
        for name in list(dict.fromkeys(names))[:_MOST_CONTACTS]:
            contact = self._contacts[name]
            links.append({"label": self._text(contact["label"]), "href": self._fill(contact["href"])})
        return links

    def _fill(self, template: str) -> str:
        return template.format(**self._blanks)
