"""The tests of the records once more, on PostgreSQL: all those that ask nothing of an SQLite file."""

from __future__ import annotations

import inspect

from records import Records
from records.migrate import upgrade
from tests.cluster.servers import PostgreSQL
from tests.records import (
    test_chain,
    test_escalation,
    test_flag,
    test_guide,
    test_handoff,
    test_outbox,
    test_queue,
    test_store,
)
from tests.records.parts import at_once

MODULES = (
    test_chain, test_escalation, test_flag, test_guide, test_handoff, test_outbox, test_queue, test_store,
)  # fmt: skip
for module in MODULES:
    for name, function in vars(module).items():
        if hasattr(function, "_pytestfixturefunction") or type(function).__name__ == "FixtureFunctionDefinition":
            globals()[name] = function
        elif name.startswith("test_") and "database" not in inspect.signature(function).parameters:
            globals()[f"{name}_{module.__name__.rpartition('test_')[2]}"] = function


def test_enough_of_them_run() -> None:
    assert sum(name.startswith("test_") and callable(value) for name, value in globals().items()) > 60


def test_processes_that_start_together_bring_a_new_database_up_once(server: PostgreSQL) -> None:
    url = server.create("fresh")
    assert at_once(*[lambda: upgrade(url)] * 3) == [None] * 3
    records = Records(url)
    assert records.is_ready()
    records.dispose()
