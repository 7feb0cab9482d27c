"""What every schedule runs on: the stand-in, a real frontdesk with its database, the proxy, the demo clinic's page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from records import Records
from tests.chat.alone import frontdesk_alone, wait_until_served
from tests.faults.engine import LIMIT_SECONDS, engine_alone
from tests.faults.proxy import Proxy
from tools.house import House, Ports


@dataclass
class Rig:
    """The parts of a run."""

    house: House
    proxy: Proxy
    records: Records
    page: str  # its address

    @property
    def database(self) -> Path:
        """The frontdesk's database file."""
        return self.house.var / "records.db"

    def kill(self) -> None:
        """Kill the frontdesk and start it again; it takes some seconds until it answers."""
        self.house.stop_part("frontdesk", kill=True)
        self.house.start_part("frontdesk")


@contextmanager
def built(var: Path) -> Iterator[Rig]:
    """Put the parts together with their files in ``var``."""
    with (
        engine_alone() as engine,
        frontdesk_alone(
            var,
            FRONTDESK_RASA_URL=engine,
            FRONTDESK_ENGINE_SECONDS=str(LIMIT_SECONDS),
            FRONTDESK_RATE_LIMITS="off",
            FRONTDESK_NOTIFY_EVERY="60",  # nobody is there to be told
        ) as house,
    ):
        proxy, records = Proxy(house.ports.frontdesk), Records(f"sqlite:///{house.var / 'records.db'}", house.keys)
        # The page takes the proxy for the frontdesk.
        clinic = House(house.model, var, Ports(frontdesk=proxy.port, demo=house.ports.demo), house.log)
        try:
            clinic.start_part("demo")
            wait_until_served(clinic.demo)
            yield Rig(house, proxy, records, clinic.demo)
        finally:
            clinic.stop()
            records.dispose()
            proxy.close()
