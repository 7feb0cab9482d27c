"""One-key shortcuts: they lead where the list says, keep quiet while somebody types, and can be switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from records.people import FULL
from tests.console.parts import Desk, Staff


@pytest.fixture
def page(desk: Desk, clinician: Staff, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.house.api)
    token = desk.records.begin_session(clinician.id, FULL, "127.0.0.1", "Chrome")
    context.add_cookies([{"name": "console", "value": token, "url": f"{desk.house.api}/console"}])
    yield context.new_page()
    context.close()


def test_they_lead_to_pages_rows_messages_and_boxes(desk: Desk, clinician: Staff, page: Page) -> None:
    desk.conversation(), desk.conversation()
    page.goto("/console/account")
    for key, where in (("q", "inbox"), ("r", "review"), ("i", "insights"), ("c", "conversations")):
        page.keyboard.press(key)
        page.wait_for_url(f"**/console/{where}")
    links = page.locator("tbody th a")
    for key, number in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(links.nth(number)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/conversations/[0-9a-f]+$"))
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(page.get_by_role("button", name="Keyboard")).to_be_visible()  # the script has run
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#message-2")).to_be_focused()
    page.keyboard.press("w")
    box = page.get_by_label("Your reply.")
    expect(box).to_be_focused()
    page.keyboard.type("wqrj?")
    expect(box).to_have_value("wqrj?")


def test_the_list_of_keys_opens_by_its_key_and_its_button_and_they_can_be_switched_off(page: Page) -> None:
    page.goto("/console/inbox")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard")
    expect(keys).to_be_visible()
    page.keyboard.press("c")  # not behind a dialog
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("Control+c")
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Done").click()
    for key in ("?", "c"):
        page.keyboard.press(key)
    page.reload()
    page.keyboard.press("c")
    expect(keys).to_be_hidden()
    assert page.url.endswith("/console/inbox")
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Use these keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_url("**/console/conversations")
