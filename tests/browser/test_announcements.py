"""What a screen reader is told: every message once, with its author, in order; history never."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.visit import ANSWER_MS, LISTEN, QUESTION, Visit


def test_every_message_is_announced_once_and_history_is_not(visit: Visit) -> None:
    visit.page.evaluate(LISTEN)
    visit.open_chat()
    visit.ask(QUESTION)
    visit.ask("How does ketamine work?")
    visit.page.wait_for_timeout(1_000)  # the live events say it all again
    shown = visit.log.locator("article").evaluate_all(
        "nodes => nodes.map((node) => [node.dataset.author, node.querySelector('.text').innerText])"
    )
    heard = [text for _, text in visit.page.evaluate("window.heard")]
    said = [text for text in heard if re.match("(You|Assistant)[:,]", text)]
    assert len(said) == len(shown) == 5
    for (author, text), announced in zip(shown, said):
        assert announced.startswith({"visitor": "You: ", "bot": "Assistant"}[author])
        assert re.sub(r"\W+", "", text) in re.sub(r"\W+", "", announced)
    assert not [text for text in heard if text not in said and ("side effects" in text or "AM" in text or "PM" in text)]

    visit.page.add_init_script(f"({LISTEN})()")
    visit.page.reload()
    expect(visit.log.locator("article")).to_have_count(5, timeout=ANSWER_MS)
    visit.page.wait_for_timeout(500)
    assert not [text for _, text in visit.page.evaluate("window.heard") if re.match("(You|Assistant)[:,]", text)]


def test_a_crisis_does_not_wait_for_what_is_being_read(visit: Visit) -> None:
    visit.open_chat()
    visit.page.evaluate(LISTEN)
    visit.ask("I want to die")
    visit.page.wait_for_timeout(200)
    assertive = [text for live, text in visit.page.evaluate("window.heard") if live == "assertive"]
    assert len(assertive) == 1
    assert assertive[0].startswith("Assistant, Support in a crisis:")


def test_the_list_is_a_log_that_keeps_silent_and_can_be_found(visit: Visit) -> None:
    visit.open_chat()
    expect(visit.log).to_have_attribute("aria-live", "off")
    expect(visit.page.get_by_role("dialog", name=re.compile("^Chat with the assistant of "))).to_be_visible()
    expect(visit.page.get_by_role("button", name="Close chat")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_what_has_been_said_is_gone_before_it_is_read_twice(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    regions = visit.page.locator("clinic-chat .heard > *")
    expect(regions.first).to_be_empty(timeout=10_000)
    expect(regions.last).to_be_empty()
