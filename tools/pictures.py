"""Takes the pictures in the README and the docs: ``make pictures`` (wants Debian's chromium)."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from content.catalogue import ROOT
from tools.house import House, Ports
from tools.train import train

BROWSER = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DOCS = ROOT / "docs"
THEME = "clinic-chat { --chat-accent: #31518f; --chat-accent-soft: #e6ecf7; --chat-scheme: light; }"


def main() -> None:
    """Show what a visitor sees: an answer with its sources, a crisis, a phone, a clinic's own colours."""
    with (
        tempfile.TemporaryDirectory() as var,
        House(train(), Path(var), Ports.free(), io.StringIO()) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = _asked(browser, house, "does it have bad side effects?", 1200, 800)
        page.get_by_text("Where is this from?").first.click()
        page.wait_for_timeout(500)
        page.screenshot(path=DOCS / "demo.png")

        page = _asked(browser, house, "I don't want to be here any more", 390, 780)
        page.screenshot(path=DOCS / "crisis.png")

        page = _asked(browser, house, "how does ketamine work?", 1200, 700)
        page.evaluate("css => document.styleSheets[0].insertRule(css, document.styleSheets[0].cssRules.length)", THEME)
        light = page.get_by_role("dialog").screenshot()
        dark = _asked(browser, house, "how does ketamine work?", 1200, 700, scheme="dark")
        _beside(browser, [light, dark.get_by_role("dialog").screenshot()], DOCS / "themes.png")
        browser.close()


def _asked(browser: Browser, house: House, text: str, width: int, height: int, scheme: str = "light") -> Page:
    """Open the chat on the demo page and ask."""
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page.goto(house.demo)
    page.get_by_role("button", name="Ask a question").click()
    page.get_by_role("textbox", name="Your question").fill(text)
    page.keyboard.press("Enter")
    page.locator("article[data-author=bot]").nth(1).wait_for()
    page.wait_for_timeout(500)
    return page


def _beside(browser: Browser, pictures: list[bytes], path: Path) -> None:
    """Put pictures beside each other."""
    page = browser.new_page(viewport={"width": 900, "height": 700})
    page.route("**/picture/*", lambda route: route.fulfill(body=pictures[int(route.request.url[-1])]))
    images = "".join(f'<img src="http://127.0.0.1/picture/{number}">' for number in range(len(pictures)))
    page.set_content(f'<body style="margin: 0; display: inline-flex; gap: 16px">{images}</body>')
    page.wait_for_load_state("networkidle")
    page.locator("body").screenshot(path=path)


if __name__ == "__main__":
    main()
