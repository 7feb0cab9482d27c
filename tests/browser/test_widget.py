"""The widget in a real browser, on the demo clinic page, with the real house behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ANSWER_MS = 15_000
QUESTION = "What are the common side effects of ketamine?"


class House(Protocol):
    """The running house, as ``tests/conftest.py`` provides it."""

    api: str
    demo: str


@dataclass
class Visit:
    """A visitor's tab on the demo page, and what the browser complained about or asked for meanwhile."""

    page: Page
    errors: list[str] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)

    @property
    def log(self) -> Locator:
        """The list of messages."""
        return self.page.get_by_role("log")

    @property
    def box(self) -> Locator:
        """The text box."""
        return self.page.get_by_role("textbox", name="Your question")

    @property
    def answers(self) -> Locator:
        """The messages that are answers."""
        return self.log.locator("article[data-kind=answer]")

    def open_chat(self) -> None:
        """Open the panel and wait for the opening message."""
        self.page.get_by_role("button", name="Ask a question").click()
        expect(self.log.locator("article[data-kind=opening]")).to_be_visible(timeout=ANSWER_MS)

    def ask(self, text: str) -> None:
        """Send a message and wait for the reply to it."""
        replies = self.log.locator("article[data-author=bot]")
        before = replies.count()
        self.box.fill(text)
        self.box.press("Enter")
        expect(replies).not_to_have_count(before, timeout=ANSWER_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all tests here; every test gets a fresh profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, house: House) -> Iterator[Visit]:
    """Open the demo page as a visitor. Afterwards: no error in the console, and only the two origins were asked."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    visit = Visit(context.new_page())
    visit.page.on("console", lambda said: visit.errors.append(said.text) if said.type == "error" else None)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on("request", lambda request: visit.origins.add(origin_of(request.url)))
    visit.page.goto(house.demo)
    yield visit
    context.close()
    assert visit.errors == []
    assert visit.origins <= {origin_of(house.api), origin_of(house.demo), ""}


def origin_of(url: str) -> str:
    """Return the origin of an address; empty for one that leaves the browser for nowhere, such as ``data:``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def body_of(request: Request) -> dict[str, Any]:
    """Return what a request sent."""
    return dict(request.post_data_json or {})


def has_focus(locator: Locator) -> bool:
    """Say whether the element has the focus, in the shadow root or not."""
    return bool(locator.evaluate("node => node.getRootNode().activeElement === node"))


def test_a_question_by_keyboard_alone_gets_an_answer_with_sources(visit: Visit) -> None:
    page = visit.page
    launcher = page.get_by_role("button", name="Ask a question")
    expect(launcher).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if has_focus(launcher):
            break
    page.keyboard.press("Enter")
    expect(visit.box).to_be_focused()
    expect(visit.log.locator("article[data-kind=opening]")).to_be_visible(timeout=ANSWER_MS)

    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    answer = visit.answers.first
    expect(answer).to_be_visible(timeout=ANSWER_MS)
    expect(visit.box).to_be_focused()  # a message that arrives never takes the focus away
    expect(visit.box).to_have_value("")
    expect(answer.locator(".by")).to_be_in_viewport(ratio=1)  # a reply is shown from its first line
    expect(page.get_by_text("New message below")).to_be_hidden()

    where_from = answer.get_by_text("Where is this from?")
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if has_focus(where_from):
            break
    page.keyboard.press("Enter")
    expect(answer.locator(".sources li").first).to_be_visible()
    expect(answer.locator(".sources li").first).not_to_be_empty()


def test_escape_closes_and_the_focus_returns_to_the_launcher(visit: Visit) -> None:
    visit.open_chat()
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_be_hidden()
    assert has_focus(visit.page.get_by_role("button", name="Ask a question"))


def test_what_must_always_be_in_sight_is(visit: Visit) -> None:
    visit.open_chat()
    dialog = visit.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Automated assistant, not a clinician")
    visit.ask(QUESTION)
    visit.ask("How does ketamine work?")
    numbers = visit.page.get_by_role("region", name="Emergency numbers")
    expect(numbers).to_have_text("Emergency: 911 · Crisis line: 988")
    assert [link.get_attribute("href") for link in numbers.get_by_role("link").all()] == ["tel:911", "tel:988"]
    expect(numbers).to_be_in_viewport(ratio=1)
    expect(visit.page.locator(".person")).to_be_in_viewport(ratio=1)


def test_a_suggestion_can_be_chosen(visit: Visit) -> None:
    visit.open_chat()
    suggestion = visit.log.locator("button.suggestion[data-value^='topic:']").first
    label = suggestion.inner_text()
    with visit.page.expect_request(lambda request: request.method == "POST" and "/messages" in request.url) as sent:
        suggestion.click()
    body = body_of(sent.value)
    assert body["choice"] == suggestion.get_attribute("data-value")
    assert "text" not in body
    expect(visit.log.locator("article[data-author=visitor]")).to_contain_text(label)
    expect(visit.log.locator("article[data-author=bot]")).to_have_count(2, timeout=ANSWER_MS)


def test_a_reload_finds_the_conversation_again(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    before = visit.log.locator("article .text").all_inner_texts()
    kept = visit.page.evaluate("JSON.stringify(sessionStorage)")
    assert QUESTION not in kept
    assert all(text not in kept for text in before)
    assert visit.page.evaluate("localStorage.length") == 0

    visit.page.reload()
    expect(visit.log.locator("article")).to_have_count(len(before), timeout=ANSWER_MS)
    assert visit.log.locator("article .text").all_inner_texts() == before
    visit.ask("How does ketamine work?")


def test_a_stored_conversation_that_is_gone_gives_way_to_a_new_one(visit: Visit) -> None:
    visit.open_chat()
    visit.page.evaluate(
        """() => {
            for (const key of Object.keys(sessionStorage)) {
                const kept = JSON.parse(sessionStorage.getItem(key));
                sessionStorage.setItem(key, JSON.stringify({ ...kept, token: 'x'.repeat(43) }));
            }
        }"""
    )
    visit.page.reload()
    expect(visit.log.locator("article[data-kind=opening]")).to_be_visible(timeout=ANSWER_MS)
    expect(visit.log).to_contain_text("This is a new one.")
    visit.ask(QUESTION)
    assert all("404" in error for error in visit.errors)  # the browser itself reports the one refused request
    visit.errors.clear()


def test_feedback_is_sent_and_remembered(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    with visit.page.expect_response(lambda response: response.url.endswith("/feedback")) as given:
        visit.answers.first.get_by_role("button", name="Not helpful").click()
    assert given.value.status == 204
    assert body_of(given.value.request)["helpful"] is False
    expect(visit.answers.first).to_contain_text("Thank you.")
    visit.page.reload()
    pressed = visit.answers.first.get_by_role("button", name="Not helpful")
    expect(pressed).to_have_attribute("aria-pressed", "true", timeout=ANSWER_MS)


def test_talk_to_a_person(visit: Visit) -> None:
    visit.open_chat()
    visit.page.locator(".person").click()
    handoff = visit.log.locator("article[data-kind=handoff]")
    expect(handoff).to_be_visible(timeout=ANSWER_MS)
    schemes = {(link.get_attribute("href") or "").partition(":")[0] for link in handoff.get_by_role("link").all()}
    assert "tel" in schemes
    assert schemes <= {"tel", "sms", "https"}


def test_what_a_visitor_types_is_shown_as_text(visit: Visit) -> None:
    typed = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> <b>how does ketamine work?</b>'
    visit.open_chat()
    visit.ask(typed)
    said = visit.log.locator("article[data-author=visitor]").last
    assert said.locator(".text").inner_text() == typed
    assert said.locator("img, script, b").count() == 0
    visit.page.reload()
    expect(visit.log.locator("article[data-author=visitor] .text")).to_have_text(typed, timeout=ANSWER_MS)
    assert visit.page.evaluate("window.pwned") is None


def test_shift_enter_starts_a_new_line_and_a_long_text_is_not_cut(visit: Visit) -> None:
    visit.open_chat()
    visit.box.press_sequentially("How does")
    visit.box.press("Shift+Enter")
    visit.box.press_sequentially("ketamine work?")
    expect(visit.box).to_have_value("How does\nketamine work?")

    visit.box.fill("a" * 1_850)
    expect(visit.page.locator(".count")).to_have_text("1,850 of 2,000 characters")
    visit.box.fill("a" * 2_001)
    visit.box.press("Enter")
    expect(visit.page.locator(".count")).to_contain_text("Please shorten it")
    assert len(visit.box.input_value()) == 2_001
    expect(visit.log.locator("article[data-author=visitor]")).to_have_count(0)


def test_every_message_is_announced_once_and_history_is_not(visit: Visit) -> None:
    watch = """() => {
        window.heard = [];
        const observe = () => {
            const log = document.querySelector('clinic-chat')?.shadowRoot?.querySelector('[role=log]');
            if (!log) return setTimeout(observe, 1);
            new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
                if (node.localName === 'article') {
                    window.heard.push([log.getAttribute('aria-live'), node.dataset.author, node.innerText]);
                }
            }))).observe(log, { childList: true });
        };
        observe();
    }"""
    visit.page.evaluate(watch)
    visit.open_chat()
    visit.ask(QUESTION)
    visit.ask("How does ketamine work?")
    visit.page.wait_for_timeout(1_000)  # the live events say it all again
    heard = visit.page.evaluate("window.heard")
    assert {live for live, _, _ in heard} == {"polite"}
    assert [author for _, author, _ in heard] == ["bot", "visitor", "bot", "visitor", "bot"]
    assert len(heard) == visit.log.locator("article").count()
    assert QUESTION in heard[1][2]
    assert heard[1][2].startswith("You") and heard[2][2].startswith("Assistant")

    visit.page.add_init_script(f"({watch})()")
    visit.page.reload()
    expect(visit.log.locator("article")).to_have_count(5, timeout=ANSWER_MS)
    assert {live for live, _, _ in visit.page.evaluate("window.heard")} == {"off"}
    expect(visit.log).to_have_attribute("aria-live", "polite")


def test_a_crisis_is_pinned_with_its_contacts(visit: Visit) -> None:
    visit.open_chat()
    visit.ask("I want to die")
    expect(visit.log.locator("article[data-kind=crisis]")).to_be_in_viewport(timeout=ANSWER_MS)
    pinned = visit.page.locator(".pinned")
    expect(pinned).to_be_in_viewport()
    hrefs = [link.get_attribute("href") for link in pinned.get_by_role("link").all()]
    assert "tel:988" in hrefs
    visit.page.reload()
    expect(pinned).to_be_visible(timeout=ANSWER_MS)


def test_a_message_that_cannot_be_sent_is_kept_and_sent_once(visit: Visit) -> None:
    visit.open_chat()
    sent: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        sent.append(body_of(route.request)["client_id"])
        if len(sent) == 1:  # the request never gets there
            return route.abort()
        if len(sent) == 2:  # it gets there, but the answer is lost on the way back
            route.fetch()
            return route.abort()
        return route.continue_()

    visit.page.route("**/messages", cut)
    visit.box.fill(QUESTION)
    visit.box.press("Enter")
    expect(visit.log).to_contain_text("Not sent yet")
    expect(visit.answers).to_have_count(1, timeout=30_000)
    expect(visit.log.locator(".delivery")).to_have_count(0)
    visit.page.unroute("**/messages")
    assert len(set(sent)) == 1 and len(sent) >= 2
    expect(visit.log.locator("article[data-author=visitor]")).to_have_count(1)
    assert all("net::ERR_FAILED" in error for error in visit.errors)
    visit.errors.clear()


def test_erasing_the_chat_begins_a_new_one(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    visit.page.get_by_role("button", name="Erase chat").click()
    visit.page.get_by_role("button", name="Erase it").click()
    expect(visit.log).to_contain_text("Receipt:", timeout=ANSWER_MS)
    expect(visit.log.locator("article[data-kind=opening]")).to_have_count(1)
    expect(visit.answers).to_have_count(0)
    visit.errors[:] = [error for error in visit.errors if "404" not in error]  # the old live line, now refused


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_chat_is_the_whole_screen(visit: Visit, width: int, scheme: str) -> None:
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    visit.page.set_viewport_size({"width": width, "height": 844})
    visit.open_chat()
    visit.ask(QUESTION)
    dialog = visit.page.get_by_role("dialog")
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": width, "height": 844}
    assert dialog.evaluate("node => node.querySelector('.log').scrollWidth <= node.clientWidth")
    small = dialog.evaluate(
        """node => [...node.querySelectorAll('button, summary, a')]
            .filter((it) => it.checkVisibility())
            .map((it) => [it.textContent || it.ariaLabel, it.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([name]) => name)"""
    )
    assert small == []
    for _ in range(60):  # Tab stays inside: what lies behind cannot be seen
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.localName") == "clinic-chat"


def test_the_chat_is_found_under_its_names(visit: Visit) -> None:
    visit.open_chat()
    expect(visit.page.get_by_role("dialog", name=re.compile("^Chat with the assistant of "))).to_be_visible()
    expect(visit.page.get_by_role("button", name="Close chat")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(visit.log).to_have_attribute("aria-live", "polite")
