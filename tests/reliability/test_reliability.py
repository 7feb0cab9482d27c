"""Whatever breaks: what was acknowledged is there once, every turn is ended, and what is shown is the truth.

``make reliability`` does the same many times and writes ``docs/reliability.md``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reliability.rig import Rig, built
from tests.reliability.scenarios import SCENARIOS, Scenario


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with built(tmp_path_factory.mktemp("reliability"), crowd=150) as rig:
        yield rig


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.fault)
def test_nothing_acknowledged_is_lost_and_what_is_shown_is_true(rig: Rig, scenario: Scenario) -> None:
    shown = scenario.run(rig)
    assert shown
    assert rig.judge().complaints == []
