"""What docs/security.md promises names tests that exist."""

from __future__ import annotations

import re

from content.catalogue import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_promise_names_tests_that_exist() -> None:
    table = PAGE.partition("| promise | test |")[2].partition("\n\n")[0].splitlines()[2:]
    assert len(table) > 15
    for row in table:
        named = re.findall(r"`(tests/[a-z_/]+\.py)`", row.split("|")[2])
        assert named, row
        for name in named:
            assert re.search(r"^def test_", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE), name


def test_every_test_of_security_is_named() -> None:
    tests = {path.name for path in (ROOT / "tests" / "security").glob("test_*.py")} - {"test_promises.py"}
    assert {name for name in tests if f"tests/security/{name}" not in PAGE} == set()
