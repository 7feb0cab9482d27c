"""Where the focus goes, and where it does not: in the order that is seen, back to the button, never by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.clinician import Clinician
from tests.browser.pages import made_up
from tests.browser.states import opened, reach
from tests.browser.visit import ANSWER_MS, Visit
from tools.house import House

# Everything that can have the focus, in the order of the page, where the one before is further down, or in the same row
# and further on in the direction of reading. What scrolls together is compared by itself, and then as a whole.
OUT_OF_ORDER = """() => {
    const root = document.querySelector('clinic-chat').shadowRoot;
    const stops = [...root.querySelectorAll('a[href], button, input, textarea, summary, [tabindex="0"]')]
        .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled);
    const frame = (node) => node.parentElement?.closest('.log, .pinned');
    const wrong = [];
    stops.slice(1).forEach((node, index) => {
        const before = stops[index];
        if (before === frame(node) || node.matches('.newer')) return; // a list comes before what is in it; this lies over it
        const [from, to] = frame(node) === frame(before) ? [before, node] : [frame(before) ?? before, frame(node) ?? node];
        const [one, other] = [from.getBoundingClientRect(), to.getBoundingClientRect()];
        const below = other.top >= one.top + one.height / 2;
        const beside = other.left >= one.right - 1 && other.bottom > one.top;
        if (!below && !beside) wrong.push([before.outerHTML.slice(0, 80), node.outerHTML.slice(0, 80)]);
    });
    return { wrong, count: stops.length };
}"""
COVERED = '<button style="position: fixed; bottom: 200px; right: 200px">Book a visit</button>'


def test_the_order_of_the_page_is_the_order_that_is_seen(shown: Page) -> None:
    for width in (1280, 320):
        shown.set_viewport_size({"width": width, "height": 800})
        shown.wait_for_timeout(50)
        found = shown.evaluate(OUT_OF_ORDER)
        assert found["count"] >= 1
        assert found["wrong"] == []


def test_another_order_would_be_found(context: BrowserContext, house: House) -> None:
    page = reach("answer", context, house).page
    page.locator("clinic-chat .tools").evaluate("node => { node.style.flexDirection = 'row-reverse'; }")
    assert len(page.evaluate(OUT_OF_ORDER)["wrong"]) == 1


def chat_is_open(page: Page) -> bool:
    """Say whether the panel is shown."""
    return page.get_by_role("dialog").is_visible()


@pytest.mark.parametrize("state", ["sources", "crisis", "form", "ending", "erasing", "opening"])
def test_escape_closes_from_every_place(context: BrowserContext, house: House, state: str) -> None:
    page = reach(state, context, house).page
    launcher = page.locator("clinic-chat .launcher")
    stops = page.locator("clinic-chat .panel :is(a[href], button, input, textarea, summary, [tabindex='0']):visible")
    count = stops.count()
    assert count >= 8
    for number in range(count):
        stops.nth(number).focus()
        page.keyboard.press("Escape")
        assert not chat_is_open(page), number
        assert launcher.evaluate("node => node.getRootNode().activeElement === node"), number
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()


def test_escape_uncovers_what_has_the_focus_on_the_page_and_leaves_it_there(
    context: BrowserContext, house: House
) -> None:
    visit = opened(made_up(context, house, body=f"<h1>Welcome</h1>{COVERED}"))
    button = visit.page.get_by_role("button", name="Book a visit")
    button.focus()
    at_button = "node => { const box = node.getBoundingClientRect();" \
        " return document.elementFromPoint(box.left + 5, box.top + 5) === node; }"  # fmt: skip
    assert not button.evaluate(at_button)  # the panel lies over it
    visit.page.keyboard.press("Escape")
    assert button.evaluate(at_button)
    expect(button).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_the_focus_stays_where_it_is_when_a_clinician_writes(visit: Visit, house: House) -> None:
    visit.open_chat()
    visit.page.locator("clinic-chat .person").click()
    expect(visit.log.locator("article[data-kind=handoff]")).to_be_visible(timeout=ANSWER_MS)
    visit.log.get_by_text("Leave a number or an e-mail address").click()
    clinician = Clinician(visit.page, house)
    clinician.takes_over()
    spots = [
        visit.page.get_by_role("button", name="End chat"),
        visit.log.get_by_label("Phone"),
        visit.log,
        visit.box,
        visit.page.get_by_role("link").first,
    ]
    said = visit.log.locator("article[data-author=clinician]")
    for number, spot in enumerate(spots):
        spot.focus()
        clinician.says(f"This is line {number}.")
        expect(said).to_have_count(number + 1, timeout=clinician.SEEN_MS)
        assert spot.evaluate("node => node.getRootNode().activeElement === node"), number


def test_the_text_box_has_the_focus_after_opening_but_not_where_it_would_bring_up_a_keyboard(
    browser: Browser, house: House
) -> None:
    for touch, expected in ((False, "textarea"), (True, ".close")):
        context = browser.new_context(has_touch=touch, is_mobile=touch, viewport={"width": 390, "height": 800})
        page = reach("opening", context, house).page
        focused = page.locator(f"clinic-chat {expected}")
        assert focused.evaluate("node => node.getRootNode().activeElement === node"), touch
        context.close()
