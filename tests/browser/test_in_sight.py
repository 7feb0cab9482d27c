"""What is always in sight, and what stays there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visit import ANSWER_MS, QUESTION, Visit, has_focus


def test_what_must_always_be_in_sight_is(visit: Visit) -> None:
    visit.open_chat()
    dialog = visit.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Automated assistant, not a clinician")
    visit.ask(QUESTION)
    visit.ask("How does ketamine work?")
    numbers = visit.page.get_by_role("region", name="Emergency numbers")
    expect(numbers).to_contain_text("Emergency: 911")
    expect(numbers).to_contain_text("Crisis line: 988")
    assert [link.get_attribute("href") for link in numbers.get_by_role("link").all()] == ["tel:911", "tel:988"]
    expect(numbers).to_be_in_viewport(ratio=1)
    expect(visit.page.locator(".person")).to_be_in_viewport(ratio=1)


def test_escape_closes_and_the_focus_returns_to_the_launcher(visit: Visit) -> None:
    visit.open_chat()
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_be_hidden()
    assert has_focus(visit.page.get_by_role("button", name="Ask a question"))


def test_talk_to_a_person(visit: Visit) -> None:
    visit.open_chat()
    visit.page.locator(".person").click()
    handoff = visit.log.locator("article[data-kind=handoff]")
    expect(handoff).to_be_visible(timeout=ANSWER_MS)
    schemes = {(link.get_attribute("href") or "").partition(":")[0] for link in handoff.get_by_role("link").all()}
    assert "tel" in schemes
    assert schemes <= {"tel", "sms", "https"}


def test_a_crisis_is_pinned_with_its_contacts(visit: Visit) -> None:
    visit.open_chat()
    visit.ask("I want to die")
    expect(visit.log.locator("article[data-kind=crisis]")).to_be_in_viewport(timeout=ANSWER_MS)
    pinned = visit.page.locator(".pinned")
    expect(pinned).to_be_in_viewport()
    hrefs = [link.get_attribute("href") for link in pinned.get_by_role("link").all()]
    assert {"tel:988", "sms:988", "tel:911"} <= set(hrefs)
    visit.ask("never mind, how much does it cost?")
    expect(pinned).to_be_in_viewport()
    visit.page.reload()
    expect(pinned).to_be_visible(timeout=ANSWER_MS)


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
