"""One migrated database, copied for each world: a stage, a frontdesk on it, two clinicians, and a witness."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from records import Records
from tests.races.house import Frontdesk, Paused, staged
from tests.races.people import Clinician
from tests.races.schedule import World
from tests.races.witness import Witness

Worlds = Callable[..., AbstractContextManager[World]]


@pytest.fixture
def world_with(migrated: Path, tmp_path: Path) -> Worlds:
    """Makes a world whose frontdesks have the given records."""

    @contextmanager
    def make(held: type[Records] = Paused) -> Iterator[World]:
        database = tmp_path / "records.db"
        shutil.copy(migrated, database)
        witness, records = Witness(database), Records(f"sqlite:///{database}")
        clinicians = [Clinician.new(records) for _ in range(2)]
        with staged(held) as stage:
            world = World(stage, database, witness, records, clinicians, Frontdesk(stage, database))
            gc.freeze()  # what is there stays: not to be looked through at each collection
            try:
                yield world
            finally:
                world.frontdesk.kill()
                gc.unfreeze()
                records.dispose()
                witness.close()

    return make
