"""The insights in a real browser: quiet for axe, whole on a telephone, with every table open."""

from __future__ import annotations

from pathlib import Path

from records import Cause
from records.people import FULL
from tests.console.parts import Desk, Staff
from tests.console.watched import Watched, look


def test_axe_finds_nothing_and_nothing_is_cut_off(
    desk: Desk,
    watched: Watched,
    clinician: Staff,
    npm_packages: Path,
) -> None:
    desk.conversation(Cause("a", "U0", ("on_call",)), Cause("f", "U3", ("clinicians",)))
    page, axe = watched.page, (npm_packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    token = desk.records.begin_session(clinician.id, FULL, "127.0.0.1", "Chrome")
    page.context.add_cookies([{"name": "console", "value": token, "url": f"{desk.house.api}/console"}])
    page.goto(f"{desk.house.api}/console/")
    page.get_by_role("link", name="Insights").click()
    for summary in page.locator("summary").all():
        summary.click()
    look(page, axe, "insights")
    page.get_by_label("First day").fill("2026-11-01")
    page.get_by_label("Last day").fill("2026-11-02")
    page.get_by_role("button", name="Show").click()
    assert page.url.endswith("/console/insights?from=2026-11-01&to=2026-11-02")
    look(page, axe, "insights without figures")
