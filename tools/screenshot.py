"""Takes the picture in the README: ``python -m tools.screenshot`` (wants Debian's chromium)."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

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
QUESTION = "does it have bad side effects?"


def main() -> None:
    """Ask one question on the demo page and keep what the visitor sees."""
    with (
        tempfile.TemporaryDirectory() as var,
        House(train(), Path(var), Ports.free(), io.StringIO()) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.goto(house.demo)
        page.get_by_role("button", name="Ask a question").click()
        page.get_by_role("textbox", name="Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_text("Where is this from?").first.click()
        page.wait_for_timeout(500)
        page.screenshot(path=str(ROOT / "docs" / "demo.png"))
        browser.close()


if __name__ == "__main__":
    main()
