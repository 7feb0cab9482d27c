"""The clinic's own facts, from ``clinic.yml``: checked when read, never guessed when empty."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from content.catalogue import ROOT, CatalogueError, read_yaml
from content.secrets import value_of

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Team = Literal[
    "on_call", "clinicians", "front_desk", "practice_manager", "compliance", "medical_director", "privacy_officer",
    "safety_lead", "engineering",
]  # fmt: skip
ON_CALL: Team = "on_call"
PAST_STAFF: tuple[Team, ...] = ("compliance", "medical_director")  # a report about staff must not reach the one named
DAYS_AHEAD = 60  # a clinic that does not open within these is not said to open again
_HOURS = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class ClinicError(ValueError):
    """``clinic.yml`` cannot be used; the message names the field and what it should be."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _an_origin(value: str) -> str:
    found = re.fullmatch(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:]+\])(?::([0-9]{1,5}))?", value)
    if not found:
        raise ValueError(
            "an origin is a scheme and a host in small letters, such as https://clinic.example, without a path or *"
        )
    if found[3] == {"http": "80", "https": "443"}[found[1]]:
        raise ValueError(f"browsers leave :{found[3]} out; leave it out here too")
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


class TeamMember(_Strict):
    """Somebody who is told of cases.

    ``notify`` is an Apprise URL, or several with commas between them. ``${VARIABLE}`` in it stands for an environment
    variable, or for the file that ``VARIABLE_FILE`` names, so that no secret needs to be in the file.
    """

    name: str
    notify: str | None = Field(default=None, repr=False)

    def address(self, environment: Mapping[str, str] = os.environ) -> str | None:
        """Return where this person is notified; None when nothing is set, or a variable in it is not.

        Raises:
            content.secrets.SecretError: The file that a variable names cannot be read.
        """
        values = {name: (value_of(name, environment) or "").strip() for name in self.variables}
        if not all(values.values()):
            return None
        return _VARIABLE.sub(lambda match: values[match[1]], self.notify or "").strip() or None

    @property
    def variables(self) -> list[str]:
        """The environment variables that ``notify`` names."""
        return _VARIABLE.findall(self.notify or "")


class Price(_Strict):
    """One line of the price list."""

    what: str
    price: str


Days = Annotated[int, Field(ge=1, le=3650)]


class Retention(_Strict):
    """For how many days a conversation is kept after its last word, or after its last case was closed.

    The defaults are a starting point, not the law: docs/privacy.md gives their reasons.
    """

    ordinary: Days = 90  # a quarter: long enough to review what went wrong, and to come back to a chat
    with_case: Days = 365  # a year: as long as complaints about a contact with the clinic usually take to come
    with_crisis: Days = 1095  # three years: within them, most claims about care can be brought

    @model_validator(mode="after")
    def _graver_is_kept_longer(self) -> Retention:
        if not self.ordinary <= self.with_case <= self.with_crisis:
            raise ValueError("keep 'with_case' at least as long as 'ordinary', and 'with_crisis' as long as both")
        return self

    @property
    def times(self) -> dict[str, dt.timedelta]:
        """How long each kind is kept."""
        return {kind: dt.timedelta(days=days) for kind, days in self.model_dump().items()}


def _a_known_zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value)  # type: ignore[arg-type]  # what is no text is refused like a zone nobody knows
    except (ZoneInfoNotFoundError, ValueError, TypeError) as error:
        raise ValueError(f"'{value}' is not a time zone such as America/New_York") from error


def _hours_of_a_day(value: dict[Weekday, str]) -> dict[Weekday, str]:
    for day, hours in value.items():
        if not _HOURS.match(hours) or hours[:5] >= hours[6:]:
            raise ValueError(f"{day} is '{hours}'; write it as 09:00-17:00, opening before closing")
    return value


TimeZone = Annotated[ZoneInfo, BeforeValidator(_a_known_zone)]
Hours = Annotated[dict[Weekday, str], AfterValidator(_hours_of_a_day)]
Teams = dict[Team, Annotated[tuple[TeamMember, ...], Field(min_length=1)]]


class Facts(_Strict):
    """What visitors are told about a place. Every text field is shown to them as it stands."""

    name: str
    phone: str
    email: str | None = None
    address: str | None = None
    parking: str | None = None
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

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Location(Facts):
    """One of several places of a group. What it does not name is as in the rest of the file: see :meth:`Clinic.at`.

    Its teams are told instead of the group's teams of the same names.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")  # as the page's embed line names it
    time_zone: TimeZone = ZoneInfo("UTC")  # never used: what is not given is the group's
    hours: Hours = {}
    teams: Teams = {}


class Clinic(Facts):
    """The clinic's facts, or those that all locations of a group share."""

    region: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    time_zone: TimeZone
    hours: Hours
    answers: Literal["reviewed", "signed-only"] = "reviewed"
    retention: Retention = Retention()
    allowed_origins: tuple[Origin, ...]
    teams: Teams
    locations: tuple[Location, ...] = ()

    @field_validator("teams")
    @classmethod
    def _somebody_on_call(cls, value: dict[Team, tuple[TeamMember, ...]]) -> dict[Team, tuple[TeamMember, ...]]:
        if ON_CALL not in value:
            raise ValueError(f"'{ON_CALL}' is missing: say who is told of urgent cases")
        return value

    @field_validator("locations")
    @classmethod
    def _each_by_its_own_id(cls, value: tuple[Location, ...]) -> tuple[Location, ...]:
        if len({one.id for one in value}) < len(value):
            raise ValueError("two locations have the same 'id'; give each its own")
        return value

    def at(self, location: str | None) -> Clinic:
        """Return the clinic as it is at a location.

        None, or a location that is listed no more: the clinic itself, whose people are told then.
        """
        return self.places.get(location or "", self)

    @cached_property
    def places(self) -> dict[str, Clinic]:
        """The clinic as it is at each of its locations, by their ids."""
        return {one.id: self._as_at(one) for one in self.locations}

    def _as_at(self, location: Location) -> Clinic:
        own = {name: getattr(location, name) for name in location.model_fields_set - {"id"}}
        return self.model_copy(update={**own, "teams": {**self.teams, **location.teams}, "locations": ()})

    def team(self, name: str) -> tuple[TeamMember, ...]:
        """Return the people of a team in the order in which they are told.

        A team that is missing is those on call. Only compliance and the medical director stand in for each other,
        and for nobody else: when both are missing, nobody is told.
        """
        teams = {str(team): people for team, people in self.teams.items()}
        if name not in PAST_STAFF:
            return teams.get(name, self.teams[ON_CALL])
        return next((teams[other] for other in (name, *PAST_STAFF) if other in teams), ())

    @property
    def phone_link(self) -> str:
        """The phone number as a link that a telephone understands."""
        return "tel:" + re.sub(r"[^\d+]", "", self.phone)

    def is_open(self, now: dt.datetime) -> bool:
        """Whether the clinic is open at ``now``, an aware time."""
        span = self.open_on(self.day_of(now))
        return span is not None and span[0] <= now < span[1]

    def opens_next(self, now: dt.datetime) -> dt.datetime | None:
        """Return when the clinic opens next after ``now``, in its own zone; None if not within two months."""
        for days in range(DAYS_AHEAD):
            span = self.open_on(self.day_of(now) + dt.timedelta(days=days))
            if span and span[0] > now:
                return span[0].astimezone(self.time_zone)
        return None

    def day_of(self, now: dt.datetime) -> dt.date:
        """Return which day it is at the clinic."""
        return now.astimezone(self.time_zone).date()

    def open_on(self, day: dt.date) -> tuple[dt.datetime, dt.datetime] | None:
        """Return from when until when the clinic is open on ``day``, in UTC; None on a holiday or without hours."""
        hours = self.hours.get(WEEKDAYS[day.weekday()])
        if hours is None or self.holiday_on(day):
            return None
        # In UTC: Python compares and subtracts two times of one zone by the clock on the wall, which is wrong on the
        # nights on which clocks are changed.
        start, end = (
            dt.datetime.combine(day, dt.time.fromisoformat(part), self.time_zone).astimezone(dt.UTC)
            for part in hours.split("-")
        )
        return start, end

    def holiday_on(self, day: dt.date) -> str | None:
        """Return the name of the holiday that ``day`` is, or None."""
        return next((holiday.name for holiday in self.holidays if holiday.date == day), None)

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
