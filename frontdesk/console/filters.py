"""The filters of the list of conversations, as their form sends them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from frontdesk.messages import clean
from records import Wanted

YES_OR_NO = {"yes": True, "no": False}
Day = Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), le=dt.date(2999, 1, 1))]
Percent = Annotated[int, Field(ge=0, le=100)]
Answer = Literal["yes", "no"]
Words = Annotated[str, AfterValidator(clean)]


def _or_none(given: object) -> object:
    """A form sends every field: what is empty is not asked about."""
    return given if given != "" else None


class Filters(BaseModel):
    """What the form holds. Days are the clinic's own; ``before`` is where the page begins."""

    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid")

    since: Annotated[Day | None, BeforeValidator(_or_none)] = None
    until: Annotated[Day | None, BeforeValidator(_or_none)] = None
    kind: Annotated[str, Field(max_length=16)] = ""
    topic: Annotated[str, Field(max_length=80)] = ""
    category: Annotated[str, Field(max_length=32)] = ""
    least_sure: Annotated[Percent | None, BeforeValidator(_or_none)] = None
    most_sure: Annotated[Percent | None, BeforeValidator(_or_none)] = None
    helpful: Annotated[Answer | None, BeforeValidator(_or_none)] = None
    escalated: Annotated[Answer | None, BeforeValidator(_or_none)] = None
    owner: Annotated[str, Field(max_length=16)] = ""
    tag: Annotated[str, Field(max_length=40)] = ""
    reviewed: Annotated[Answer | None, BeforeValidator(_or_none)] = None
    words: Annotated[str, Field(max_length=800, pattern=r"^[A-Za-z0-9_=-]*$")] = ""  # sealed: see secure.py
    before: Annotated[str, Field(pattern=r"^([0-9T:.+-]{10,40}~[0-9a-z]{1,32})?$")] = ""

    def wanted(self, zone: ZoneInfo, words: str | None) -> Wanted:
        """Return which conversations these filters let through, of those in which all of ``words`` are."""
        return Wanted(
            since=midnight(self.since, zone) if self.since else None,
            until=midnight(self.until + dt.timedelta(days=1), zone) if self.until else None,
            kind=self.kind or None,
            topic=self.topic or None,
            category=self.category or None,
            least_sure=None if self.least_sure is None else self.least_sure / 100,
            most_sure=None if self.most_sure is None else self.most_sure / 100,
            helpful=YES_OR_NO.get(self.helpful or ""),
            escalated=YES_OR_NO.get(self.escalated or ""),
            owner=self.owner or None,
            tag=self.tag or None,
            reviewed=YES_OR_NO.get(self.reviewed or ""),
            words=words,
        )

    def place(self) -> tuple[dt.datetime, str] | None:
        """Return the last conversation of the page before; None on the first page, or when the place is none."""
        at, _, conversation = self.before.partition("~")
        try:
            found = dt.datetime.fromisoformat(at)
            return (found.astimezone(dt.UTC), conversation) if found.tzinfo else None
        except (ValueError, OverflowError):
            return None

    def query(self, **other: str) -> str:
        """Return the query of the first page with these filters, some of them with ``other`` values."""
        return urlencode({name: value for name, value in (dict(self.given()) | other).items() if value})

    def older(self, at: dt.datetime, conversation: str) -> str:
        """Return the query of the page that follows a conversation, with the same filters."""
        return self.query(before=f"{at.astimezone(dt.UTC).isoformat()}~{conversation}")

    def given(self) -> list[tuple[str, str]]:
        """Return the filters that are set, as the form sends them."""
        fields = {name: self.model_dump(mode="json")[name] for name in Filters.model_fields if name != "before"}
        return [(name, str(value)) for name, value in fields.items() if value not in (None, "")]


class Search(Filters):
    """The same as the form sends it, with the words as they were typed."""

    words: Annotated[Words, Field(max_length=100)] = ""
    csrf: str = ""  # the door has looked at it


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return when a day begins at the clinic."""
    return dt.datetime.combine(day, dt.time.min, zone)
