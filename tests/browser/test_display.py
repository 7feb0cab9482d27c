"""Large text, small screens, forced colours, no movement, a clinic's own colours."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.pages import made_up
from tests.browser.service import message, serve
from tests.browser.states import CONTACTS, TEXT, opened, reach, with_message
from tests.browser.visit import CHROMIUM, CHROMIUM_OPTIONS, Visit
from tools.house import House

SHOWN = ("answer", "crisis", "form", "waiting", "ending", "guide", "too_long")
# What sticks out of the panel at its sides, or is cut off within or at the end of a panel that does not scroll.
CUT_OFF = """() => {
    const root = document.querySelector('clinic-chat').shadowRoot;
    const frame = root.querySelector('.panel');
    const panel = frame.getBoundingClientRect();
    const ends = getComputedStyle(frame).overflowY === 'hidden';
    const nodes = [...root.querySelectorAll('.panel *')].filter((node) =>
        node.checkVisibility() && !node.closest('.heard, svg') && node.getClientRects().length);
    return nodes.filter((node) => {
        const box = node.getBoundingClientRect();
        const clipped = node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== 'visible'
            && node.localName !== 'input';
        const low = ends && !node.closest('.log-frame, .pinned') && box.bottom > panel.bottom + 1;
        return box.left < panel.left - 1 || box.right > panel.right + 1 || clipped || low;
    }).map((node) => `${node.localName}.${node.className}`);
}"""
# Targets under 24 by 24 pixels that are not far enough from others (WCAG 2.5.8): a circle of 24 pixels around the middle of
# such a target meets another target, or the circle of another one that is too small.
SMALL = """() => {
    const root = document.querySelector('clinic-chat').shadowRoot;
    const targets = [...root.querySelectorAll('a[href], button, summary, input, textarea')]
        .filter((node) => node.checkVisibility())
        .map((node) => {
            const box = node.getBoundingClientRect();
            return { node, box, x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
        });
    const isSmall = ({ box }) => box.width < 23.99 || box.height < 23.99;
    const meet = (one, other) => {
        const dx = Math.max(other.box.left - one.x, one.x - other.box.right, 0);
        const dy = Math.max(other.box.top - one.y, one.y - other.box.bottom, 0);
        const circles = isSmall(other) && Math.hypot(one.x - other.x, one.y - other.y) < 24;
        return Math.hypot(dx, dy) < 12 || circles;
    };
    return targets.filter((one) => isSmall(one) && targets.some((other) => other !== one && meet(one, other)))
        .map(({ node }) => node.textContent || node.ariaLabel);
}"""
SPACING = """
    :is(*) { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }
"""


def usable(page: Page) -> None:
    """Check that the text box, the way to a person and the emergency numbers can be seen, and nothing is cut off."""
    for part in ("textarea", ".person", ".strip", ".close"):
        expect(page.locator(f"clinic-chat {part}")).to_be_in_viewport()
    assert page.evaluate(CUT_OFF) == []


@pytest.fixture
def large_text(browser: Browser) -> Iterator[Browser]:
    """A browser whose visitor has set the text to twice the usual size."""
    flags = [*CHROMIUM_OPTIONS, "--blink-settings=defaultFontSize=32"]
    large = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    yield large
    large.close()


@pytest.mark.parametrize("width", [1280, 640])
def test_text_of_twice_the_size(large_text: Browser, house: House, width: int) -> None:
    context = large_text.new_context(viewport={"width": width, "height": 900})
    for state in SHOWN:
        page = reach(state, context, house).page
        size = page.locator("clinic-chat .text p").first.evaluate("node => getComputedStyle(node).fontSize")
        assert float(size.removesuffix("px")) >= 32
        usable(page)
        page.close()
    context.close()


@pytest.mark.parametrize("name", SHOWN)
def test_small_screens(browser: Browser, house: House, name: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = reach(name, context, house).page
    for width, height in ((320, 640), (320, 256), (844, 390)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(CUT_OFF) == [], (width, height)
        page.locator("clinic-chat textarea").scroll_into_view_if_needed()
        expect(page.locator("clinic-chat textarea")).to_be_in_viewport(ratio=1)
    context.close()


def test_targets_are_large_enough(shown: Page) -> None:
    assert shown.evaluate(SMALL) == []


def test_small_targets_side_by_side_would_be_found(context: BrowserContext, house: House) -> None:
    page = with_message(context, house, "answer").page
    page.locator("clinic-chat .feedback").evaluate("""node => {
        node.style.gap = 0;
        for (const button of node.querySelectorAll('button')) {
            Object.assign(button.style, { minHeight: 0, height: '20px', width: '20px', padding: 0, overflow: 'hidden' });
        }
    }""")
    assert page.evaluate(SMALL) == ["Helpful", "Not helpful"]


@pytest.mark.parametrize("name", SHOWN)
def test_wide_spacing_of_text_cuts_nothing_off(context: BrowserContext, house: House, name: str) -> None:
    page = reach(name, context, house).page
    page.locator("clinic-chat").evaluate(
        """(host, css) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(css);
            host.shadowRoot.adoptedStyleSheets.push(sheet);
        }""",
        SPACING,
    )
    for width, height in ((1280, 800), (320, 640), (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(100)
        assert page.evaluate(CUT_OFF) == [], (width, height)


def test_forced_colours_keep_what_colour_says(browser: Browser, house: House) -> None:
    context = browser.new_context(forced_colors="active")
    visit = with_message(context, house, "crisis")
    border = "node => { const style = getComputedStyle(node); return [style.borderTopStyle, style.borderTopWidth]; }"
    assert visit.log.locator("article.kind-crisis").evaluate(border) == ["double", "4px"]
    visit = with_message(context, house, "answer")
    visit.page.route("**/feedback", lambda route: route.fulfill(status=204))
    pressed = visit.log.get_by_role("button", name="Helpful", exact=True)
    pressed.click()
    assert pressed.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    person = visit.page.locator("clinic-chat .person")
    person.focus()
    visit.page.keyboard.press("Shift+Tab")
    visit.page.keyboard.press("Tab")
    ring = "node => { const { outlineStyle, outlineWidth } = getComputedStyle(node); return [outlineStyle, outlineWidth]; }"
    assert person.evaluate(ring) == ["solid", "3px"]
    assert person.evaluate("node => parseFloat(getComputedStyle(node).borderTopWidth)") >= 1
    context.close()


def test_nothing_moves_for_who_wants_no_movement(browser: Browser, house: House) -> None:
    moving = "host => host.shadowRoot.getAnimations().filter((one) => !/^late$/.test(one.animationName)).length"
    for reduced, expected in ((True, 0), (False, 3)):
        context = browser.new_context(reduced_motion="reduce" if reduced else "no-preference")
        page = reach("typing", context, house).page
        page.wait_for_timeout(400)  # what moves only as it arrives has arrived
        assert page.locator("clinic-chat").evaluate(moving) == expected
        context.close()


def colours(visit: Visit) -> tuple[int, str]:
    """Return how bright the panel is, from 0 to 255, and the colour of the send button."""
    ground = visit.page.locator("clinic-chat .panel").evaluate("node => getComputedStyle(node).backgroundColor")
    send = visit.page.locator("clinic-chat .send").evaluate("node => getComputedStyle(node).backgroundColor")
    return max(int(part) for part in re.findall(r"\d+", ground)[:3]), str(send)


@pytest.mark.parametrize(
    ("head", "scheme", "dark"),
    [
        ("", "light", False),
        ("", "dark", True),
        ("<style>clinic-chat { --chat-scheme: light; }</style>", "dark", False),
        ("<style>clinic-chat { --chat-scheme: dark; }</style>", "light", True),
    ],
)
def test_light_and_dark(browser: Browser, house: House, head: str, scheme: str, dark: bool) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    visit = made_up(context, house, head=head)
    serve(visit.page, [message(2, text=TEXT, contacts=CONTACTS)])
    opened(visit)
    brightness, _ = colours(visit)
    assert (brightness < 90) is dark
    context.close()


def test_a_clinics_own_colours(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house, head="<style>clinic-chat { --chat-accent: rgb(49, 81, 143); }</style>")
    serve(visit.page, [])
    opened(visit)
    assert colours(visit)[1] == "rgb(49, 81, 143)"
