"""The fixed sentences around the answers, with the clinic's name and phone filled in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from content.catalogue import ROOT, read_yaml
from content.clinic import Clinic

Reply = dict[str, Any]
"""A message's fields as the chat API names them, before it is stored; what is absent is null."""


class Texts:
    """Everything that is said besides reviewed answers: fixed texts, labels, contacts."""

    def __init__(self, clinic: Clinic, root: Path = ROOT) -> None:
        content = read_yaml(root / "data" / "conversation" / "fixed_texts.yml")
        self.clinic = clinic
        self.starters: list[str] = content["starters"]
        self._texts: dict[str, str] = content["fixed_texts"]
        self._labels: dict[str, str] = content["labels"]

    def text(self, key: str, **more: str) -> str:
        """Return a fixed text. Raises ``KeyError`` when there is none of that name."""
        return self._fill(self._texts[key], **more)

    def label(self, key: str) -> str:
        """Return the label of a button or link."""
        return self._fill(self._labels[key])

    def emergency_contacts(self) -> list[dict[str, str]]:
        """The emergency number, the crisis line and the clinic's phone, as links."""
        return [
            {"label": self.label("emergency"), "href": "tel:911"},
            {"label": self.label("lifeline"), "href": "tel:988"},
            {"label": self.label("lifeline_text"), "href": "sms:988"},
            self.clinic_contact(),
        ]

    def clinic_contact(self) -> dict[str, str]:
        """The clinic's phone as a link."""
        return {"label": self.label("clinic"), "href": self.clinic.phone_link}

    def person_choice(self, label: str = "person") -> dict[str, str]:
        """The button that leads to a person."""
        return {"label": self.label(label), "value": "person"}

    def handoff(self, now: dt.datetime) -> Reply:
        """Say truthfully how a person can be reached at ``now``."""
        return {
            "kind": "handoff",
            "category": "m",
            "text": self.text("handoff", hours_now=self.hours_now(now)),
            "contacts": [self.clinic_contact(), *self.emergency_contacts()[:3]],
        }

    def hours_now(self, now: dt.datetime) -> str:
        """Say whether the clinic is open at ``now``, and if not, when it opens next."""
        if self.clinic.is_open(now):
            return self.text("open_now")
        opens = self.clinic.opens_next(now)
        if opens is None:
            return self.text("closed")
        return self.text("closed_until", opens=f"{opens:%A, %B} {opens.day} at {opens:%H:%M}")

    def _fill(self, template: str, **more: str) -> str:
        return template.format(name=self.clinic.name, phone=self.clinic.phone, **more).strip()
