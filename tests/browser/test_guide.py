"""The candidacy guide in the chat: progress, buttons, words, and an end without a verdict."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visit import ANSWER_MS, Visit


def test_the_guide_shows_how_far_it_is_and_takes_buttons_and_words(visit: Visit) -> None:
    visit.open_chat()
    visit.ask("am I a candidate?")
    visit.log.locator("button[data-value='guide:start']").last.click()
    progress = visit.log.locator("article[data-kind=guide] .progress")
    expect(progress.last).to_have_text("Question 1 of 9", timeout=ANSWER_MS)
    visit.log.locator("button[data-value^='guide:answer:age']").last.click()
    expect(progress.last).to_have_text("Question 2 of 9", timeout=ANSWER_MS)
    visit.ask("two SSRIs and some talking therapy")
    expect(progress.last).to_have_text("Question 3 of 9", timeout=ANSWER_MS)
    bar = progress.last.locator("progress")
    assert bar.evaluate("node => [node.value, node.max]") == [3, 9]
    visit.ask("stop")
    expect(visit.log.locator("article[data-kind=guide]").last.locator(".progress")).to_have_count(0)
