"""Every control does by Enter and by Space what its role promises."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.service import API
from tests.browser.states import closed, reach, with_message
from tests.browser.visit import Visit, body_of, has_focus
from tools.house import House

KEYS = pytest.mark.parametrize("key", ["Enter", "Space"])


def press(control: Locator, key: str) -> None:
    """Press a key while the control has the focus."""
    control.focus()
    control.page.keyboard.press(key)


def posted(page: Page, path: str) -> list[object]:
    """Take what is posted to ``path``, and return the list in which it will be."""
    sent: list[object] = []

    def take(request: object) -> None:
        sent.append(request)

    page.on("request", lambda one: take(one.post_data_json) if one.method == "POST" and path in one.url else None)
    page.route(f"{API}/*{path}", lambda route: route.fulfill(status=204))
    return sent


@KEYS
def test_the_button_in_the_corner_and_the_one_that_closes(context: BrowserContext, house: House, key: str) -> None:
    visit = closed(context, house)
    press(visit.page.locator("clinic-chat .launcher"), key)
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    expect(visit.box).to_have_value("")  # the key that opened it is not typed into it
    press(visit.page.get_by_role("button", name="Close chat"), key)
    expect(visit.page.get_by_role("dialog")).to_be_hidden()
    assert has_focus(visit.page.locator("clinic-chat .launcher"))


@KEYS
def test_a_choice_a_rating_and_the_sources(context: BrowserContext, house: House, key: str) -> None:
    visit = with_message(context, house, "answer")
    rated = posted(visit.page, "/feedback")
    details = visit.log.locator("details")
    press(visit.log.get_by_text("Where is this from?"), key)
    expect(details).to_have_attribute("open", "")
    press(visit.log.get_by_text("Where is this from?"), key)
    expect(details).not_to_have_attribute("open", "")
    helpful = visit.log.get_by_role("button", name="Helpful", exact=True)
    press(helpful, key)
    expect(visit.log.get_by_text("Thank you.")).to_be_visible()
    expect(helpful).to_have_attribute("aria-pressed", "true")
    assert rated == [{"seq": 2, "helpful": True}]
    with visit.page.expect_request(lambda request: request.method == "POST" and "/messages" in request.url) as sent:
        press(visit.log.get_by_role("button", name="Is it safe?"), key)
    assert body_of(sent.value)["choice"] == "topic:b"


@KEYS
def test_a_person_another_language_and_sending(context: BrowserContext, house: House, key: str) -> None:
    visit = with_message(context, house, "answer")

    def sent_by(control: Locator) -> dict[str, Any]:
        with visit.page.expect_request(lambda request: request.method == "POST" and "/messages" in request.url) as sent:
            press(control, key)
        return body_of(sent.value)

    assert sent_by(visit.page.locator("clinic-chat .person"))["choice"] == "person"
    visit.box.fill("Is it safe?")
    assert sent_by(visit.page.get_by_role("button", name="Send", exact=True))["text"] == "Is it safe?"
    press(visit.page.get_by_role("button", name="Español"), key)
    expect(visit.page.get_by_role("button", name="Hablar con una persona")).to_be_visible()


@KEYS
def test_the_way_out_and_back(context: BrowserContext, house: House, key: str) -> None:
    visit = with_message(context, house, "answer")
    rated = posted(visit.page, "/feedback")
    erased: list[str] = []

    def refuse(route: Route) -> None:
        erased.append(route.request.method)
        route.abort()

    visit.page.route(f"{API}/made-up", refuse)

    def button(name: str) -> Locator:
        return visit.page.get_by_role("button", name=name, exact=True)

    press(button("End chat"), key)
    assert has_focus(button("Yes"))
    press(button("No"), key)
    expect(visit.page.get_by_text("Thank you for telling us.")).to_be_visible()
    assert rated == [{"seq": 1, "helpful": False}]
    with visit.page.expect_download():
        press(button("Save this chat"), key)
    press(button("Erase this chat"), key)
    assert has_focus(button("Keep it"))
    press(button("Keep it"), key)
    assert has_focus(button("Erase this chat"))
    press(button("Erase this chat"), key)
    press(button("Erase it"), key)
    expect(visit.page.get_by_text("The chat could not be erased just now.")).to_be_visible()
    assert erased == ["DELETE"]
    press(button("Back to the chat"), key)
    assert has_focus(visit.box)


@KEYS
def test_the_form(context: BrowserContext, house: House, key: str) -> None:
    visit = with_message(context, house, "handoff")
    press(visit.log.get_by_text("Leave a number"), key)
    consent = visit.log.get_by_label("The clinic may use this")
    sent = posted(visit.page, "/contact")
    press(visit.log.get_by_role("button", name="Send to the clinic"), key)
    assert has_focus(consent)  # it is what is missing
    visit.page.keyboard.press("Space")  # the key of a box that is ticked
    expect(consent).to_be_checked()
    visit.log.get_by_label("Phone").fill("202 555 0142")
    press(visit.log.get_by_role("button", name="Send to the clinic"), key)
    visit.page.wait_for_timeout(200)
    assert [dict(one)["phone"] for one in sent if isinstance(one, dict)] == ["202 555 0142"]


def test_enter_follows_a_link(context: BrowserContext, house: House) -> None:
    visit = reach("sources", context, house)
    context.route(
        "https://ok.example/", lambda route: route.fulfill(body="<p>an authority</p>", content_type="text/html")
    )
    with context.expect_page() as opened:
        press(visit.log.get_by_role("link", name="An authority"), "Enter")
    expect(opened.value.get_by_text("an authority")).to_be_visible()
    assert opened.value.evaluate("window.opener") is None


def test_enter_sends_and_shift_enter_does_not(context: BrowserContext, house: House) -> None:
    visit: Visit = with_message(context, house, "answer")
    visit.box.press_sequentially("one")
    visit.box.press("Shift+Enter")
    visit.box.press_sequentially("two")
    expect(visit.box).to_have_value("one\ntwo")
    visit.box.press("Enter")
    expect(visit.box).to_have_value("")
    expect(visit.log.locator("article[data-author=visitor]")).to_contain_text("one")
