"""Tables of figures: the same ones on the page, where figures lead to their conversations, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from frontdesk.console.charts import Chart

Query = dict[str, str]
LIST = "/console/conversations"


@dataclass(frozen=True)
class Cell:
    """A figure: as it is read, as it is exported, and the conversations behind it.

    ``share`` draws a bar of that length, from 0 to 1.
    """

    text: str
    value: str | int | float | None
    query: Query | None = None
    share: float | None = None

    @property
    def link(self) -> str | None:
        """Where the conversations are; nowhere when there are none."""
        return f"{LIST}?{urlencode(self.query)}" if self.query and self.value else None


@dataclass(frozen=True)
class Table:
    """Figures with a name of their own. ``shown`` rows are in sight at once; the rest, and with 0 all, after a click.

    ``units`` say for the export what a column is measured in.
    """

    id: str
    title: str
    says: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shown: int = 30
    charts: Sequence[Chart] = ()
    units: Sequence[str] = ()


def word(text: str, query: Query | None = None) -> Cell:
    """What a row is about."""
    return Cell(text, text, query)


def number(value: int, query: Query | None = None, of: int | None = None) -> Cell:
    """A count; ``of`` draws which part of that it is."""
    return Cell(f"{value:,}", value, query, value / of if of else None)


def share(part: int, whole: int) -> Cell:
    """A part of a whole, as a percentage."""
    return Cell(f"{part / whole:.0%}", round(part / whole, 4)) if whole else Cell("–", None)


def lasting(seconds: int | None) -> Cell:
    """How long something took."""
    return Cell("–" if seconds is None else long(seconds), seconds)


def long(seconds: int) -> str:
    """Say how long something took, in its two largest units."""
    for size, unit, smaller, rest in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 60, "")):
        if seconds >= size:
            more = seconds % size // smaller
            return f"{seconds // size} {unit}" + (f" {more} {rest}" if more and rest else "")
    return f"{seconds} s"


def as_csv(table: Table) -> str:
    """Return a table as CSV, with the plain numbers."""
    out = io.StringIO()
    writer = csv.writer(out)
    units = [*table.units, *[""] * len(table.columns)]
    writer.writerow(f"{name} ({unit})" if unit else name for name, unit in zip(table.columns, units))
    writer.writerows(_plain(row) for row in table.rows)
    return out.getvalue()


def _plain(row: Iterable[Cell]) -> list[str | int | float]:
    return ["" if cell.value is None else cell.value for cell in row]
