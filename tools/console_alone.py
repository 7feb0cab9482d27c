"""A frontdesk by itself, on a database of invented conversations: for pictures of the console, and to measure it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from records import Records
from records.migrate import upgrade
from records.people import FULL
from tools.house import House, HouseError, Ports, keys_in

START_SECONDS = 60.0
ROLES = ("clinician", "manager")


@contextmanager
def console(var: Path, fill: Callable[[str], object]) -> Iterator[tuple[House, Records]]:
    """Run a frontdesk without Rasa, whose database ``fill`` has filled, with everything in ``var``.

    Raises:
        HouseError: It does not start.
    """
    with (var / "log").open("w") as log:
        house = House(
            var / "no-model", var, Ports.free(), log, {"FRONTDESK_DATABASE_URL": f"sqlite:///{var}/records.db"}
        )
        # Also for who fills it.
        os.environ.update({"FRONTDESK_DATABASE_URL": house.database_url, **keys_in(var, os.environ)})
        upgrade(house.database_url)
        fill(house.database_url)
        records = Records(house.database_url)
        try:
            house.start_part("frontdesk")
            _wait(house)
            yield house, records
        finally:
            house.stop()
            records.dispose()


def signed_in(records: Records) -> str:
    """Let an invented person in, and return the token of their session."""
    person = records.add_person("demo-kim", "Dr. Kim Example", ROLES)
    return records.begin_session(person.id, FULL, "127.0.0.1", "Chrome on Linux")


def _wait(house: House) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{house.api}/health/live", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise HouseError(f"The frontdesk did not start within {START_SECONDS:.0f} s: look at {house.var / 'log'}.")
