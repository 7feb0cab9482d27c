"""Every fault of the table in ``docs/reliability.md``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.reliability import (
    arrivals,
    clock_faults,
    database_faults,
    engine_faults,
    paging_faults,
    process_faults,
    starting_faults,
)
from tests.reliability.rig import Rig


@dataclass(frozen=True)
class Scenario:
    """A fault, and what does it: returns what was shown, raises when something else was."""

    fault: str
    run: Callable[[Rig], str]


SCENARIOS = [
    Scenario("Rasa is killed in the middle of an answer", engine_faults.killed),
    Scenario("Rasa hangs", engine_faults.hanging),
    Scenario("Rasa is slow", engine_faults.slow),
    Scenario("Rasa answers with a web page", engine_faults.prose),
    Scenario("Rasa answers with JSON that is no reply", engine_faults.wrong),
    Scenario("Rasa's answer breaks off", engine_faults.torn),
    Scenario("Rasa answers with an error", engine_faults.broken),
    Scenario("The action server is down", engine_faults.no_actions),
    Scenario("The database is locked by another process", database_faults.locked),
    Scenario("It is locked between message and answer", database_faults.locked_in_mid_turn),
    Scenario("The disk is full", database_faults.full),
    Scenario("The database is read-only at the start", starting_faults.read_only),
    Scenario("It is damaged at the start", starting_faults.damaged),
    Scenario("It is no database at the start", starting_faults.not_a_database),
    Scenario("It is newer than the code", starting_faults.newer),
    Scenario("The frontdesk is killed between message and answer", process_faults.killed),
    Scenario("The frontdesk is stopped under load, another takes over", process_faults.stopped),
    Scenario("The mail server is down for an hour", paging_faults.mail_down),
    Scenario("A paging service's certificate has expired", paging_faults.certificate_expired),
    Scenario("The clock goes an hour forward, two back", clock_faults.moved),
    Scenario("A crowd comes at the same moment", arrivals.at_once),
]
