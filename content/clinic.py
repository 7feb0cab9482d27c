"""The clinic's own facts, from ``clinic.yml``: checked when read, never guessed when empty."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from content.catalogue import ROOT, CatalogueError, read_yaml

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")


class ClinicError(ValueError):
    """``clinic.yml`` cannot be used; the message names the field and what it should be."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _an_origin(value: str) -> str:
    if not re.fullmatch(r"https?://[^/\s*]+", value):
        raise ValueError("an origin is a scheme and a host, such as https://clinic.example, without a path or *")
    return value


Origin = Annotated[str, AfterValidator(_an_origin)]


class Holiday(_Strict):
    """A day on which the clinic is closed."""

    date: dt.date
    name: str


class Person(_Strict):
    """A member of staff, as visitors may see them."""

    name: str
    role: str


class OnCall(_Strict):
    """Somebody who is called for an urgent case."""

    name: str
    phone: str


class Price(_Strict):
    """One line of the price list."""

    what: str
    price: str


class Clinic(_Strict):
    """The clinic's facts. Every text field is shown to visitors as it stands."""

    name: str
    phone: str
    email: str | None = None
    address: str | None = None
    parking: str | None = None
    time_zone: ZoneInfo
    hours: dict[Weekday, str]
    holidays: tuple[Holiday, ...] = ()
    prices: tuple[Price, ...] | None = None
    payment: str | None = None
    insurance_accepted: str | None = None
    minimum_age: int | None = Field(default=None, ge=18)
    booking: str | None = None
    referral: str | None = None
    food_before: str | None = None
    what_to_bring: str | None = None
    companion: str | None = None
    back_to_work: str | None = None
    services: tuple[str, ...] | None = None
    staff: tuple[Person, ...] | None = None
    telehealth: str | None = None
    chat_privacy: str | None = None
    allowed_origins: tuple[Origin, ...]
    on_call: tuple[OnCall, ...]

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @field_validator("time_zone", mode="before")
    @classmethod
    def _a_known_zone(cls, value: str) -> ZoneInfo:
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, TypeError) as error:
            raise ValueError(f"'{value}' is not a time zone such as America/New_York") from error

    @field_validator("hours")
    @classmethod
    def _hours_of_a_day(cls, value: dict[Weekday, str]) -> dict[Weekday, str]:
        for day, hours in value.items():
            if not _HOURS.match(hours) or hours[:5] >= hours[6:]:
                raise ValueError(f"{day} is '{hours}'; write it as 09:00-17:00, opening before closing")
        return value

    @property
    def phone_link(self) -> str:
        """The phone number as a link that a telephone understands."""
        return "tel:" + re.sub(r"[^\d+]", "", self.phone)

    def is_open(self, now: dt.datetime) -> bool:
        """Whether the clinic is open at ``now``, an aware time."""
        local = now.astimezone(self.time_zone)
        span = self._span(local.date())
        return span is not None and span[0] <= local < span[1]

    def opens_next(self, now: dt.datetime) -> dt.datetime | None:
        """Return when the clinic opens next after ``now``, in its own zone; None if not within two weeks."""
        local = now.astimezone(self.time_zone)
        for days in range(15):
            span = self._span(local.date() + dt.timedelta(days=days))
            if span and span[0] > local:
                return span[0]
        return None

    def text_of(self, field: str) -> str | None:
        """Return a field as whole sentences or a list for a visitor; None when the clinic left it empty.

        Raises:
            AttributeError: There is no such field.
        """
        value = getattr(self, field)
        if value is None or value == () or value == {}:
            return None
        if field == "hours":
            return "\n".join(f"- {day.capitalize()}: {self.hours[day]}" for day in WEEKDAYS if day in self.hours)
        if field == "prices":
            return "\n".join(f"- {line.what}: {line.price}" for line in self.prices or ())
        if field == "staff":
            return "\n".join(f"- {person.name}, {person.role}" for person in self.staff or ())
        if field == "services":
            return "\n".join(f"- {service}" for service in self.services or ())
        return str(value).strip()

    def _span(self, day: dt.date) -> tuple[dt.datetime, dt.datetime] | None:
        hours = self.hours.get(WEEKDAYS[day.weekday()])
        if hours is None or day in {holiday.date for holiday in self.holidays}:
            return None
        start, end = (dt.time.fromisoformat(part) for part in hours.split("-"))
        return (
            dt.datetime.combine(day, start, self.time_zone),
            dt.datetime.combine(day, end, self.time_zone),
        )


CLINIC_FILE = Path(os.environ.get("CLINIC_FILE") or ROOT / "clinic.yml")


def load_clinic(path: Path = CLINIC_FILE) -> Clinic:
    """Read and check the clinic's facts, by default from ``clinic.yml`` or what ``CLINIC_FILE`` names.

    Raises:
        ClinicError: The file is missing, is not YAML, or a field is wrong or unknown.
    """
    try:
        return Clinic(**read_yaml(path))
    except CatalogueError as error:
        raise ClinicError(str(error)) from error
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise ClinicError(f"{path} needs mending:\n" + "\n".join(lines)) from error
    except TypeError as error:
        raise ClinicError(f"{path} should hold one 'field: value' a line, such as 'name: My Clinic'.") from error
