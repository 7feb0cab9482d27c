"""A fresh profile for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.states import MESSAGES, STATES, reach
from tests.browser.visit import Visit, origin_of, watched
from tools.house import House

SIZE: ViewportSize = {"width": 1280, "height": 800}

FLEETING = ("connecting", "typing")  # do not last until every test has looked


@dataclass
class State:
    """A state of the chat, on a page that the tests share that only look at it."""

    name: str
    look: Callable[[], Page]


@pytest.fixture(scope="session", params=[*STATES, *MESSAGES])
def shared_state(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[State]:
    """Every state and kind of message in turn: reached once, whatever the number of tests that look at it."""
    name, context = request.param, browser.new_context(viewport=SIZE, locale="en-US")
    pages: list[Page] = []

    def look() -> Page:
        if not pages or name in FLEETING:
            pages.append(reach(name, context, house).page)
        return pages[-1]

    yield State(name, look)
    context.close()


@pytest.fixture
def state(shared_state: State) -> str:
    """The name of the state that ``shown`` is in."""
    return shared_state.name


@pytest.fixture
def shown(shared_state: State) -> Iterator[Page]:
    """The chat in every state in turn, to look at. A test may move the focus, the size and the colours, nothing else."""
    page = shared_state.look()
    yield page
    page.set_viewport_size(SIZE)
    page.emulate_media(color_scheme=None, reduced_motion=None)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own."""
    context = browser.new_context(viewport=SIZE, locale="en-US")
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, house: House) -> Iterator[Visit]:
    """A visitor on the demo clinic's page. Afterwards: no error in the console, and only the two origins were asked."""
    visit = watched(context.new_page())
    visit.page.goto(house.demo)
    yield visit
    assert visit.errors == []
    assert visit.origins <= {origin_of(house.api), origin_of(house.demo), ""}
