"""Agreement beyond chance, against values worked out by hand."""

from __future__ import annotations

import pytest

from review.agreement import Agreement, agreement


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], Agreement(0, None, None)),
        ([("a", "a")] * 3, Agreement(3, 1.0, None)),
        ([("a", "a"), ("b", "b")], Agreement(2, 1.0, 1.0)),
        ([("a", "b"), ("b", "a")], Agreement(2, 0.0, -1.0)),
        ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], Agreement(4, 0.5, 0.0)),
    ],
)
def test_share_and_kappa(pairs: list[tuple[str, str]], expected: Agreement) -> None:
    assert agreement(pairs) == expected


def test_the_textbook_case() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = agreement(pairs)
    assert (found.share, found.kappa) == (0.7, pytest.approx(0.4))
