"""Everything by keyboard alone, in every state."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.pages import made_up
from tests.browser.service import message, serve
from tests.browser.states import STATES, TEXT, reach, with_message
from tests.browser.visit import ANSWER_MS, QUESTION, Visit
from tools.house import House

# What can have the focus in the chat, in the order of the page, and what it looks like without.
STOPS = """() => {
    const root = document.querySelector('clinic-chat').shadowRoot;
    const all = [...root.querySelectorAll('a[href], button, input, textarea, summary, [tabindex="0"]')];
    window.stops = all.filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled);
    return window.stops.length;
}"""
FOCUSED = """() => {
    const node = document.querySelector('clinic-chat').shadowRoot.activeElement;
    if (!node) return null;
    const ring = node.localName === 'textarea' ? node.closest('.field') : node;
    const style = getComputedStyle(ring);
    const box = node.getBoundingClientRect();
    const frame = node.closest('.log, .pinned')?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
    return {
        stop: window.stops.indexOf(node),
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && style.outlineColor,
        seen: box.bottom > Math.max(0, frame.top) && box.top < Math.min(innerHeight, frame.bottom),
        name: node.ariaLabel || node.textContent.trim() || node.labels?.[0]?.textContent || node.placeholder,
    };
}"""


def walk(page: Page, key: str) -> list[dict[str, Any]]:
    """Press ``key`` until every stop of the chat was met, or more often than there are stops."""
    count = page.evaluate(STOPS)
    met: list[dict[str, Any]] = []
    for _ in range(3 * count + 12):
        page.keyboard.press(key)
        focused = page.evaluate(FOCUSED)
        # -1: what has come since, such as the button that leads to a new message
        if focused and focused["stop"] not in [-1, *(one["stop"] for one in met)]:
            met.append(focused)
        if len(met) == count:
            break
    return met


def test_tab_reaches_everything_in_order_with_a_ring_and_a_name(shown: Page) -> None:
    page = shown
    page.evaluate(
        "document.activeElement.blur(); document.querySelector('clinic-chat').shadowRoot.activeElement?.blur()"
    )
    page.locator("h1").click()
    met = walk(page, "Tab")
    assert sorted(one["stop"] for one in met) == list(range(len(met)))
    assert len(met) == page.evaluate(STOPS)
    turn = [one["stop"] for one in met]
    start = turn.index(0)
    assert turn[start:] + turn[:start] == sorted(turn)
    assert all(one["ring"] and one["seen"] and one["name"] for one in met), met


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("closed", "unread")])
def test_escape_closes_and_the_focus_returns_to_the_button(context: BrowserContext, house: House, state: str) -> None:
    page = reach(state, context, house).page
    page.locator("clinic-chat .person").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    launcher = page.locator("clinic-chat .launcher")
    assert launcher.evaluate("node => node.getRootNode().activeElement === node")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("where", [".person", "textarea", ".log", ".suggestion", "summary"])
def test_the_focus_stays_when_a_message_arrives(visit: Visit, where: str) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    spot = visit.page.locator(f"clinic-chat {where}").last.element_handle()
    visit.box.fill("how does ketamine work?")
    visit.box.press("Enter")
    spot.focus()
    expect(visit.answers).to_have_count(2, timeout=ANSWER_MS)
    assert spot.evaluate("node => node.getRootNode().activeElement === node")


def test_on_a_phone_tab_goes_round_in_the_chat_and_nowhere_else_is_a_trap(browser: Browser, house: House) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 700})
    page = with_message(context, house, "answer").page
    expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    for key in ("Tab", "Shift+Tab"):
        for _ in range(40):
            page.keyboard.press(key)
            assert page.evaluate("document.activeElement.localName") == "clinic-chat"
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "false")
    left = False
    for _ in range(40):
        page.keyboard.press("Tab")
        left = left or page.evaluate("document.activeElement.localName") != "clinic-chat"
    assert left
    context.close()


def test_messages_can_be_read_with_the_scroll_keys(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house)
    serve(visit.page, [message(number, text=TEXT) for number in range(2, 12)])
    visit.page.get_by_role("button", name="Ask a question").click()
    expect(visit.log.locator("article")).to_have_count(11)
    visit.log.focus()
    visit.page.keyboard.press("Home")
    visit.page.wait_for_function(
        "document.querySelector('clinic-chat').shadowRoot.querySelector('.log').scrollTop === 0"
    )
    visit.page.keyboard.press("PageDown")
    visit.page.wait_for_function(
        "document.querySelector('clinic-chat').shadowRoot.querySelector('.log').scrollTop > 50"
    )
