"""The fixed sentences around the answers, with the clinic's name, phone and hours filled in."""

from __future__ import annotations

import datetime as dt
from copy import copy
from pathlib import Path
from typing import Any

from content.catalogue import ROOT, read_yaml
from content.clinic import Clinic
from safety import Region

Reply = dict[str, Any]
"""A message's fields as the chat API names them, before it is stored; what is absent is null."""

EMERGENCY = ("emergency", "lifeline", "lifeline_text")


class Texts:
    """Everything that is said besides reviewed answers: fixed texts, labels, contacts, times.

    Raises:
        safety.SafetyRulesError: The emergency numbers of the clinic's region cannot be read.
    """

    def __init__(self, clinic: Clinic, root: Path = ROOT) -> None:
        content = read_yaml(root / "data" / "conversation" / "fixed_texts.yml")
        self.starters: list[str] = content["starters"]
        self._texts: dict[str, str] = content["fixed_texts"]
        self._labels: dict[str, str] = content["labels"]
        self._region = Region(clinic.region)
        self._speak_for(clinic)

    def _speak_for(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self._blanks = {"name": clinic.name, "phone": clinic.phone, "phone_link": clinic.phone_link}

    def at(self, location: str | None) -> Texts:
        """Return the same texts with the name, phone and hours of a location."""
        there = copy(self)
        there._speak_for(self.clinic.at(location))
        return there

    def text(self, key: str, **more: str) -> str:
        """Return a fixed text. Raises ``KeyError`` when there is none of that name."""
        return self.fill(self._texts[key], **more)

    def label(self, key: str) -> str:
        """Return the label of a button or link."""
        return self.fill(self._labels[key])

    def emergency_contacts(self) -> list[dict[str, str]]:
        """The region's emergency number and crisis line, and the clinic's phone, as links."""
        return self._region.contacts((*EMERGENCY, "clinic"), self._blanks)

    def clinic_first(self) -> list[dict[str, str]]:
        """The same links, the clinic's phone first."""
        return self._region.contacts(("clinic", *EMERGENCY), self._blanks)

    def clinic_contact(self) -> dict[str, str]:
        """The clinic's phone as a link."""
        return self._region.contacts(("clinic",), self._blanks)[0]

    def person_choice(self, label: str = "person") -> dict[str, str]:
        """The button that leads to a person."""
        return {"label": self.label(label), "value": "person"}

    def handoff(self, now: dt.datetime, place: int | None = None, target: dt.datetime | None = None) -> Reply:
        """Say truthfully who will answer, by when, and what to do until then.

        Args:
            now: When it is said.
            place: The visitor's place in the queue, if they wait in it.
            target: By when the clinic aims to answer; None, or in the past: nobody can say.
        """
        is_open = self.clinic.is_open(now)
        words = {
            "place": self.text("place", place=str(place)) if place else self.text("no_place"),
            "hours_now": self.hours_now(now),
            "aim": self.text("aim", target=self.moment(target, now))
            if target and target > now
            else self.text("no_aim"),
        }
        return {
            "kind": "handoff",
            "category": "m",
            "text": self.text("handoff_open" if is_open else "handoff_closed", **words),
            "contacts": self.clinic_first(),
            "suggestions": [
                {"label": self.label(value), "value": value} for value in ("leave_message", "cancel_request")
            ],
        }

    def queue_line(self, now: dt.datetime, place: int | None, target: dt.datetime | None) -> str:
        """Say in one line where in the queue the visitor is and by when the clinic aims to answer."""
        where = self.text("place", place=str(place)) if place else self.text("no_place")
        aim = self.text("aim", target=self.moment(target, now)) if target else self.text("no_aim")
        return f"{where} {aim}"

    def hours_now(self, now: dt.datetime) -> str:
        """Say whether the clinic is open at ``now``, and until when; or why not, and when it opens next."""
        day = self.clinic.day_of(now)
        span = self.clinic.open_on(day)
        if span and span[0] <= now < span[1]:
            return self.text("open_now", closes=self.moment(span[1], now))
        holiday = self.clinic.holiday_on(day)
        closed = self.text("closed_for", holiday=holiday) if holiday else self.text("closed")
        opens = self.clinic.opens_next(now)
        return f"{closed} {self.text('opens', opens=self.moment(opens, now))}" if opens else closed

    def moment(self, at: dt.datetime, now: dt.datetime) -> str:
        """Say a time as people at the clinic do: ``3:30 pm today``, ``Monday, November 30 at 5:00 pm``."""
        local = at.astimezone(self.clinic.time_zone)
        clock = f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
        if local.date() == self.clinic.day_of(now):
            return f"{clock} today"
        return f"{local:%A, %B} {local.day} at {clock}"

    def fill(self, template: str, **more: str) -> str:
        """Fill the clinic's name and phone, the region's numbers and ``more`` into a text."""
        return template.format(**self._region.says(), **self._blanks, **more).strip()
