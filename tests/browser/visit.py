"""A visitor's tab on a clinic's page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Request, expect

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-features=LocalNetworkAccessChecks",  # a page that a test makes up comes from no address
]
ANSWER_MS = 15_000
QUESTION = "What are the common side effects of ketamine?"
# Notes every text that enters a live region anywhere in the chat, with how urgent the region is.
LISTEN = """() => {
    window.heard = [];
    const listen = () => {
        const root = document.querySelector('clinic-chat')?.shadowRoot;
        if (!root) return setTimeout(listen, 1);
        new MutationObserver((changes) => changes.forEach((change) => {
            const added = [...change.addedNodes].map((node) => node.textContent.trim()).filter(Boolean);
            const region = change.target.closest?.('[aria-live], [role=status], [role=alert], [role=log]');
            const live = region?.getAttribute('aria-live') ?? 'polite';
            if (region && live !== 'off') added.forEach((text) => window.heard.push([live, text]));
        })).observe(root, { childList: true, subtree: true });
    };
    listen();
}"""


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


def watched(page: Page) -> Visit:
    """Note what the browser complains about on a page, and whom it asks."""
    visit = Visit(page)
    page.on("console", lambda said: visit.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("request", lambda request: visit.origins.add(origin_of(request.url)))
    return visit
