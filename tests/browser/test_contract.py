"""What ``docs/accessibility.md`` promises is held by tests that exist."""

from __future__ import annotations

import re

from content.catalogue import ROOT
from tests.browser.states import MESSAGES, STATES

CONTRACT = (ROOT / "docs" / "accessibility.md").read_text("utf-8")


def test_every_promise_names_tests_that_exist() -> None:
    rows = re.findall(r"^\| (.+?) \| (.*?) ?\|$", CONTRACT, re.MULTILINE)
    promises = [(promise, held_by) for promise, held_by in rows[1:] if not promise.startswith("**")]
    assert len(promises) >= 28
    for promise, held_by in promises:
        names = re.findall(r"`([\w/]+\.py)::(\w+)`", held_by)
        assert names or held_by.startswith("by design"), promise
        for file, test in names:
            path = ROOT / file if "/" in file else ROOT / "tests" / "browser" / file
            assert f"def {test}(" in path.read_text("utf-8"), f"{file}::{test}"


def test_it_counts_the_states_right() -> None:
    assert f"{len(STATES) + len(MESSAGES)}, from the closed button" in CONTRACT
