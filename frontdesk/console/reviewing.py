"""The review list: which messages to look at next, and how far the reviewers agree. It shows nobody's words."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from frontdesk.console.marks import marks_shown
from frontdesk.console.pages import page
from frontdesk.console.request import House, Signed, audited
from frontdesk.services import Services
from records import GAPS, Gap, Person
from review.agreement import agreement

router = APIRouter()
ROWS = 50


@router.get("/review")
async def review(request: Request, house: House, session: Signed) -> Response:
    """Show what waits for this person's mark."""
    await audited(house, session.person, "read-review")
    return page(request, "review.html", **await run_in_threadpool(_shown, house, session.person))


@router.get("/review/gaps")
async def gaps(request: Request, house: House, session: Signed) -> Response:
    """Show the groups of messages without an answer."""
    await audited(house, session.person, "read-gaps")
    groups = await run_in_threadpool(house.records.gap_groups, GAPS)
    shown = [(group, _near(house, group)) for group in groups[:ROWS]]
    return page(request, "gaps.html", groups=shown, total=len(groups))


def _near(house: Services, group: list[Gap]) -> list[str]:
    """The titles of the topics that came nearest, those of most messages first; what is to be declined has no title."""
    titles = house.catalogue.titles
    nearest = (next((topic for topic in gap.near if topic in titles), None) for gap in group)
    return [titles[topic] for topic, _ in Counter(topic for topic in nearest if topic).most_common(3)]


def _shown(house: Services, person: Person) -> dict[str, Any]:
    titles, reviewed = house.catalogue.titles, house.records.reviewed()
    twice = [one for one in reviewed if one.wanted > 1 and len(one.first) > 1]
    apart = [one for one in reviewed if len({mark.label for mark in one.marks}) > 1]
    return {
        "rows": house.records.to_review(person.name, ROWS),
        "is_full": ROWS,
        "titles": titles,
        "agreement": agreement([(one.first[0].label, one.first[1].label) for one in twice]),
        "apart": [(one, marks_shown(one.marks, one.wanted, person, titles)) for one in apart],
        "marked": len(reviewed),
    }
