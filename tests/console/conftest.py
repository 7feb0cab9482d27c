"""One frontdesk process with one database for all tests of the console; each test has its own people and conversations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from records import Records
from tests.chat.alone import frontdesk_alone
from tests.console.parts import LEARNS, Desk, Staff, redacted, somebody
from tests.console.watched import Watched


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    var = tmp_path_factory.mktemp("console")
    with frontdesk_alone(var, FRONTDESK_RATE_LIMITS="off", FRONTDESK_LEARN_COMMAND=str(var / LEARNS)) as house:
        records = Records(f"sqlite:///{var / 'records.db'}", redact=redacted)
        yield Desk(house, records)
        records.dispose()


@pytest.fixture(autouse=True)
def browsers_closed(desk: Desk) -> Iterator[None]:
    yield
    desk.close_browsers()


@pytest.fixture
def clinician(desk: Desk) -> Staff:
    return somebody(desk, "clinician")


@pytest.fixture
def manager(desk: Desk) -> Staff:
    return somebody(desk, "manager")


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    one = Watched(context.new_page())
    yield one
    context.close()
    assert one.errors == []
