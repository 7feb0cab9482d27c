"""A frontdesk process by itself: no Rasa and no action server behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tools.house import House, Ports


@contextmanager
def frontdesk_alone(var: Path, **environment: str) -> Iterator[House]:
    """Run a frontdesk on ports of its own with its files in ``var``."""
    with (var / "house.log").open("w") as log:
        house = House(var / "no-model", var, Ports.free(), log, environment)
        try:
            house.start_part("frontdesk")
            wait_until_alive(house)
            yield house
        finally:
            house.stop()


def wait_until_alive(house: House) -> None:
    """Wait until the frontdesk answers at all."""
    wait_until_served(f"{house.api}/health/live")


def wait_until_served(address: str) -> None:
    """Wait until something answers at an address."""
    deadline = time.monotonic() + 90  # a busy machine takes its time
    while True:
        try:
            assert httpx.get(address, trust_env=False).status_code == 200
            return
        except httpx.TransportError:  # nothing listens, or its worker is still starting
            assert time.monotonic() < deadline, f"nothing answers at {address}"
            time.sleep(0.1)
