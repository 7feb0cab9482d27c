"""When people write to a clinic: more in the evening than at noon, more on Mondays than on Sundays."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

# How often a conversation begins in each hour of the day, from midnight, by the clock at the clinic.
HOURS = (6, 4, 3, 2, 2, 3, 6, 12, 22, 34, 38, 36, 40, 38, 34, 33, 32, 33, 36, 44, 52, 46, 28, 14)
WEEKDAYS = (1.25, 1.15, 1.1, 1.05, 0.9, 0.65, 0.75)  # from Monday
GROWTH = 0.3  # so much more is asked at the end than at the beginning


def beginnings(draw: random.Random, count: int, days: int, until: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    """Return when ``count`` conversations began in the ``days`` before ``until``, in order and in UTC."""
    first = until.astimezone(zone).date() - dt.timedelta(days=days - 1)
    dates = [first + dt.timedelta(days=number) for number in range(days)]
    busy = [
        WEEKDAYS[date.weekday()] * (1 + GROWTH * number / days) * draw.uniform(0.8, 1.2)
        for number, date in enumerate(dates)
    ]
    found: list[dt.datetime] = []
    while len(found) < count:
        date, hour = draw.choices(dates, busy)[0], draw.choices(range(24), HOURS)[0]
        local = dt.datetime.combine(date, dt.time(hour, draw.randrange(60), draw.randrange(60)), zone)
        if (at := local.astimezone(dt.UTC)) <= until:  # of the last day only what has been
            found.append(at)
    return sorted(found)
