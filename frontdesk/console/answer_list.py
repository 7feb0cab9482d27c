"""The list of answers: how each stands and how it does, narrowed and sorted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from content.catalogue import Answer
from content.standing import Standing, State, standing
from content.versions import contents, digest_of
from frontdesk.services import Services
from records import Interest

RECENT, LONGER = dt.timedelta(days=30), dt.timedelta(days=90)
NOTHING = Interest()
FILTERS: Mapping[str, tuple[str, Callable[[Standing], bool]]] = {
    "signed": ("Signed", lambda one: one.state is State.SIGNED),
    "changed": ("Changed since it was signed", lambda one: one.state is State.CHANGED),
    "unsigned": ("Not signed", lambda one: one.state is State.UNSIGNED),
    "expired": ("Run out", lambda one: one.is_over),
    "expiring": ("Runs out within 30 days", lambda one: one.ends_soon),
}


class Wish(BaseModel):
    """What the form above the list holds."""

    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid")

    area: Annotated[str, Field(max_length=40)] = ""
    state: Annotated[
        Literal["signed", "changed", "unsigned", "expired", "expiring"] | None,
        BeforeValidator(lambda given: given or None),  # an empty field is none
    ] = None
    sort: Literal["area", "asked", "helpful"] = "area"


@dataclass(frozen=True)
class Row:
    """An answer, how it stands, and what was asked in the last 30 and 90 days."""

    answer: Answer
    area: str
    standing: Standing
    recent: Interest
    longer: Interest

    @property
    def helpful(self) -> float | None:
        """Which part of those who said so found it helpful; None if nobody said anything."""
        return self.longer.helpful / self.longer.rated if self.longer.rated else None


def rows(house: Services, wish: Wish, now: dt.datetime) -> list[Row]:
    """Return the answers that are asked for, in the order that is asked for."""
    signatures = house.records.latest_signatures()
    recent, longer = house.records.interest((now - RECENT, now - LONGER))
    found = []
    for topic, content in contents(house.catalogue).items():
        answer = house.catalogue.answers[topic]
        stands = standing(
            answer, digest_of(content), signatures.get(topic), house.clinic.answers == "signed-only", now.date()
        )
        if wish.area in ("", area_of(topic)) and (wish.state is None or FILTERS[wish.state][1](stands)):
            found.append(Row(answer, area_of(topic), stands, recent.get(topic, NOTHING), longer.get(topic, NOTHING)))
    if wish.sort == "asked":
        found.sort(key=lambda row: -row.longer.asked)
    if wish.sort == "helpful":  # the least helpful first: those are to be mended; what nobody rated is last
        found.sort(key=lambda row: (row.helpful is None, row.helpful or 0.0, -row.longer.rated))
    return found


def area_of(topic: str) -> str:
    """Return the area of a topic."""
    return topic.partition("/")[0]
