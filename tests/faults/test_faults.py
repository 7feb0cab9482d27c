"""Whatever the network, the laptop and the frontdesk do: nothing is lost, doubled or out of order.

``make faults`` plays many more schedules than these; ``make faults FAULT_SCHEDULES=1 FAULT_SEED=7`` plays one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.faults.play import Outcome, play
from tests.faults.proxy import Fault, Harm
from tests.faults.rig import Rig, built
from tests.faults.schedule import Act, Schedule, Step, schedule


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with built(tmp_path_factory.mktemp("faults")) as rig:
        yield rig


def planned(*acts: Act, **faults: Fault) -> Schedule:
    """A schedule of these acts, in which the first two requests of a kind meet the fault that is given for it."""
    steps = tuple(Step(act, 0, 0.1, number) for number, act in enumerate(acts))
    return Schedule(-1, steps, lambda kind, nth: faults.get(kind, Fault()) if nth <= 2 else Fault())


def assert_all_well(outcome: Outcome) -> None:
    assert not outcome.complaints, "\n".join([*outcome.complaints, *outcome.story])


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_the_log_and_the_page_are_right(rig: Rig, browser: Browser, seed: int) -> None:
    assert_all_well(play(rig, browser, schedule(seed)))


def test_what_is_under_way_is_announced_once_though_the_language_changes(rig: Rig, browser: Browser) -> None:
    outcome = play(rig, browser, planned(Act.SAY, Act.SAY, Act.LANGUAGE, send=Fault(Harm.UNSENT)))
    assert_all_well(outcome)
    assert outcome.acts[Act.LANGUAGE] == 1
    assert outcome.faults[Harm.UNSENT] == 2


def test_a_turn_in_which_the_frontdesk_was_killed_is_ended_though_nobody_sends_it_again(
    rig: Rig, browser: Browser
) -> None:
    outcome = play(rig, browser, planned(Act.SAY, Act.FOLD, Act.KILL))  # at an even place: then the page is left
    assert_all_well(outcome)
    assert outcome.acts[Act.KILL] == 1
    assert outcome.messages == 2


def test_a_frontdesk_that_took_a_message_sent_twice_for_two_would_be_found(rig: Rig, browser: Browser) -> None:
    rig.proxy.forges = True
    try:
        outcome = play(rig, browser, planned(Act.SAY, Act.FOLD, send=Fault(Harm.TWICE)))
    finally:
        rig.proxy.forges = False
    assert "doubled: 'question -1-0' is stored 2 times" in outcome.complaints
