"""Who waits is heard of on every page, by what each person has switched on, and in nobody's words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from records import Cause
from records.people import FULL
from tests.console.parts import Desk, Staff

MS = 8000
WORDS = "zebrawombat"
# What the browser is asked to show and to play, beside doing so.
LISTENING = """
  window.shown = []; window.played = 0;
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...given) { window.played += 1; return start.apply(this, given); };
  const Real = Notification;
  window.Notification = class extends Real {
    constructor(title, more) { super(title, more); window.shown.push(`${title}: ${more.body}`); }
  };
"""


@pytest.fixture
def page(desk: Desk, clinician: Staff, browser: Browser) -> Iterator[Page]:
    desk.sql("UPDATE conversations SET owner = 'closed', raised = NULL")
    context = browser.new_context(base_url=desk.house.api, permissions=["notifications"])
    context.add_init_script(LISTENING)
    context.add_cookies([{"name": "console", "value": signed_in(desk, clinician), "url": f"{desk.house.api}/console"}])
    yield context.new_page()
    context.close()


def signed_in(desk: Desk, staff: Staff) -> str:
    return desk.records.begin_session(staff.id, FULL, "127.0.0.1", "Chrome")


def somebody_waits(desk: Desk) -> None:
    desk.records.request_person(desk.conversation(text=WORDS), "asked")


def switch(page: Page, label: str) -> None:
    page.goto("/console/inbox")
    page.get_by_text("Tell me when somebody new waits").click()
    page.get_by_label(label).click()


def notified(page: Page) -> list[str]:
    """Wait for a notification; return all since the page was loaded or ``shown`` was emptied."""
    for _ in range(MS // 100):
        if page.evaluate("shown.length"):
            break
        page.wait_for_timeout(100)
    shown: list[str] = page.evaluate("shown")
    return shown


def test_the_tab_says_on_every_page_how_many_wait_unless_switched_off(desk: Desk, page: Page) -> None:
    somebody_waits(desk)
    page.goto("/console/insights")
    expect(page).to_have_title("(1) Insights · Example Ketamine Clinic", timeout=MS)
    assert "svg" in (page.locator("link[rel=icon]").get_attribute("href") or "")
    desk.conversation(Cause("a", "U0", ("on_call",)))
    expect(page).to_have_title("(2) Insights · Example Ketamine Clinic", timeout=MS)
    expect(page.get_by_role("status")).to_have_text("A crisis is raised.")
    assert page.evaluate("[shown.length, played]") == [0, 0]
    switch(page, "How many wait")
    page.reload()
    expect(page).to_have_title("Queue · Example Ketamine Clinic")


def test_notification_and_sound_come_once_for_who_is_new_and_hold_no_words(desk: Desk, page: Page) -> None:
    somebody_waits(desk)
    switch(page, "A notification")
    expect(page.get_by_label("A notification")).to_be_checked()
    page.get_by_label("A sound").click()
    page.evaluate("shown.length = 0; played = 0")
    somebody_waits(desk)
    assert notified(page) == ["Staff console: Somebody waits for a person."]
    assert page.evaluate("played") == 2
    page.goto("/console/account")
    desk.conversation(Cause("a", "U0", ("on_call",)), text=WORDS)
    assert notified(page) == ["Staff console: A crisis is raised."]
    page.goto("/console/inbox")
    expect(page).to_have_title("(3) Queue · Example Ketamine Clinic", timeout=MS)
    assert page.evaluate("shown") == []


def test_a_notification_that_the_browser_forbids_is_not_switched_on(
    desk: Desk, clinician: Staff, page: Page, browser: Browser
) -> None:
    context = browser.new_context(base_url=desk.house.api)
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    switch(page, "A notification")
    expect(page.get_by_label("A notification")).not_to_be_checked()
    expect(page.locator("#alerts-problem")).to_contain_text("does not allow notifications")
    context.close()


def test_what_one_person_switches_is_not_another_persons(desk: Desk, page: Page, manager: Staff) -> None:
    switch(page, "A sound")
    page.context.add_cookies(
        [{"name": "console", "value": signed_in(desk, manager), "url": f"{desk.house.api}/console"}]
    )
    page.goto("/console/inbox")
    page.get_by_text("Tell me when somebody new waits").click()
    expect(page.get_by_label("A sound")).not_to_be_checked()


def test_who_is_signed_out_is_told_that_they_hear_no_more(desk: Desk, clinician: Staff, page: Page) -> None:
    switch(page, "A notification")
    expect(page.get_by_label("A notification")).to_be_checked()
    page.evaluate("shown.length = 0")
    for one in desk.records.sessions_of(clinician.id):
        desk.records.end_session(clinician.id, one.id)
    assert notified(page) == ["Staff console: You are signed out of the console, and hear no more of who waits."]
