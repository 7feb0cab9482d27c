"""By when somebody should have taken a case on: what the safety policy's urgencies mean on a clinic's clock."""

from __future__ import annotations

import datetime as dt

from content.clinic import DAYS_AHEAD, Clinic

AT_ANY_HOUR = {"U0": dt.timedelta(minutes=5), "U1": dt.timedelta(minutes=30)}
LAST_HOUR = dt.timedelta(hours=1)


def due(urgency: str, now: dt.datetime, clinic: Clinic) -> dt.datetime | None:
    """Return by when a case that is opened at ``now`` should be taken on, in UTC.

    - ``U0`` in five minutes and ``U1`` in half an hour, day and night;
    - ``U2`` by the end of today's opening hours, or of the next open day's when they are over or in their last hour;
    - ``U3`` by the end of the next business day: a later day than today on which the clinic is open.

    None for ``U4``, which waits for nobody, and when the clinic does not open again within two months.

    Raises:
        ValueError: ``urgency`` is none of these.
    """
    if urgency in AT_ANY_HOUR:
        return now.astimezone(dt.UTC) + AT_ANY_HOUR[urgency]
    if urgency == "U2":
        return _end_of_hours(clinic, now, first=0)
    if urgency == "U3":
        return _end_of_hours(clinic, now, first=1)
    if urgency == "U4":
        return None
    raise ValueError(f"'{urgency}' is no urgency; use U0 to U4.")


def _end_of_hours(clinic: Clinic, now: dt.datetime, first: int) -> dt.datetime | None:
    """The end of the first open day from ``first`` days after today that leaves more than an hour."""
    for days in range(first, DAYS_AHEAD):
        span = clinic.open_on(clinic.day_of(now) + dt.timedelta(days=days))
        if span and span[1] - now > LAST_HOUR:
            return span[1]
    return None
