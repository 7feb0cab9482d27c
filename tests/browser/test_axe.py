"""Axe-core finds nothing in any state of the chat (WCAG 2.2 A and AA, and its best practices)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.states import closed, reach
from tools.house import House

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The chat is outside the page's landmarks on purpose: it is a dialog of its own.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"region": {"enabled": False}}}


def violations(page: Page, packages: Path) -> list[dict[str, Any]]:
    """Return what axe finds wrong in the chat, and where."""
    page.evaluate((packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("options => axe.run('clinic-chat', options)", OPTIONS)
    assert found["passes"], "axe has looked at nothing"
    return [{"rule": one["id"], "at": [node["target"] for node in one["nodes"]]} for one in found["violations"]]


def test_axe_finds_nothing(shown: Page, npm_packages: Path) -> None:
    for scheme in ("light", "dark"):
        shown.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        shown.wait_for_timeout(50)
        assert violations(shown, npm_packages) == [], scheme


def test_on_a_phone_too(browser: Browser, house: House, npm_packages: Path) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    for state in ("answer", "crisis", "form", "ending"):
        assert violations(reach(state, context, house).page, npm_packages) == [], state
    context.close()


def test_axe_sees_what_is_inside_the_chat(context: BrowserContext, house: House, npm_packages: Path) -> None:
    page = closed(context, house).page
    page.locator("clinic-chat").evaluate("""host => {
        const bad = document.createElement('button');
        host.shadowRoot.querySelector('.root').append(bad);
    }""")
    assert [one["rule"] for one in violations(page, npm_packages)] == ["button-name"]
