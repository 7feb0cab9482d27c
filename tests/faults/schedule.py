"""From a seed: what a visitor does, what goes wrong meanwhile, and what a clinician and the clock have to do with it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from tests.faults.proxy import Fault, Harm


class Act(StrEnum):
    """What happens in one step."""

    SAY = "type and send"
    CHOOSE = "choose a suggestion"
    FOLD = "close and open the panel"
    LANGUAGE = "switch the language"
    OFFLINE = "go offline and come back"
    RELOAD = "reload the page"
    TAB = "duplicate the tab"
    CRISIS = "say something alarming, and open another tab"
    SLEEP = "put the laptop to sleep"
    CLINICIAN = "a clinician takes over and says something"
    HAND_BACK = "the clinician hands back"
    KILL = "the frontdesk is killed in the middle of a turn, and started again"
    REFUSE = "new connections are refused for a while"
    DROP = "all connections are cut"


@dataclass(frozen=True)
class Step:
    """One step: in which tab, after which pause (seconds), and what makes it different from others of its kind."""

    act: Act
    tab: int
    pause: float
    number: int


@dataclass(frozen=True)
class Schedule:
    """The steps of one run, and the faults of its connections: what befalls the n-th request of a kind."""

    seed: int
    steps: tuple[Step, ...]
    fault: Callable[[str, int], Fault]


_EXPOSED = {"send": 1.0, "line": 1.0, "read": 0.8, "open": 0.5, "other": 0.2, "widget": 0.01}
_WEIGHTS = {
    Act.SAY: 40, Act.CHOOSE: 14, Act.FOLD: 5, Act.LANGUAGE: 5, Act.OFFLINE: 5, Act.RELOAD: 9, Act.TAB: 5, Act.CRISIS: 1.5,
    Act.SLEEP: 4, Act.CLINICIAN: 4, Act.HAND_BACK: 3, Act.KILL: 0.7, Act.REFUSE: 3, Act.DROP: 4,
}  # fmt: skip
_HASTE = (0.0, 0.0, 0.05, 0.15, 0.4)  # seconds between two steps


def schedule(seed: int) -> Schedule:
    """Return the schedule of a seed: always the same."""
    chance = random.Random(seed)
    count = chance.randint(5, 10)
    acts = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=count)
    steps = [Step(act, chance.randrange(2), chance.choice(_HASTE), number) for number, act in enumerate(acts, start=1)]
    return Schedule(seed, (Step(Act.SAY, 0, 0.0, 0), *steps), partial(_fault, seed))


def _fault(seed: int, kind: str, nth: int) -> Fault:
    chance = random.Random(f"{seed} {kind} {nth}")
    # Every schedule has its own weather, from nearly calm to every second request harmed.
    storm = random.Random(f"{seed} weather").choice((0.1, 0.25, 0.4, 0.5))
    if chance.random() >= storm * _EXPOSED[kind]:
        return Fault()
    return Fault(chance.choice([harm for harm in Harm if harm is not Harm.NONE]), chance.random())
