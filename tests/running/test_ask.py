"""One question from the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

from content.catalogue import ROOT
from tools.house import House


def ask(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.ask", *words], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "FRONTDESK_PORT": str(house.ports.frontdesk)},
    )  # fmt: skip


def test_a_question_is_answered_with_its_sources(house: House) -> None:
    done = ask(house, "Can", "ketamine", "harm the bladder?")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "[answer] safety/bladder"
    assert any(line.startswith("  source: ") and len(line) > len("  source: ") for line in lines)
    assert any(line.startswith("  > ") for line in lines)


def test_a_crisis_is_met_in_the_terminal_too(house: House) -> None:
    done = ask(house, "I want to kill myself")
    assert done.returncode == 0
    assert done.stdout.startswith("[crisis]")
    assert "988" in done.stdout


def test_an_empty_question_gets_a_hint(house: House) -> None:
    for words in ((), ("",), ("  ", " ")):
        done = ask(house, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == 'Ask something: make ask Q="Is ketamine safe?"\n'


def test_a_question_that_is_too_long_is_refused_in_one_sentence(house: House) -> None:
    done = ask(house, "why " * 600)
    assert "2000 characters" in done.stdout.replace(",", "")
    assert len(done.stdout.splitlines()) == 1
