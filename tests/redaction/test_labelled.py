"""The labelled messages: what has to go is gone, and what is no identifier stays readable.

Floors are a little under what docs/redaction.md says was measured.
"""

from __future__ import annotations

import pytest

from benchmarks.redaction import KINDS, SETS, read, score

LEAST = {"tuning": (0.98, 0.98), "held_out": (0.97, 0.98)}


@pytest.mark.parametrize("name", LEAST)
def test_recall_and_precision(name: str) -> None:
    measured = score(read(SETS / f"{name}.yml"))
    recall, precision = LEAST[name]
    assert measured.recall >= recall, "\n".join(measured.misses)
    assert measured.precision >= precision, "\n".join(measured.misses)
    for kind in KINDS:
        assert measured.found[kind] >= 0.9 * measured.marked[kind], kind
    assert measured.spoilt <= 0.02 * measured.quiet, "\n".join(measured.misses)


def test_sets_are_large_and_share_nothing() -> None:
    tuning, held_out = (read(SETS / f"{name}.yml") for name in LEAST)
    texts = [message.text.lower() for message in (*tuning, *held_out)]
    assert len(tuning) >= 300 <= len(held_out)
    assert len(set(texts)) == len(texts)
    assert sum(not message.spans for message in (*tuning, *held_out)) >= 200
