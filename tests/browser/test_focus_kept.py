"""What has the focus is not taken away from under it: not by news, not by pressing it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.pages import made_up
from tests.browser.service import API, CLINIC, OPENING, message, serve
from tests.browser.states import CONTACTS, MESSAGES, TEXT, opened, reach, with_message
from tests.browser.visit import has_focus
from tools.house import House

FOCUSED = "document.querySelector('clinic-chat').shadowRoot.activeElement?.textContent"


@pytest.mark.parametrize(("kind", "number"), [("crisis", 1), ("emergency", 0)])
def test_a_pinned_number_keeps_the_focus_when_the_next_urgent_message_comes(
    context: BrowserContext, house: House, kind: str, number: int
) -> None:
    visit = with_message(context, house, "crisis")
    link = visit.page.locator("clinic-chat .pinned a").nth(number)
    link.focus()
    crisis, next_one = message(2, text=TEXT, **MESSAGES["crisis"]), message(3, text="Again.", **MESSAGES[kind])
    serve(visit.page, [crisis, next_one])
    expect(visit.log.locator("article")).to_have_count(3, timeout=10_000)
    assert has_focus(link)
    assert visit.page.evaluate(FOCUSED) == link.inner_text()


def test_a_number_in_the_strip_keeps_the_focus_when_the_line_is_there(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house)
    held: list[Route] = []
    serve(visit.page, [])
    visit.page.route(API, lambda route: held.append(route))
    opened(visit)
    link = visit.page.locator("clinic-chat .strip a").last
    link.focus()
    visit.page.wait_for_timeout(300)
    first = {**OPENING, "contacts": CONTACTS}
    held[0].fulfill(
        status=201, json={"conversation": "made-up", "token": "t" * 43, "messages": [first], "clinic": CLINIC}
    )
    expect(visit.log.locator("article")).to_have_count(1)
    assert has_focus(link)


def test_after_going_to_the_newest_message_the_list_has_the_focus(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house)
    many = [message(number, text=TEXT) for number in range(2, 12)]
    serve(visit.page, many)
    opened(visit)
    expect(visit.log.locator("article")).to_have_count(11)
    visit.log.evaluate("node => { node.scrollTop = 0; }")
    visit.page.wait_for_timeout(200)
    serve(visit.page, [*many, message(12, text="The newest.")])
    newer = visit.page.get_by_role("button", name="New message below")
    expect(newer).to_be_visible(timeout=10_000)
    newer.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.log.get_by_text("The newest.")).to_be_in_viewport()
    assert has_focus(visit.log)


def sent_form(context: BrowserContext, house: House, status: int) -> tuple[Page, Locator]:
    """Fill in the contact form, send it by keyboard, and return it with what the service said."""
    visit = reach("form_open", context, house)
    answer = {"messages": [message(3, kind="notice", author="system")]} if status == 200 else {"title": "Not a number."}
    visit.page.route(f"{API}/*/contact", lambda route: route.fulfill(status=status, json=answer))
    visit.log.get_by_label("The clinic may use this").check()
    visit.log.get_by_role("button", name="Send to the clinic").focus()
    visit.page.keyboard.press("Enter")
    return visit.page, visit.log.locator(".contact-form")


def test_after_the_form_was_sent_the_focus_is_where_the_form_was(context: BrowserContext, house: House) -> None:
    _, form = sent_form(context, house, 200)
    expect(form).to_contain_text("Sent to the clinic.")
    assert has_focus(form.locator("summary"))


def test_after_the_form_was_refused_the_focus_is_still_on_the_button(context: BrowserContext, house: House) -> None:
    page, form = sent_form(context, house, 422)
    expect(form).to_contain_text("Not a number.")
    assert has_focus(form.get_by_role("button"))
    page.unroute(f"{API}/*/contact")
    page.route(f"{API}/*/contact", lambda route: route.fulfill(json={"messages": []}))
    page.keyboard.press("Enter")  # and it works again
    expect(form).to_contain_text("Sent to the clinic.")


def test_what_is_being_sent_is_not_sent_twice(context: BrowserContext, house: House) -> None:
    visit = reach("form_open", context, house)
    held: list[Route] = []
    visit.page.route(f"{API}/*/contact", lambda route: held.append(route))
    visit.log.get_by_label("The clinic may use this").check()
    button = visit.log.get_by_role("button", name="Send to the clinic")
    button.focus()
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_timeout(300)
    assert len(held) == 1
    assert has_focus(button)
    held[0].fulfill(json={"messages": []})


def test_the_way_out_stays_while_the_line_is_cut(context: BrowserContext, house: House) -> None:
    visit = with_message(context, house, "answer")
    end = visit.page.get_by_role("button", name="End chat")
    end.focus()
    visit.page.route(f"{API}/**", lambda route: route.abort())
    expect(visit.page.get_by_text("Cannot send yet.")).to_be_visible(timeout=15_000)
    assert has_focus(end)
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("button", name="Save this chat")).to_be_visible()
