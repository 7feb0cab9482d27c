"""How the assistant and the clinic's people do, in figures. There are no words of visitors in them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool

from frontdesk.console.insight_tables import Days, tables
from frontdesk.console.pages import page
from frontdesk.console.refusals import NO_SUCH_PAGE, Refused
from frontdesk.console.request import House, Signed, audited
from frontdesk.console.tables import Table, as_csv
from frontdesk.services import Services

router = APIRouter(prefix="/insights")
TABLES = ("outcomes", "days", "hours", "topics", "replies", "ratings", "cases", "times", "waiting", "flags")
USUAL_DAYS, MOST_DAYS = 30, 366
EARLIEST = dt.date(2020, 1, 1)
WRONG_DAYS = Refused(
    422,
    "These days cannot be shown",
    f"Choose a first day that is not after the last one, from {EARLIEST.year} on, and at most {MOST_DAYS} days.",
)
Day = Annotated[dt.date | None, BeforeValidator(lambda given: given or None)]  # an empty field is none
First = Annotated[Day, Query(alias="from")]
Last = Annotated[Day, Query(alias="to")]


@router.get("")
async def insights(request: Request, house: House, session: Signed, first: First = None, last: Last = None) -> Response:
    """Show all figures of some days, by default of the last thirty."""
    days = _days(house, first, last)
    await audited(house, session.person, "read-insights", reason=f"{days.first} to {days.last}")
    found = await run_in_threadpool(_tables, house, days)
    return page(request, "insights.html", tables=found, days=days)


@router.get("/{table}.csv")
async def export(house: House, session: Signed, table: str, first: First = None, last: Last = None) -> Response:
    """Give one table to a spreadsheet."""
    if table not in TABLES:
        raise NO_SUCH_PAGE
    days = _days(house, first, last)
    await audited(house, session.person, "export-insights", reason=f"{table}, {days.first} to {days.last}")
    found = {one.id: one for one in await run_in_threadpool(_tables, house, days)}[table]
    name = f"{table}_{days.first}_{days.last}.csv"
    return Response(
        as_csv(found), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _tables(house: Services, days: Days) -> list[Table]:
    return tables(house.records.figures(days.span), days, house.catalogue.titles)


def _days(house: Services, first: dt.date | None, last: dt.date | None) -> Days:
    """Return the days that are asked for.

    Raises:
        Refused: They run backwards, or are too many or too long ago.
    """
    today = house.clinic.day_of(dt.datetime.now(dt.UTC))
    last = last or max(today, first or today)
    if last < EARLIEST:
        raise WRONG_DAYS
    first = first or max(EARLIEST, last - dt.timedelta(days=USUAL_DAYS - 1))
    if not EARLIEST <= first <= last or last.year > today.year + 1 or (last - first).days >= MOST_DAYS:
        raise WRONG_DAYS
    return Days(first, last, house.clinic.time_zone)
