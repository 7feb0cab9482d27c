"""The chat on pages that are not kind to it: nothing of the page reaches in, nothing of the chat reaches out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.pages import BODY, made_up
from tests.browser.visit import ANSWER_MS, QUESTION, Visit
from tools.house import House

AGGRESSIVE = """<style>
    :root { font-size: 62.5%; --chat: red; }
    * { color: lime !important; font: 40px/3 fantasy !important; letter-spacing: 1em !important; margin: 30px !important;
        text-transform: uppercase !important; border: 9px dashed red !important; box-sizing: content-box !important; }
    html *, body > *, html > * { display: none !important; position: absolute !important; left: -9999px !important; }
    button, a, div, p, section, textarea { background: red !important; width: 10px !important; opacity: .1 !important; }
    .launcher, .panel, .root, .message, .log { visibility: hidden !important; }
</style>"""
ZOOMED = "<style>body { zoom: 1.5; transform: scale(.9); filter: blur(0); overflow: hidden; }</style>"
ZOOMED_ROOT = "<style>html { zoom: 1.5; }</style>"
STRICT = (
    "default-src 'none'; script-src {api}; connect-src {api}; base-uri 'none'; form-action 'none'; img-src data:; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
POLLUTED = """<script>
    Array.prototype.toJSON = function () { return '[' + this.join() + ']'; };
    Array.prototype.remove = function () {};
    Object.prototype.extend = function () { return this; };
    window.$ = window._ = () => null;
    window.WORDS = window.Chat = window.Session = 'the page has these';
</script>"""
# What the chat looks like: some properties of some of its parts.
LOOK = """() => {
    const root = document.querySelector('clinic-chat').shadowRoot;
    const names = ['color', 'fontSize', 'fontFamily', 'letterSpacing', 'textTransform', 'backgroundColor', 'lineHeight',
        'marginTop', 'paddingLeft', 'borderTopStyle', 'opacity', 'visibility', 'display', 'boxSizing'];
    const parts = ['.panel', 'header h2', '.strip a', '.message', '.message .text p', '.person', '.send', 'textarea'];
    return parts.map((part) => {
        const style = getComputedStyle(root.querySelector(part));
        return [part, ...names.map((name) => style[name])];
    });
}"""
# What the page looks like, and what is on its window.
PAGE = """() => {
    const own = [...document.body.querySelectorAll('*')].filter((node) => node.localName !== 'script');
    return {
        globals: Object.keys(window).sort(),
        nodes: own.map((node) => node.localName),
        places: own.map((node) => Object.values(node.getBoundingClientRect().toJSON())),
        styles: own.map((node) => [...getComputedStyle(node)].map((name) => getComputedStyle(node)[name]).join()),
        head: document.head.innerHTML,
        sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
        scroll: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
    };
}"""

Open = Callable[..., Visit]


@pytest.fixture
def opened(context: BrowserContext, house: House) -> Open:
    """Open the chat on a made-up page, ask, and return the visit."""

    def open_page(**page: Any) -> Visit:
        visit = made_up(context, house, **page)
        visit.open_chat()
        visit.ask(QUESTION)
        expect(visit.answers).to_have_count(1, timeout=ANSWER_MS)
        return visit

    return open_page


def in_viewport(panel: Locator) -> None:
    """Check that the whole panel can be seen."""
    box, size = panel.bounding_box(), panel.page.viewport_size
    assert box and size
    assert box["x"] >= 0 and box["y"] >= 0
    assert box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]


@pytest.fixture
def plain_look(opened: Open) -> list[list[str]]:
    """What the chat looks like on a plain page."""
    visit = opened()
    look: list[list[str]] = visit.page.evaluate(LOOK)
    visit.page.close()
    return look


@pytest.mark.parametrize("head", [AGGRESSIVE, ZOOMED, POLLUTED], ids=["aggressive", "zoomed", "polluted"])
def test_the_page_does_not_reach_in(opened: Open, plain_look: list[list[str]], head: str) -> None:
    visit = opened(head=head)
    assert visit.page.evaluate(LOOK) == plain_look
    in_viewport(visit.page.get_by_role("dialog"))
    assert visit.errors == []


def test_a_page_that_is_zoomed_as_a_whole_keeps_the_chat_in_view(opened: Open) -> None:
    in_viewport(opened(head=ZOOMED_ROOT).page.get_by_role("dialog"))


def test_the_strictest_policy_needs_two_additions(opened: Open, plain_look: list[list[str]]) -> None:
    visit = opened(policy=STRICT, body=BODY.replace(' style="height: 300px"', ""))
    assert visit.page.evaluate(LOOK) == plain_look
    assert visit.errors == []


def test_an_old_jquery_that_takes_every_event(opened: Open, npm_packages: Path) -> None:
    jquery = (npm_packages / "jquery" / "dist" / "jquery.min.js").read_text(encoding="utf-8")
    handlers = """
        $(document).on('click keydown submit focusin', '*', function (event) { event.stopPropagation(); });
        $(document).ready(function () { $('button, a, p').css('color', 'red').fadeTo(0, .5); });
        $.ajaxSetup({ cache: false });
    """
    visit = opened(head=f"<script>{jquery}</script>", body=f"{BODY}<script>{handlers}</script>")
    assert visit.page.evaluate("jQuery.fn.jquery") == "1.12.4"
    visit.page.locator(".person").click()
    expect(visit.log.locator("article[data-kind=handoff]")).to_be_visible(timeout=ANSWER_MS)
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_be_hidden()


def test_inside_a_frame_of_another_page(context: BrowserContext, house: House) -> None:
    framed = f'<!doctype html><title>Framed</title><script type="module" src="{house.api}/widget/v1.js"></script>'
    context.route("**/framed", lambda route: route.fulfill(body=framed, content_type="text/html"))
    frame_tag = '<iframe id="clinic" src="/framed" width="700" height="700"></iframe>'
    visit = made_up(context, house, embed="", body=frame_tag)
    frame = visit.page.frame_locator("#clinic")
    frame.get_by_role("button", name="Ask a question").click()
    frame.get_by_role("textbox", name="Your question").fill(QUESTION)
    frame.get_by_role("textbox", name="Your question").press("Enter")
    expect(frame.locator("article[data-kind=answer]")).to_be_visible(timeout=ANSWER_MS)


def test_the_chat_does_not_reach_out(context: BrowserContext, house: House) -> None:
    without = made_up(context, house, embed="")
    before = without.page.evaluate(PAGE)
    without.page.close()
    visit = made_up(context, house)
    expect(visit.page.get_by_role("button", name="Ask a question")).to_be_visible()
    assert visit.page.evaluate(PAGE) == before
    visit.open_chat()
    visit.ask(QUESTION)
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate(PAGE) == before
    assert visit.page.evaluate("document.documentElement.lastElementChild.localName") == "clinic-chat"


def test_the_tag_twice_makes_one_chat(context: BrowserContext, house: House) -> None:
    again = f'<script type="module" src="{house.api}/widget/v1.js?again" crossorigin></script>'
    visit = made_up(context, house, body=f"{BODY}{again}")
    expect(visit.page.get_by_role("button", name="Ask a question")).to_have_count(1)
    assert visit.page.locator("clinic-chat").count() == 1
