"""How much the chat weighs on a page. Times are measured by ``make measure-widget``, not tested."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tools.house import House
from tools.measure_widget import LOADER, LOADER_LIMIT, TOTAL_LIMIT, sizes, visit


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_files_are_small(language: str) -> None:
    by_file = sizes(language)
    assert by_file[LOADER] <= LOADER_LIMIT
    assert sum(by_file.values()) <= TOTAL_LIMIT


def test_a_visit_moves_nothing_on_the_page_and_asks_for_one_file_at_first(browser: Browser, house: House) -> None:
    load = visit(browser, house)
    assert load.shift == 0
    assert load.requests == 1
