"""Takes the pictures in docs/console.md: ``python -m tools.console_pictures``, part of ``make pictures``.

From demo data, signed in as an invented person. Needs no Rasa: the console does not ask it.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from content.catalogue import ROOT, Catalogue
from content.standing import SIGNED_FOR
from content.versions import contents
from frontdesk.console.rights import ROUTES
from records import Records
from tools.console_alone import console, signed_in
from tools.demo_data import main as fill
from tools.pictures import BROWSER, FLAGS

FOLDER = ROOT / "docs" / "console"
# A picture's name, and its page; a page that there is not yet has no picture.
PAGES = {
    "queue": "/inbox",
    "conversations": "/conversations",
    "review": "/review",
    "answers": "/answers?sort=asked",
    "insights": "/insights",
    "people": "/people",
    "audit": "/audit",
}
PARTS = {"insights-days": "#days", "insights-topics": "#topics", "insights-times": "#times"}  # of the insights


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as var,
        console(Path(var), lambda _: fill([])) as (house, records),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page = context.new_page()
        _take(page, f"{house.api}/console/sign-in", "sign-in")
        token = signed_in(records)
        context.add_cookies([{"name": "console", "value": token, "url": f"{house.api}/console"}])
        raised = next(one for one in records.queue() if one.raised)
        _take(page, f"{house.api}/console/conversations/{raised.conversation}", "conversation")
        edited = _signed(records)
        _take(page, f"{house.api}/console/answers/{edited}", "answer")
        for name, path in PAGES.items():
            if ("GET", path.partition("?")[0]) in ROUTES:
                _take(page, f"{house.api}/console{path}", name)
        page.goto(f"{house.api}/console/insights")
        for name, part in PARTS.items():
            page.locator(part).screenshot(path=FOLDER / f"{name}.png")
        browser.close()


def _signed(records: Records) -> str:
    """Let the invented person sign some answers, and an earlier version of one; return which."""
    person = next(one for one in records.people() if one.login == "demo-kim")
    catalogue, until = Catalogue(), dt.datetime.now(dt.UTC).date() + SIGNED_FOR
    for topic, content in list(contents(catalogue).items())[::3]:
        records.sign(topic, content, person, until)
    edited = "safety/bladder"
    earlier = contents(catalogue)[edited].replace(catalogue.answers[edited].short[0].says, "It may harm the bladder.")
    records.sign(edited, earlier, person, until)
    return edited


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
