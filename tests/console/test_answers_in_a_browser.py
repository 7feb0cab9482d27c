"""The answers in a real browser: signed by the keyboard alone, quiet for axe, whole on a telephone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from playwright.sync_api import Page, expect

from content.catalogue import Catalogue
from content.versions import contents
from records.people import FULL
from tests.console.parts import Desk, Staff
from tests.console.watched import Watched, look

CATALOGUE = Catalogue()
TOPIC = "therapies/emdr"
STOPS = 60  # a page that lets nobody through is not walked for ever


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something with this name has the focus."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText") == name:
            return
    raise AssertionError(f"'{name}' is not reached by the keyboard")


def test_an_answer_is_found_read_and_signed_by_the_keyboard_and_axe_finds_nothing(
    desk: Desk, watched: Watched, clinician: Staff, npm_packages: Path
) -> None:
    answer, content = CATALOGUE.answers[TOPIC], contents(CATALOGUE)[TOPIC]
    before = content.replace(answer.short[0].says, "Another sentence stood here.")
    person, today = desk.records.person(clinician.id), dt.datetime.now(dt.UTC).date()
    desk.records.sign(TOPIC, before, person, today)
    page, axe = watched.page, (npm_packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    token = desk.records.begin_session(clinician.id, FULL, "127.0.0.1", "Chrome")
    page.context.add_cookies([{"name": "console", "value": token, "url": f"{desk.house.api}/console"}])
    page.goto(f"{desk.house.api}/console/")

    tab_to(page, "Answers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Answers")).to_be_visible()
    tab_to(page, "Area")
    page.keyboard.type("Therapies")
    tab_to(page, "Show")
    page.keyboard.press("Enter")
    page.wait_for_url("**/answers?area=therapies**")
    look(page, axe, "answers")
    page.set_viewport_size({"width": 1280, "height": 900})
    tab_to(page, answer.title)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Changed since it was signed", exact=True)).to_be_visible()
    look(page, axe, "an answer that has changed")
    tab_to(page, "Sign this version")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Signed", exact=True)).to_be_visible()
    kept = desk.records.signature(TOPIC)
    assert kept and (kept.content, kept.by) == (content, clinician.name)
