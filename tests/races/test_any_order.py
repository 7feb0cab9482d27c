"""Whatever visitors, clinicians, restarts and clocks do to each other, what was promised holds after each step."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.races.conftest import Worlds
from tests.races.machine import Clinic

QUICK = settings(
    max_examples=25, stateful_step_count=40, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
# For a job at night: other orders each time, and longer ones.
LONG = settings(QUICK, max_examples=2000, stateful_step_count=100, derandomize=False)


def test_what_was_promised_holds_after_each_step(world_with: Worlds) -> None:
    with world_with() as world:
        clinic = type("Clinic", (Clinic,), {"world": world})
        run_state_machine_as_test(clinic, settings=LONG if os.environ.get("RACES") == "long" else QUICK)
