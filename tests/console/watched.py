"""A page of the console in a real browser: what the browser complains about, and how it looks."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.console.parts import PASSWORD, Desk, Staff

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Watched:
    """A page, and what the browser complains about."""

    def __init__(self, page: Page) -> None:
        self.page, self.errors = page, list[str]()
        page.on("console", lambda said: self.errors.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))


def sign_in(page: Page, desk: Desk, staff: Staff) -> None:
    """By the keyboard alone."""
    page.goto(f"{desk.house.api}/console/")
    expect(page.get_by_label("Sign-in name")).to_be_focused()
    page.keyboard.type(staff.login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("The six digits")).to_be_focused()
    page.keyboard.type(staff.code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()


def look(page: Page, axe: str, where: str) -> None:
    """Axe finds nothing, wide and light as well as narrow and dark, and nothing is wider than a telephone."""
    page.evaluate(axe)
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found: dict[str, Any] = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
        assert found["passes"]
        wrong = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]
        assert wrong == [], (where, width, scheme)
